"""The life of a ticket: opened, answered, waiting, solved, reopened, and a history of it all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from core import seats
from core.i18n import Languages
from core.limits import Limits
from core.messages import Reply
from core.models import (
    Contact,
    Evidence,
    EvidenceState,
    Heard,
    Place,
    Seat,
    Staff,
    Ticket,
    TicketEvent,
    TicketState,
    row_id,
)
from core.ticket_messages import Message

REMIND = 0.75
"""Of the time for a first answer, after which staff are reminded of it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled form, ready to become a ticket."""

    subject: str
    audience: str
    description: str
    username: str = ""
    kind: str = ""
    files: tuple[int, ...] = ()


def open_ticket(
    session: Session,
    draft: Draft,
    contact: Contact,
    place: Place,
    promise: timedelta,
    now: datetime,
) -> Ticket:
    """A new ticket with its first seat: the address it was written from."""
    ticket = Ticket(
        contact_id=row_id(contact.id),
        kind=draft.kind,
        username=draft.username,
        subject=draft.subject,
        audience=draft.audience,
        description=draft.description,
        language=contact.language,
        created_at=now,
        due_at=now + promise,
        remind_at=now + REMIND * promise,
    )
    session.add(ticket)
    session.flush()
    number = row_id(ticket.id)
    session.add(Seat(ticket_id=number, address_id=row_id(place.id)))
    write_down(session, number, "opened", draft.description, now)
    attach(session, number, draft.files)
    return ticket


def append(
    session: Session,
    ticket: Ticket,
    text: str,
    inbox_id: int,
    promise: timedelta,
    now: datetime,
    kind: str = "said",
) -> bool:
    """The person adds inbox row `inbox_id` to their ticket. True when that opened it again: a reply
    is due once more, `promise` from now.
    """
    number = row_id(ticket.id)
    write_down(session, number, kind, text, now, inbox_id=inbox_id)
    session.exec(update(Heard).where(col(Heard.id) == inbox_id).values(ticket_id=number))
    session.exec(
        update(Evidence).where(col(Evidence.inbox_id) == inbox_id).values(ticket_id=number)
    )
    was_solved = ticket.state == TicketState.SOLVED
    if was_solved:
        ticket.reopened_at = now
        ticket.due_at, ticket.remind_at = now + promise, now + REMIND * promise
    if ticket.state != TicketState.OPEN:
        move(session, ticket, TicketState.OPEN, "user", now)
    return was_solved


def answer(
    session: Session,
    ticket: Ticket,
    text: str,
    actor: str,
    languages: Languages,
    limits: Mapping[str, Limits],
    now: datetime,
    *,
    shown: str = "",
    inbox_id: int | None = None,
    to: Message | None = None,
) -> None:
    """Staff answer: the clock stops, and the ticket waits for the person. `shown` is the name that
    the person sees; `to` the message that is answered, where that is known.
    """
    number = row_id(ticket.id)
    event = write_down(session, number, "answered", text, now, actor=actor, inbox_id=inbox_id)
    stop_clock(ticket, now)
    speech = languages.speak(ticket.language)
    title = speech.t("Answer to ticket {number}", number=number)
    reply = Reply(text, f"{title} · {shown}" if shown else title, seats.addition(speech, number))
    seats.tell(session, ticket, cause(event), reply, limits, now, to)
    if ticket.state != TicketState.WAITING:
        move(session, ticket, TicketState.WAITING, actor, now, inbox_id)


def stop_clock(ticket: Ticket, now: datetime) -> None:
    """Staff have answered."""
    ticket.answered_at = ticket.answered_at or now
    ticket.reopened_at = ticket.remind_at = None


def owed() -> ColumnElement[bool]:
    """`Ticket.is_owed`, for a query."""
    unanswered = or_(col(Ticket.answered_at).is_(None), col(Ticket.reopened_at).is_not(None))
    return and_(col(Ticket.state) == TicketState.OPEN, unanswered)


def solve(
    session: Session,
    ticket: Ticket,
    actor: str,
    languages: Languages,
    limits: Mapping[str, Limits],
    now: datetime,
) -> None:
    """The matter is settled; a reply of the person opens it again."""
    if ticket.state == TicketState.SOLVED:
        return
    event = move(session, ticket, TicketState.SOLVED, actor, now)
    number = row_id(ticket.id)
    speech = languages.speak(ticket.language)
    said = speech.t(
        "Ticket {number} is marked as solved. If it is not, reply to this message: it opens again.",
        number=number,
    )
    reply = Reply(said, choices=seats.addition(speech, number))
    seats.tell(session, ticket, cause(event), reply, limits, now)


def take(session: Session, ticket: Ticket, staff: Staff, now: datetime) -> bool:
    """The first has it. False when somebody else was first."""
    free = or_(col(Ticket.staff_id).is_(None), col(Ticket.staff_id) == staff.id)
    had = ticket.staff_id
    won = session.exec(
        update(Ticket).where(col(Ticket.id) == ticket.id, free).values(staff_id=staff.id)
    ).rowcount
    session.refresh(ticket, ["staff_id"])
    if won and had != staff.id:
        write_down(session, row_id(ticket.id), "taken", "", now, actor=staff.name)
    return bool(won)


def hand_over(session: Session, ticket: Ticket, receiver: Staff, now: datetime) -> None:
    """To somebody, whoever had it."""
    ticket.staff_id = receiver.id
    session.add(ticket)
    write_down(session, row_id(ticket.id), "taken", "", now, actor=receiver.name)


def move(
    session: Session,
    ticket: Ticket,
    state: TicketState,
    actor: str,
    now: datetime,
    inbox_id: int | None = None,
) -> TicketEvent:
    ticket.state = state
    if state is TicketState.SOLVED:
        ticket.reopened_at = None
    ticket.solved_at = now if state is TicketState.SOLVED else None
    session.add(ticket)
    return write_down(session, row_id(ticket.id), state, "", now, actor=actor, inbox_id=inbox_id)


def write_down(
    session: Session,
    number: int,
    kind: str,
    text: str,
    now: datetime,
    *,
    actor: str = "user",
    inbox_id: int | None = None,
) -> TicketEvent:
    event = TicketEvent(
        ticket_id=number, at=now, kind=kind, actor=actor, text=text, inbox_id=inbox_id
    )
    session.add(event)
    session.flush()
    return event


def write_down_left(session: Session, contact: Contact, now: datetime) -> list[Ticket]:
    """They have shut us out: in each matter of theirs that is not solved, which are returned."""
    left = [one for one in tickets_of(session, contact) if one.state != TicketState.SOLVED]
    for ticket in left:
        write_down(session, row_id(ticket.id), "left", "", now)
    return left


def cause(event: TicketEvent) -> str:
    """Of everything that tells it, whomever and wherever."""
    return f"ticket:{event.ticket_id}/{event.id}"


def attach(session: Session, number: int, files: Sequence[int]) -> None:
    if files:
        session.exec(update(Evidence).where(col(Evidence.id).in_(files)).values(ticket_id=number))


def tickets_of(session: Session, contact: Contact, limit: int = 10) -> list[Ticket]:
    """Newest first."""
    return list(
        session.exec(
            select(Ticket).where(Ticket.contact_id == contact.id).order_by(col(Ticket.id).desc())
            .limit(limit)
        )
    )  # fmt: skip


def own_ticket(session: Session, contact: Contact, number: int) -> Ticket | None:
    """The ticket, if it is theirs. Somebody else's is as unknown as one that does not exist."""
    if not 0 < number < 2**63:
        return None
    return session.exec(
        select(Ticket).where(Ticket.id == number, Ticket.contact_id == contact.id)
    ).first()


def history(session: Session, number: int) -> list[TicketEvent]:
    """All that happened, oldest first."""
    return list(
        session.exec(
            select(TicketEvent).where(TicketEvent.ticket_id == number).order_by(col(TicketEvent.id))
        )
    )


def evidence_of(session: Session, number: int) -> list[Evidence]:
    return list(
        session.exec(
            select(Evidence)
            .where(Evidence.ticket_id == number, Evidence.state != EvidenceState.REFUSED)
            .order_by(col(Evidence.id))
        )
    )
