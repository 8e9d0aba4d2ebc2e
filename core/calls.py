"""Calls for a chat that nobody took: an honest word, and what was said is kept as a ticket."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from core import outbox, tickets
from core.i18n import Languages
from core.limits import Limits
from core.messages import Choice, Reply
from core.models import Place, Rank, Seat, Ticket, TicketState, row_id
from core.pack import Pack

MOST = 100
CHAT = "chat"
"""The kind of a ticket that is a chat."""
LIVE = "live"
"""The dialog of whoever is in a chat, or waits for one."""


def give_up(
    session: Session,
    pack: Pack,
    languages: Languages,
    limits: Mapping[str, Limits],
    now: datetime,
) -> list[Ticket]:
    """Whose call has been in vain."""
    in_vain = list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.call_until) <= now, col(Ticket.staff_id).is_(None))
            .limit(MOST)
            .with_for_update(skip_locked=True)
        )
    )
    for ticket in in_vain:
        settle(session, ticket, pack, languages, limits, now)
    return in_vain


def settle(
    session: Session,
    ticket: Ticket,
    pack: Pack,
    languages: Languages,
    limits: Mapping[str, Limits],
    now: datetime,
) -> None:
    number, speech = row_id(ticket.id), languages.speak(ticket.language)
    said = [one.text for one in tickets.history(session, number) if one.kind == "said"]
    ticket.call_until, ticket.kind, ticket.description = None, "", "\n".join(said)
    session.add(ticket)
    sorry = speech.t("I am sorry: nobody is free right now.")
    if said:
        due = speech.moment(ticket.due_at, pack.zone)
        kept = speech.t(
            "What you wrote is ticket {number}: you get a reply here by {due} at the latest.",
            number=number,
            due=due,
        )
        choices = (
            Choice(speech.t("Add to ticket {number}", number=number), f"tickets:add:{number}"),
        )
    else:
        tickets.move(session, ticket, TicketState.SOLVED, "desk", now)
        kept = speech.t("Our team answers in writing, too.")
        choices = (Choice(speech.t("✉️ Write to the support team"), "ticket:new"),)
    for place in sits_at(session, ticket, staff_side=False):  # who began something else goes on
        place.dialog, place.state = "", {}
        place.offers = [[one.label, one.value] for one in choices]
        outbox.enqueue(
            session, row_id(place.id), f"ticket:{number}/in vain",
            Reply(f"{sorry} {kept}", choices=choices), limits[place.platform], now,
            rank=Rank.RELAY, ticket_id=number,
        )  # fmt: skip


def sits_at(session: Session, ticket: Ticket, *, staff_side: bool) -> list[Place]:
    """Who is in the chat now, on one side, each in a place of their own."""
    role = "staff" if staff_side else "user"
    seats = (
        select(Place)
        .join(Seat, col(Seat.address_id) == col(Place.id))
        .where(Seat.ticket_id == ticket.id, Seat.role == role, Place.dialog == LIVE)
    )
    return [
        place
        for place in session.exec(seats)
        if place.state.get("ticket") == ticket.id and (not staff_side or place.staff_id is not None)
    ]
