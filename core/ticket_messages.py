"""Which message became which line of a ticket's history, and the other way round."""

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select

from core.models import Heard, Place, Sending, SendState, Ticket, TicketEvent, row_id

SPOKEN = ("said", "answered")
CHANGING = (*SPOKEN, "edited", "withdrawn", "noted")


@dataclass(frozen=True, slots=True)
class Message:
    """Something somebody wrote, by the platform's id."""

    place_id: int
    id: str


def said_in(session: Session, place_id: int, message: str) -> TicketEvent | None:
    """What this message became when it was written; the note that was made of it, if one was."""
    return session.exec(
        select(TicketEvent)
        .join(Heard, col(Heard.id) == col(TicketEvent.inbox_id))
        .where(
            Heard.address_id == place_id,
            Heard.message == message,
            col(TicketEvent.kind).in_(("said", "answered", "noted")),
        )
        .order_by(col(TicketEvent.kind) != "noted", col(TicketEvent.id))
        .limit(1)
    ).first()


def made_of(session: Session, ticket: Ticket, inbox_id: int) -> TicketEvent:
    """What an inbox row that the person said became in their ticket."""
    return session.exec(
        select(TicketEvent).where(
            TicketEvent.ticket_id == ticket.id,
            TicketEvent.inbox_id == inbox_id,
            TicketEvent.kind == "said",
        )
    ).one()


def spoken(session: Session, number: int) -> list[TicketEvent]:
    """What the person and the staff said to each other in ticket `number`, as it stands now: with
    the words that it was changed to, and without what was taken back or made a note.
    """
    rows = session.exec(
        select(TicketEvent, Heard)
        .outerjoin(Heard, col(Heard.id) == col(TicketEvent.inbox_id))
        .where(TicketEvent.ticket_id == number, col(TicketEvent.kind).in_(CHANGING))
        .order_by(col(TicketEvent.id))
    )
    said: dict[object, TicketEvent] = {}
    for event, heard in rows:
        key = (heard.address_id, heard.message) if heard and heard.message else event.id
        if event.kind in SPOKEN:
            said.setdefault(key, event)
        elif event.kind == "edited" and key in said:
            said[key] = TicketEvent(**said[key].model_dump() | {"text": event.text})
        else:
            said.pop(key, None)
    return list(said.values())


def became_note(session: Session, number: int, heard: Heard) -> bool:
    """Whether this message of the staff's was a note of ticket `number` when it was written or is
    one since, or another part of its album is.
    """
    same = col(Heard.message) == heard.message if heard.message else col(Heard.id) == heard.id
    if heard.album:
        of_album = (Heard.address_id == heard.address_id, Heard.album == heard.album)
        same = or_(same, col(Heard.message).in_(select(Heard.message).where(*of_album)))
    noted = (
        select(TicketEvent.id)
        .join(Heard, col(Heard.id) == col(TicketEvent.inbox_id))
        .where(TicketEvent.ticket_id == number, TicketEvent.kind == "noted")
        .where(Heard.address_id == heard.address_id, same)
    )
    return session.exec(noted.limit(1)).first() is not None


def told_by(session: Session, place_id: int, message: str) -> Message | None:
    """What somebody wrote elsewhere and our message tells here."""
    if not message:
        return None
    told = session.exec(
        select(Sending.cause).where(Sending.address_id == place_id, Sending.platform_id == message)
    ).first()
    head, _, number = (told or "").rpartition("/")
    if not head.startswith("ticket:") or not number.isdecimal():
        return None
    heard = session.exec(
        select(Heard)
        .join(TicketEvent, col(TicketEvent.inbox_id) == col(Heard.id))
        .where(TicketEvent.id == int(number))
    ).first()
    return Message(heard.address_id, heard.message) if heard and heard.address_id else None


def replied_to(session: Session, place: Place, message: str) -> int | None:
    """The number of the ticket that a message at this address belongs to, ours or theirs."""
    ours = session.exec(
        select(Sending.ticket_id).where(
            col(Sending.address_id).in_(own_places(session, place)), Sending.platform_id == message
        )
    ).first()
    if ours:
        return ours
    theirs = session.exec(
        select(Heard.ticket_id).where(
            Heard.address_id == place.id,
            Heard.message == message,
            col(Heard.ticket_id).is_not(None),
        )
    ).first()
    return theirs or just_said(session, place)


def own_places(session: Session, place: Place) -> list[int]:
    """This one, and others of the same person there: what is said to one arrives at another where a
    platform can no longer answer at the first.
    """
    if place.contact_id is None:
        return [row_id(place.id)]
    same = select(Place.id).where(
        Place.platform == place.platform,
        Place.account == place.account,
        Place.sender == place.sender,
        Place.contact_id == place.contact_id,
    )
    return [row_id(id) for id in session.exec(same)]


def text_of(session: Session, place: Place, message: str) -> str:
    """What our message says; empty where it is none of ours."""
    ours = select(Sending.text).where(
        Sending.address_id == place.id, Sending.platform_id == message
    )
    return session.exec(ours).first() or ""


def letter_before(session: Session, place: Place, ticket: int) -> str:
    """The letter of theirs that ours in this ticket answered last: programs for mail show letters
    together that name one another.
    """
    answered = (
        select(Sending.reply_to)
        .where(Sending.ticket_id == ticket, Sending.address_id == place.id, Sending.reply_to != "")
        .order_by(col(Sending.id).desc())
    )
    return session.exec(answered.limit(1)).first() or ""


def just_said(session: Session, place: Place) -> int | None:
    """Of a message that arrived, but whose id we have not written down yet: they were quicker."""
    return session.exec(
        select(Sending.ticket_id).where(
            Sending.address_id == place.id,
            Sending.state == SendState.SENDING,
            col(Sending.ticket_id).is_not(None),
        )
    ).first()
