"""Teaching the FAQ from a ticket: one more phrasing of an entry, or an entry of its own."""

import re
from unicodedata import normalize

from pydantic import ValidationError

from core import faq
from core.calls import LIVE
from core.dialogs.staff import noting
from core.dialogs.staff.queue import find
from core.dialogs.turn import Turn
from core.faq_file import Entry
from core.messages import Choice
from core.models import FaqEntry, Staff, Ticket
from core.pack import Topic

NEW, TOPIC = "new", "topic"
QUESTION, ANSWER, PLACE = "faq question", "faq answer", "faq topic"
KINDS = (QUESTION, ANSWER, PLACE)
DIALOG = "staff"
LONGEST = 40
"""Of an entry's id, in characters."""


def teach(turn: Turn, _caller: Staff, argument: str) -> None:
    """`/faq 12 ENTRY`: the ticket's subject becomes a phrasing. `/faq 12 new`: an entry."""
    word, _, topic = argument.partition(" ")
    if word == TOPIC:
        return put_under(turn, topic)
    found = find(turn, argument)
    if found is None:
        return None
    ticket, entry = found
    return begin(turn, ticket) if entry == NEW else add_phrasing(turn, ticket, entry)


def add_phrasing(turn: Turn, ticket: Ticket, entry: str) -> None:
    try:
        added = faq.add_phrasings(turn.session, entry, [(ticket.language, ticket.subject)])
    except faq.NoEntry:
        return turn.say(turn.t(
            "There is no entry “{entry}”. Name one behind the number, as `frontdesk faq list` "
            "shows them, or write /faq {number} new.", entry=entry, number=ticket.id,
        ))  # fmt: skip
    except faq.SamePhrasing:
        return turn.say(turn.t("Another entry has “{text}” already.", text=ticket.subject))
    said = (
        turn.t("The next one who asks “{text}” gets {entry}.", text=ticket.subject, entry=entry)
        if added
        else turn.t("The FAQ knows that already.")
    )
    return turn.say(f"{ticket.id} · {said}")


def begin(turn: Turn, ticket: Ticket) -> None:
    if turn.place.dialog == LIVE:
        return turn.say(turn.t("You are in a chat already. /done ends it."))
    if turn.place.contact_id is None:  # several write here: whose words would be taken?
        return turn.say(turn.t("Others write here, too. Send me /faq {number} new in a private "
                               "chat.", number=ticket.id))  # fmt: skip
    turn.enter(DIALOG, {"ticket": ticket.id, "kind": QUESTION})
    asked = turn.t(
        "How do people ask this, in {language}? Ticket {number} has: {subject}",
        language=turn.languages.speak(ticket.language).name, number=ticket.id,
        subject=ticket.subject,
    )  # fmt: skip
    return turn.say(asked, [cancel(turn)])


def answer(turn: Turn, caller: Staff) -> None:
    """The question, and then its answer, which everybody will read."""
    state = dict(turn.place.state)
    ticket, text = turn.session.get_one(Ticket, state["ticket"]), turn.text.strip()
    if noting.is_note(text):
        return noting.keep(turn, caller, ticket, text)
    if not text:
        return turn.say(turn.t("I cannot read that kind of message. Please write it in words."))
    if state["kind"] == QUESTION:
        turn.enter(DIALOG, state | {"kind": ANSWER, "question": text})
        return turn.say(turn.t("And the answer? Everybody who asks will read it."), [cancel(turn)])
    if state["kind"] == ANSWER:
        state |= {"kind": PLACE, "answer": text}
        turn.enter(DIALOG, state)
    return choose_topic(turn, ticket)


def choose_topic(turn: Turn, ticket: Ticket) -> None:
    shown = [Choice(turn.local(topic.label), f"staff:faq:{TOPIC} {topic.id}")
             for topic in topics(turn, ticket)]  # fmt: skip
    turn.say(turn.t("Which topic does it belong to?"), [*shown, cancel(turn)], columns=2)


def topics(turn: Turn, ticket: Ticket) -> list[Topic]:
    """Those for the person's side."""
    return [
        topic for topic in turn.pack.topics
        if not ticket.audience or ticket.audience in topic.audiences
    ]  # fmt: skip


def put_under(turn: Turn, chosen: str) -> None:
    """The last step: the entry is there."""
    state = turn.place.state
    if turn.place.dialog != DIALOG or state.get("kind") != PLACE:
        return turn.say(turn.t("There is no new entry to put there. /faq 12 new begins one."))
    ticket = turn.session.get_one(Ticket, state["ticket"])
    topic = next((one for one in topics(turn, ticket) if one.id == chosen), None)
    if topic is None:
        return choose_topic(turn, ticket)
    turn.leave()
    sides = [ticket.audience] if ticket.audience else list(topic.audiences)
    try:
        entry = Entry.model_validate({
            "id": free_id(turn, state["question"], topic.id), "topic": topic.id,
            "audiences": sides, "languages": {ticket.language: {
                "question": state["question"], "phrasings": [], "answer": state["answer"],
            }},
        })  # fmt: skip
        faq.import_entries(turn.session, [entry], replace=False)
    except ValidationError as error:
        return turn.say(turn.t("That was not added: {reason}", reason=error.errors()[0]["msg"]))
    except faq.SamePhrasing as error:
        return turn.say(turn.t("That was not added: {reason}", reason=str(error)))
    return turn.say(told(turn, ticket, entry))


def told(turn: Turn, ticket: Ticket, entry: Entry) -> str:
    text = entry.texts[ticket.language].question
    said = turn.t("The next one who asks “{text}” gets {entry}.", text=text, entry=entry.id)
    missing = ", ".join(tag for tag in turn.pack.languages if tag != ticket.language)
    if not missing:
        return said
    more = turn.t("It is still missing in: {languages}. Everybody reads it in {language} until "
                  "then.", languages=missing, language=ticket.language)  # fmt: skip
    return f"{said}\n{more}"


def free_id(turn: Turn, question: str, topic: str) -> str:
    """From the words of the question; nobody else's."""
    plain = normalize("NFKD", question.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    stem = "-".join(words)[:LONGEST].strip("-") or topic
    number, id_ = 1, stem
    while turn.session.get(FaqEntry, id_):
        number += 1
        id_ = f"{stem}-{number}"
    return id_


def cancel(turn: Turn) -> Choice:
    return Choice(turn.t("Cancel"), "menu:cancel")
