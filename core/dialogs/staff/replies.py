"""Saved replies: what staff say again and again, under a name, and which of them fits a ticket."""

import re
from collections.abc import Sequence

from sqlmodel import col, select

from core.char_index import CharIndex
from core.dialogs.staff.queue import NUMBER, find
from core.dialogs.staff.writing import write
from core.dialogs.turn import Turn
from core.faq_file import normalise
from core.messages import Choice
from core.models import Contact, SavedReply, Staff, Ticket

NAME = re.compile(r"(?!save$|drop$|\d+$)[\w-]{1,30}", re.ASCII)
"""ASCII, as it stands in a button; no command, and no ticket's number."""
FIELDS = ("name", "number", "subject", "due")
FIELD = re.compile(r"\{([^{}]*)\}")
SUGGESTED = 3
ALIKE = 0.05
"""Least likeness, 0 to 1, of a reply that is suggested: below, a few letters are all they share."""


def canned(turn: Turn, caller: Staff, argument: str) -> None:
    """`/canned`; `/canned TICKET`; `/canned NAME TICKET`; `/canned save NAME TEXT`; `/canned drop
    NAME`.
    """
    word, _, rest = argument.strip().partition(" ")
    match word:
        case "":
            show(turn)
        case "save":
            save(turn, rest)
        case "drop":
            drop(turn, rest.strip())
        case _ if NUMBER.fullmatch(argument):
            suggest(turn, argument)
        case _:
            send(turn, caller, word, rest)


def everything(turn: Turn) -> Sequence[SavedReply]:
    return turn.session.exec(select(SavedReply).order_by(col(SavedReply.name))).all()


def show(turn: Turn) -> None:
    how = turn.t(
        "/canned save NAME TEXT keeps a reply; {fields} in it are filled in. /canned NAME NUMBER "
        "sends it to a ticket.",
        fields=listed(),
    )
    turn.say("\n\n".join([*(f"{one.name}\n{one.text}" for one in everything(turn)), how]))


def listed() -> str:
    return ", ".join(f"{{{field}}}" for field in FIELDS)


def save(turn: Turn, rest: str) -> None:
    """A field that nothing fills would be read by a person as it stands."""
    name, _, text = rest.strip().partition(" ")
    if not NAME.fullmatch(name) or not text.strip():
        return show(turn)
    unknown = [field for field in FIELD.findall(text) if field not in FIELDS]
    if unknown:
        return turn.say(
            turn.t("Nothing fills in {field}. There are: {fields}. Nothing was kept.",
                   field=f"{{{unknown[0]}}}", fields=listed())
        )  # fmt: skip
    turn.session.merge(SavedReply(name=name, text=text.strip()))
    return turn.say(turn.t("Kept as {name}.", name=name))


def drop(turn: Turn, name: str) -> None:
    saved = turn.session.get(SavedReply, name)
    if saved is None:
        return show(turn)
    turn.session.delete(saved)
    return turn.say(turn.t("{name} is gone.", name=name))


def send(turn: Turn, caller: Staff, name: str, rest: str) -> None:
    saved = turn.session.get(SavedReply, name)
    if saved is None:
        return show(turn)
    found = find(turn, rest)
    if found is None:
        return None
    return write(turn, caller, found[0], filled(turn, saved.text, found[0]), "reply")


def suggest(turn: Turn, argument: str) -> None:
    """What might answer this ticket, as it would be sent."""
    found = find(turn, argument)
    if found is None:
        return None
    ticket = found[0]
    nearest = nearest_to(ticket, everything(turn))
    if not nearest:
        return turn.say(turn.t("No saved reply is like ticket {number}. /canned shows them all.",
                               number=ticket.id))  # fmt: skip
    return turn.say(
        "\n\n".join(f"{one.name}\n{filled(turn, one.text, ticket)}" for one in nearest),
        [
            Choice(turn.t("Send {name}", name=one.name), f"staff:canned:{one.name} {ticket.id}")
            for one in nearest
        ],
        title=turn.t("Replies that may fit ticket {number}", number=ticket.id),
    )


def nearest_to(ticket: Ticket, saved: Sequence[SavedReply]) -> list[SavedReply]:
    """By the spelling of what both say, as the FAQ's matcher compares it, best first."""
    saved = [one for one in saved if NAME.fullmatch(one.name)]
    if not saved:
        return []
    index = CharIndex([normalise(f"{one.name} {FIELD.sub(' ', one.text)}") for one in saved])
    likeness = index.compare([normalise(f"{ticket.subject} {ticket.description}")])[0]
    best = sorted(zip(likeness, saved, strict=True), key=lambda pair: -pair[0])[:SUGGESTED]
    return [one for alike, one in best if alike >= ALIKE]


def filled(turn: Turn, text: str, ticket: Ticket) -> str:
    """Known fields alone, and once: what a person is called may look like a field."""
    contact = turn.session.get_one(Contact, ticket.contact_id)
    speech = turn.languages.speak(ticket.language)
    values = {
        "name": contact.name,
        "number": str(ticket.id),
        "subject": ticket.subject,
        "due": speech.moment(ticket.due_at, turn.pack.zone),
    }
    return FIELD.sub(lambda field: values.get(field[1], field[0]), text)
