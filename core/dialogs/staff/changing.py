"""What staff wrote is changed by them: it changes where it was told, or is taken back as a note."""

from sqlmodel import col, select

from core import outbox, rooms, ticket_messages, tickets
from core.dialogs.staff import noting
from core.dialogs.turn import Turn
from core.messages import Reply
from core.models import (
    Contact,
    Evidence,
    Heard,
    Place,
    Rank,
    Sending,
    Staff,
    Ticket,
    TicketEvent,
    row_id,
)


def change(turn: Turn, caller: Staff) -> bool:
    """False when they wrote nothing of that kind there. Without words it is taken back."""
    event = ticket_messages.said_in(turn.session, row_id(turn.place.id), turn.inbound.message)
    if not turn.text.strip():
        take_back_files(turn)
    if event is None or event.kind == "said":
        return False
    is_note = noting.is_note(turn.text)
    text = noting.without_sign(turn.text) if is_note else turn.text.strip()
    tickets.write_down(
        turn.session, event.ticket_id, "edited" if text else "withdrawn", text, turn.now,
        actor=caller.name, inbox_id=turn.heard,
    )  # fmt: skip
    if event.kind == "answered":  # a note stays one, whatever is made of it
        tell(turn, event, "" if is_note else text)
    return True


def take_back_files(turn: Turn) -> None:
    files = turn.session.exec(
        select(Evidence.id)
        .join(Heard, col(Heard.id) == col(Evidence.inbox_id))
        .where(Heard.address_id == turn.place.id, Heard.message == turn.inbound.message)
    )
    for number in files:
        cause, again = rooms.passed_on(number), f"in:{turn.heard}/file {number}"
        sent = select(Place).join(Sending, col(Sending.address_id) == col(Place.id))
        for place in turn.session.exec(sent.where(Sending.cause == cause)).all():
            outbox.withdraw(
                turn.session, row_id(place.id), cause, turn.limits[place.platform], turn.now,
                again=again, rank=Rank.RELAY,
            )  # fmt: skip


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
