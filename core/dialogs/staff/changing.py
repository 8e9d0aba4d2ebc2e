"""What staff wrote is changed by them: it changes where it was told, or is taken back as a note."""

import re

from sqlmodel import col, select

from core import outbox, ticket_messages, tickets
from core.dialogs.staff import noting
from core.dialogs.staff.enclosures import enclosed, forget, take_back
from core.dialogs.turn import Turn
from core.messages import Reply
from core.models import (
    Contact,
    Place,
    Rank,
    Sending,
    Staff,
    Ticket,
    TicketEvent,
    row_id,
)

COMMAND = re.compile(r"/([A-Za-z_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


def change(turn: Turn, caller: Staff) -> bool:
    """False when they wrote nothing of that kind there. Without words it is taken back."""
    event = ticket_messages.said_in(turn.session, row_id(turn.place.id), turn.inbound.message)
    if not turn.text.strip():
        files = enclosed(turn)
        take_back(turn, files)
        forget(turn, files)
    if event is None:
        return note_on_file(turn, caller)
    if event.kind == "said":
        return False
    new = read(turn, event.ticket_id)
    if new is None:
        turn.say(
            turn.t(
                "Nothing was changed: what was sent can become other words or a note. Please send "
                "a command as a new message."
            )
        )
        return True
    rewrite(turn, caller, event, *new)
    return True


def read(turn: Turn, number: int) -> tuple[str, bool] | None:
    """What the message says now, and whether that is a note; None for a command that says nothing
    to ticket `number`.
    """
    text = turn.text.strip()
    command = COMMAND.fullmatch(text)
    name = command[1].lower() if command else ""
    if command:
        if name not in ("reply", "note"):
            return None
        text = (command[2] or "").strip()
        own = re.match(rf"#?{number}\b\s*", text)
        if name == "reply" and own is None and turn.room is None:
            return None
        text = text[own.end() if own else 0 :]
    is_note = name == "note" or noting.is_note(text)
    return (noting.without_sign(text) if is_note else text), is_note


def rewrite(turn: Turn, caller: Staff, event: TicketEvent, text: str, is_note: bool) -> None:
    """A note stays one, whatever is made of it."""
    stays = event.kind == "noted"
    if stays or not is_note:
        write_down(turn, caller, event.ticket_id, "edited" if text else "withdrawn", text)
    else:
        write_down(turn, caller, event.ticket_id, "withdrawn", "")
        write_down(turn, caller, event.ticket_id, "noted", text)
        take_back(turn, enclosed(turn, in_album=True))
    if not stays:
        tell(turn, event, "" if is_note else text)


def note_on_file(turn: Turn, caller: Staff) -> bool:
    """A file that came without words gets some for the team alone, and is taken back with them."""
    files = enclosed(turn, in_album=True)
    number = next((file.ticket_id for file in files if file.ticket_id), None)
    new = read(turn, number) if number else None
    if number is None or new is None or not new[1]:
        return False
    write_down(turn, caller, number, "noted", new[0])
    take_back(turn, files)
    return True


def write_down(turn: Turn, caller: Staff, number: int, kind: str, text: str) -> None:
    tickets.write_down(
        turn.session, number, kind, text, turn.now, actor=caller.name, inbox_id=turn.heard
    )


def tell(turn: Turn, event: TicketEvent, text: str) -> None:
    """The person reads `text` instead; without any, nothing."""
    for place, title in told(turn, event):
        limits, again = turn.limits[place.platform], f"in:{turn.heard}/changed"
        where = (turn.session, row_id(place.id), tickets.cause(event))
        if text:
            outbox.revise(
                *where, Reply(text, title), limits, turn.now, again=again, rank=Rank.RELAY
            )
        elif not outbox.withdraw(*where, limits, turn.now, again=again, rank=Rank.RELAY):
            turn.say(turn.t("The person has it already, and it cannot be taken back there."))


def told(turn: Turn, event: TicketEvent) -> list[tuple[Place, str]]:
    """Where the person was told it, and under which heading."""
    rows = turn.session.exec(
        select(Place, Sending.title)
        .join(Sending, col(Sending.address_id) == col(Place.id))
        .join(Contact, col(Contact.id) == col(Place.contact_id))
        .join(Ticket, col(Ticket.contact_id) == col(Contact.id))
        .where(
            Ticket.id == event.ticket_id,
            Sending.cause == tickets.cause(event),
            Sending.part == 0,
        )
    )
    return list(rows)
