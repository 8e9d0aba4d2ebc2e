"""Saved replies: what staff say again and again, under a name."""

import re

from sqlmodel import col, select

from core.dialogs.staff.queue import find
from core.dialogs.staff.writing import write
from core.dialogs.turn import Turn
from core.models import Contact, SavedReply, Staff, Ticket

NAME = re.compile(r"[\w-]{1,30}")
FIELDS = "{name}, {number}, {subject}"


def canned(turn: Turn, caller: Staff, argument: str) -> None:
    """`/canned`; `/canned NAME TICKET`; `/canned save NAME TEXT`; `/canned drop NAME`."""
    word, _, rest = argument.strip().partition(" ")
    match word:
        case "":
            show(turn)
        case "save":
            save(turn, rest)
        case "drop":
            drop(turn, rest.strip())
        case _:
            send(turn, caller, word, rest)


def show(turn: Turn) -> None:
    saved = turn.session.exec(select(SavedReply).order_by(col(SavedReply.name))).all()
    how = turn.t(
        "/canned save NAME TEXT keeps a reply; {fields} in it are filled in. /canned NAME NUMBER "
        "sends it to a ticket.",
        fields=FIELDS,
    )
    turn.say("\n\n".join([*(f"{one.name}\n{one.text}" for one in saved), how]))


def save(turn: Turn, rest: str) -> None:
    name, _, text = rest.strip().partition(" ")
    if not NAME.fullmatch(name) or not text.strip():
        return show(turn)
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


def filled(turn: Turn, text: str, ticket: Ticket) -> str:
    """Known fields alone, and once: what a person is called may look like a field."""
    contact = turn.session.get_one(Contact, ticket.contact_id)
    values = {"name": contact.name, "number": str(ticket.id), "subject": ticket.subject}
    return re.sub(r"\{(name|number|subject)\}", lambda field: values[field[1]], text)
