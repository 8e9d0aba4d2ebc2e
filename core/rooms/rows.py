"""Rooms in the database: a place of nobody's own that sits in a ticket as one of the staff."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, exists
from sqlmodel import Session, col, func, select

from core import outbox, ticket_messages, tickets
from core.messages import Address, Reply
from core.models import (
    Contact,
    Evidence,
    EvidenceState,
    Heard,
    Place,
    Rank,
    Seat,
    Staff,
    Ticket,
    TicketEvent,
    TicketState,
    row_id,
)
from core.rooms import words
from core.rooms.words import Voice

ROLE = "staff"
TOLD = "told"
"""In a room's state: the event up to which it was told when it was opened."""
IS_ROOM = (col(Seat.role) == ROLE, col(Place.contact_id).is_(None))


def rooms_of(session: Session, number: int) -> Sequence[Place]:
    """The rooms of a ticket that are there."""
    return session.exec(
        select(Place)
        .join(Seat, col(Seat.address_id) == col(Place.id))
        .where(Seat.ticket_id == number, *IS_ROOM, col(Place.reachable))
        .order_by(col(Place.id))
    ).all()


def room_of(session: Session, place: Place) -> Ticket | None:
    """The ticket whose room this is."""
    return session.exec(
        select(Ticket)
        .join(Seat, col(Seat.ticket_id) == col(Ticket.id))
        .where(Seat.address_id == place.id, Seat.role == ROLE)
        .limit(1)
    ).first()


def without_room(
    session: Session, platform: str, account: str, limit: int
) -> list[tuple[int, str]]:
    """Number and title of tickets that should have a room there, calls first."""
    has_one = exists().where(
        col(Seat.ticket_id) == col(Ticket.id),
        col(Seat.address_id) == col(Place.id),
        *IS_ROOM,
        col(Place.reachable),
        col(Place.platform) == platform,
        col(Place.account) == account,
    )
    rows = session.exec(
        select(Ticket)
        .where(Ticket.state != TicketState.SOLVED, ~has_one)
        .order_by(col(Ticket.call_until).is_(None), col(Ticket.id))
        .limit(limit)
    )
    return [(row_id(ticket.id), words.title(ticket)) for ticket in rows]


def move_in(session: Session, number: int, room: Address, voice: Voice, now: datetime) -> bool:
    """The ticket sits in this room from now on, and is told there. False when it has one already:
    then this one is left.
    """
    ticket = session.exec(select(Ticket).where(Ticket.id == number).with_for_update()).first()
    if ticket is None or has_room(session, number, room):
        return False
    leave_old(session, number, room)
    events = tickets.history(session, number)
    told = row_id(events[-1].id) if events else 0
    place = Place(
        platform=room.platform, account=room.account, chat=room.chat, thread=room.thread,
        sender="", created_at=now, state={TOLD: told},
    )  # fmt: skip
    session.add(place)
    session.flush()
    session.add(Seat(ticket_id=number, address_id=row_id(place.id), role=ROLE))
    holder = session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    files = tickets.evidence_of(session, number)
    reply = words.card(voice, ticket, holder, events, files, now)
    outbox.enqueue(
        session, row_id(place.id), f"ticket:{number}/card", reply, voice.limits[place.platform],
        now, rank=Rank.RELAY, ticket_id=number,
    )  # fmt: skip
    show_files(session, files, place, voice, now)
    return True


def has_room(session: Session, number: int, room: Address) -> bool:
    return any(
        place.platform == room.platform and place.account == room.account
        for place in rooms_of(session, number)
    )


def leave_old(session: Session, number: int, room: Address) -> None:
    """What is written in a room that was given up goes to nobody."""
    gone = select(Place.id).where(
        Place.platform == room.platform, Place.account == room.account,
        col(Place.contact_id).is_(None), ~col(Place.reachable),
    )  # fmt: skip
    session.exec(delete(Seat).where(col(Seat.ticket_id) == number, col(Seat.address_id).in_(gone)))


def newest(session: Session) -> int:
    """The event after which `follow` finds all that this transaction writes."""
    return session.exec(select(func.max(TicketEvent.id))).one() or 0


def follow(session: Session, after: int, voice: Voice, now: datetime) -> int:
    """All that happened since goes to the rooms of its tickets, once, except where it was written.
    Returns how many things.
    """
    rows = session.exec(
        select(TicketEvent, Place, Heard, Contact.name)
        .join(Seat, col(Seat.ticket_id) == col(TicketEvent.ticket_id))
        .join(Place, col(Place.id) == col(Seat.address_id))
        .join(Ticket, col(Ticket.id) == col(TicketEvent.ticket_id))
        .join(Contact, col(Contact.id) == col(Ticket.contact_id))
        .outerjoin(Heard, col(Heard.id) == col(TicketEvent.inbox_id))
        .where(col(TicketEvent.id) > after, *IS_ROOM, col(Place.reachable))
        .order_by(col(TicketEvent.id), col(Place.id))
    ).all()
    for event, place, heard, name in rows:
        here = heard is not None and heard.address_id == place.id
        if not here and row_id(event.id) > place.state.get(TOLD, 0):
            tell(session, event, place, heard, name, voice, now)
    show_new_files(session, {(event.ticket_id, place.id): place for event, place, _, _ in rows},
                   voice, now)  # fmt: skip
    return len(rows)


def show_new_files(
    session: Session, touched: dict[tuple[int, int | None], Place], voice: Voice, now: datetime
) -> None:
    """Of tickets in which something happened: files may have been added that came before."""
    wanted = select(Evidence).where(
        col(Evidence.ticket_id).in_({number for number, _ in touched}),
        Evidence.state == EvidenceState.STORED,
    )
    files = session.exec(wanted.order_by(col(Evidence.id))).all() if touched else []
    for (number, _), place in touched.items():
        theirs = [file for file in files if file.ticket_id == number]
        show_files(session, theirs, place, voice, now)


def tell(
    session: Session,
    event: TicketEvent,
    place: Place,
    heard: Heard | None,
    name: str,
    voice: Voice,
    now: datetime,
) -> None:
    limits = voice.limits[place.platform]
    reply = words.happened(voice.speech, event, name or voice.speech.t("The person"))
    number, cause = row_id(place.id), tickets.cause(event)
    if event.kind == "edited" and heard and heard.address_id:
        first = ticket_messages.said_in(session, heard.address_id, heard.message)
        if first and outbox.revise(
            session, number, tickets.cause(first), as_changed(first, event, reply.title, voice),
            limits, now, again=cause, rank=Rank.RELAY,
        ):  # fmt: skip
            return
    to = None
    if heard and heard.address_id:
        to = ticket_messages.told_by(session, heard.address_id, heard.reply_to)
    outbox.enqueue(
        session, number, cause, reply, limits, now, rank=Rank.RELAY, ticket_id=event.ticket_id,
        reply_to=to.id if to and to.place_id == place.id else "",
    )  # fmt: skip


def as_changed(first: TicketEvent, changed: TicketEvent, title: str, voice: Voice) -> Reply:
    new = TicketEvent(
        ticket_id=first.ticket_id, at=first.at, kind=first.kind, actor=first.actor,
        text=changed.text,
    )  # fmt: skip
    return words.happened(voice.speech, new, title)


def show_files(
    session: Session, files: Iterable[Evidence], place: Place, voice: Voice, now: datetime
) -> None:
    """Those that are here, once each, unless they were sent here."""
    for file in files:
        stored = words.as_stored(file)
        if stored and file.address_id != place.id:
            outbox.enqueue(
                session, row_id(place.id), f"evidence:{file.id}/room",
                Reply("", file=stored), voice.limits[place.platform], now,
                rank=Rank.RELAY, ticket_id=file.ticket_id,
            )  # fmt: skip
