"""What staff write: to the person, or for the team alone."""

from core import seats, ticket_messages, tickets
from core.calls import LIVE
from core.dialogs.staff import noting
from core.dialogs.staff.notices import tell_outside
from core.dialogs.staff.queue import find
from core.dialogs.turn import Turn
from core.messages import Choice
from core.models import Staff, Ticket, row_id

DIALOG = "staff"


def reply(turn: Turn, caller: Staff, argument: str) -> None:
    """`/reply 12 TEXT`, or `/reply 12` and then the text."""
    begin_or_write(turn, caller, argument, "reply")


def note(turn: Turn, caller: Staff, argument: str) -> None:
    """`/note 12 TEXT`: no user ever reads it."""
    begin_or_write(turn, caller, argument, "note")


def begin_or_write(turn: Turn, caller: Staff, argument: str, kind: str) -> None:
    found = find(turn, argument)
    if found is None:
        return None
    ticket, text = found
    if text:
        return write(turn, caller, ticket, text, kind)
    if turn.place.contact_id is None or turn.place.dialog == LIVE:  # whose words would be taken?
        return turn.say(turn.t("Write it at once: /{command} {number} and your words.",
                               command=kind, number=ticket.id))  # fmt: skip
    turn.enter(DIALOG, {"ticket": ticket.id, "kind": kind})
    asked = (
        turn.t("Write your reply to ticket {number}. What begins with // stays in the team.",
               number=ticket.id)
        if kind == "reply"
        else turn.t("Write your note on ticket {number}. Only the team reads it.", number=ticket.id)
    )  # fmt: skip
    return turn.say(asked, [Choice(turn.t("Cancel"), "menu:cancel")])


def answer(turn: Turn, caller: Staff) -> None:
    """The text that was asked for."""
    state = turn.place.state
    ticket = turn.session.get_one(Ticket, state["ticket"])
    if not turn.text.strip():
        return turn.say(turn.t("I cannot read that kind of message. Please write it in words."))
    turn.leave()
    return write(turn, caller, ticket, turn.text, state["kind"])


def write(turn: Turn, caller: Staff, ticket: Ticket, text: str, kind: str) -> None:
    text = text.strip()
    if kind == "note" or noting.is_note(text):
        return noting.keep(turn, caller, ticket, text)
    tickets.answer(
        turn.session, ticket, text, caller.name, turn.languages, turn.limits, turn.now,
        shown=shown(turn, caller), inbox_id=turn.heard,
        to=ticket_messages.told_by(turn.session, row_id(turn.place.id), turn.inbound.reply_to),
    )  # fmt: skip
    warn(turn, caller, ticket)
    if not any(place.reachable for place in seats.ways_to(turn.session, ticket)):
        return turn.say(turn.t("The person has shut us out: this cannot be brought to them."))
    if turn.room and turn.room.id == ticket.id:
        return None
    return turn.say(
        turn.t("Your reply to ticket {number} is on its way.", number=ticket.id),
        [Choice(turn.t("✅ Solved"), f"staff:solve:{ticket.id}")],
    )


def shown(turn: Turn, caller: Staff) -> str:
    """The name that the person sees; empty when the pack keeps names to itself."""
    return caller.name if turn.pack.staff_names else ""


def warn(turn: Turn, caller: Staff, ticket: Ticket) -> None:
    """Two who answer one person learn of each other."""
    holder = turn.session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    if holder is None:
        tickets.take(turn.session, ticket, caller, turn.now)
    elif holder.id != caller.id:
        tell_outside(turn, [holder], ticket, lambda speech: speech.t(
            "{name} has answered your ticket {number}.", name=caller.name, number=ticket.id
        ))  # fmt: skip
        turn.say(turn.t("{name} has ticket {number}.", name=holder.name, number=ticket.id))
