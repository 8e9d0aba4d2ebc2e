"""What the database knows about files on their way in. A row is settled once: stored, refused or
failed, and never changed by a later try.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column
from sqlmodel import Session, col, select

from core.adapter import FetchError
from core.cleaning import clean_file_name, clean_line
from core.files import Empty, Kept
from core.inspection import Inspected, PixelFlood
from core.masking import mask
from core.messages import Attachment
from core.models import Announcement, Evidence, EvidenceState, Place, row_id

AHEAD = 100
"""How many waiting addresses take turns."""
LONGEST = 2**63 - 1
PENDING: ColumnElement[bool] = literal_column("evidence.state = 'pending'")  # as in the index
ORDINARY = (FetchError, Empty, PixelFlood)
"""Errors that are known to hold no secret; of others only the name is shown."""


def remember(
    session: Session, inbox_id: int, place: Place, attachments: Iterable[Attachment], now: datetime
) -> list[int]:
    """Write a row for each file of inbox row `inbox_id`; the rows' ids, in the same order."""
    rows = [
        Evidence(
            inbox_id=inbox_id,
            address_id=row_id(place.id),
            platform=place.platform,
            handle=file.handle,
            kind=file.kind,
            name=mask(clean_file_name(file.name)) if file.name else file.kind,
            declared_type=clean_line(file.media_type, 100),
            declared_size=None if file.size is None else min(max(file.size, 0), LONGEST),
            not_before=now,
            created_at=now,
        )
        for file in attachments
    ]
    if rows:
        session.add_all(rows)
        session.flush()
    return [row_id(row.id) for row in rows]


def as_attachment(row: Evidence) -> Attachment:
    """The file as the adapter can fetch it."""
    return Attachment(row.handle, row.kind, row.name, row.declared_type, row.declared_size)


def next_due(
    platforms: Iterable[str], busy: Collection[int], now: datetime, session: Session
) -> list[Evidence]:
    """The oldest due file of each address that is not `busy`."""
    oldest = (
        select(func.min(Evidence.id).label("id"))
        .where(
            PENDING,
            Evidence.not_before <= now,
            col(Evidence.platform).in_(list(platforms)),
            col(Evidence.address_id).not_in(busy),
        )
        .group_by(col(Evidence.address_id))
        .order_by(func.min(Evidence.id))
        .limit(AHEAD)
        .subquery()
    )
    return list(session.exec(select(Evidence).join(oldest, col(Evidence.id) == oldest.c.id)))


def pending(session: Session, number: int) -> Evidence | None:
    """The row, ours until the transaction ends; None when it is settled already."""
    wanted = select(Evidence).where(Evidence.id == number, PENDING)
    return session.exec(wanted.with_for_update()).first()


def mark_stored(
    session: Session, number: int, kept: Kept, seen: Inspected, name: str, shown: str
) -> Evidence | None:
    row = pending(session, number)
    if row:
        row.state, row.reason = EvidenceState.STORED, seen.warning
        row.stored_as, row.shown_as = name, shown
        row.size, row.sha256 = kept.size, kept.sha256
        row.media_type, row.width, row.height = seen.media_type, seen.width, seen.height
    return row


def mark_ended(
    session: Session, number: int, state: EvidenceState, error: Exception
) -> Evidence | None:
    row = pending(session, number)
    if row:
        row.state, row.reason = state, reason_of(error)
    return row


def mark_later(session: Session, number: int, due: datetime, error: Exception) -> None:
    if row := pending(session, number):
        row.attempts += 1
        row.not_before, row.reason = due, reason_of(error)


def reason_of(error: Exception) -> str:
    """For staff."""
    said = clean_line(str(error), 200) if isinstance(error, ORDINARY) else ""
    return said or type(error).__name__


def stored_among(names: Collection[str], session: Session) -> set[str]:
    """Those of the names that a row points to. What the outbox sends came as evidence, or with an
    announcement.
    """
    came = session.exec(select(Evidence.stored_as).where(col(Evidence.stored_as).in_(names)))
    shown = session.exec(select(Evidence.shown_as).where(col(Evidence.shown_as).in_(names)))
    file = col(Announcement.file)["stored_as"].as_string()
    published = session.exec(select(file).where(file.in_(names)))
    return {*came, *shown, *published}
