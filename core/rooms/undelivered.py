"""What staff wrote and could not be brought to its person is told in the ticket's rooms; where it
has none, to whoever has taken it.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, or_
from sqlmodel import Session, col, select

from core import outbox
from core.i18n import Speech
from core.messages import Reply
from core.models import Place, Rank, Sending, SendState, Ticket, TicketEvent, TicketState, row_id
from core.notices import Notice, concerned
from core.outbox.changes import WITHDRAWN
from core.rooms.rows import rooms_of
from core.rooms.words import Voice

LATELY = timedelta(days=2)
ANSWERS = exists().where(
    col(TicketEvent.ticket_id) == col(Sending.ticket_id),
    col(TicketEvent.kind) == "answered",
    literal("ticket:")
    .concat(cast(TicketEvent.ticket_id, String))
    .concat("/")
    .concat(cast(TicketEvent.id, String))
    == col(Sending.cause),
)
"""What staff said: see `core.tickets.cause`."""
FILES = col(Sending.cause).startswith("evidence:")


def tell_undelivered(session: Session, voice: Voice, now: datetime) -> int:
    """Each once; of solved tickets only what staff said, and not that they were solved. Returns how
    many there are.
    """
    failed = session.exec(
        select(Sending)
        .join(Ticket, col(Ticket.id) == col(Sending.ticket_id))
        .join(Place, col(Place.id) == col(Sending.address_id))
        .where(
            or_(col(Ticket.state) != TicketState.SOLVED, ANSWERS, FILES),
            Sending.state == SendState.FAILED,
            Sending.reason != WITHDRAWN,
            Sending.rank == Rank.RELAY,
            Sending.created_at >= now - LATELY,
            col(Place.contact_id) == col(Ticket.contact_id),
        )
    ).all()
    for row in failed:
        tell(session, row, voice, now)
    return len(failed)


def tell(session: Session, row: Sending, voice: Voice, now: datetime) -> None:
    cause, number = f"undelivered:{row.id}", row.ticket_id or 0

    def words(speech: Speech) -> str:
        said = speech.t("⚠️ This did not reach the person: {reason}", reason=row.reason)
        return f"{said}\n{row.text}".strip()

    there = rooms_of(session, number)
    for room in there:
        outbox.enqueue(
            session, row_id(room.id), cause, Reply(words(voice.speech)),
            voice.limits[room.platform], now, rank=Rank.RELAY, ticket_id=number,
        )  # fmt: skip
    if not there:
        ticket = session.get_one(Ticket, number)
        notice = Notice(session, voice.languages, voice.limits, now, cause)
        notice.tell(concerned(session, ticket), ticket, words)
