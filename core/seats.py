"""Who sits in a ticket's room for the person, and what is said there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from core import outbox
from core.i18n import Speech
from core.limits import Limits
from core.messages import Choice, Reply
from core.models import Place, Rank, Seat, Ticket, row_id
from core.ticket_messages import Message, letter_before


def addition(speech: Speech, number: int) -> tuple[Choice, ...]:
    """The way to go on, also where nobody can reply to a message."""
    return (Choice(speech.t("Add to ticket {number}", number=number), f"tickets:add:{number}"),)


def tell(
    session: Session,
    ticket: Ticket,
    cause: str,
    reply: Reply,
    limits: Mapping[str, Limits],
    now: datetime,
    to: Message | None = None,
) -> None:
    """The person, as an answer to their message `to` where that is known."""
    for place in ways_to(session, ticket):
        known = limits[place.platform]
        answers = to.id if to and to.place_id == place.id else ""
        if known.letters:
            answers = answers or letter_before(session, place, row_id(ticket.id))
        choices = reply.choices
        if known.letters or (place.dialog and not known.buttons):
            choices = ()  # a number still chooses from what they have begun
        elif not known.buttons:
            place.offers = [[one.label, one.value] for one in choices]
            session.add(place)
        outbox.enqueue(
            session, row_id(place.id), cause, replace(reply, choices=choices), known, now,
            rank=Rank.RELAY, ticket_id=ticket.id, reply_to=answers,
        )  # fmt: skip


def ways_to(session: Session, ticket: Ticket) -> Sequence[Place]:
    """Where the person wrote last, of all their addresses; the ticket's own seats, when none of
    them can be reached.
    """
    reachable = select(Place).where(
        Place.contact_id == ticket.contact_id, col(Place.reachable), col(Place.last_at).is_not(None)
    )
    last = session.exec(reachable.order_by(col(Place.last_at).desc()).limit(1)).all()
    seats = select(Place).join(Seat, col(Seat.address_id) == col(Place.id))
    theirs = seats.where(Seat.ticket_id == ticket.id, Seat.role == "user")
    return last or session.exec(theirs).all()
