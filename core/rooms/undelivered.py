"""What staff wrote and could not be brought to its person is told in the ticket's rooms."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core import outbox
from core.messages import Reply
from core.models import Place, Rank, Sending, SendState, Ticket, TicketState, row_id
from core.rooms.rows import rooms_of
from core.rooms.words import Voice

LATELY = timedelta(days=2)


def tell_undelivered(session: Session, voice: Voice, now: datetime) -> int:
    """Each once. Returns how many there are."""
    failed = session.exec(
        select(Sending)
        .join(Ticket, col(Ticket.id) == col(Sending.ticket_id))
        .join(Place, col(Place.id) == col(Sending.address_id))
        .where(
            Ticket.state != TicketState.SOLVED,
            Sending.state == SendState.FAILED,
            Sending.rank == Rank.RELAY,
            Sending.created_at >= now - LATELY,
            col(Place.contact_id) == col(Ticket.contact_id),
        )
    ).all()
    for row in failed:
        text = voice.speech.t("⚠️ This did not reach the person: {reason}", reason=row.reason)
        for room in rooms_of(session, row.ticket_id or 0):
            outbox.enqueue(
                session, row_id(room.id), f"undelivered:{row.id}",
                Reply(f"{text}\n{row.text}".strip()), voice.limits[room.platform], now,
                rank=Rank.RELAY, ticket_id=row.ticket_id,
            )  # fmt: skip
    return len(failed)
