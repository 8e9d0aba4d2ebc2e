"""Rows that nobody holds: those in doubt, those that cannot go, and those an operator looks at."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import exists, not_, select, true, update
from sqlmodel import Session

from core.models import Rank, SendState
from core.outbox.tables import ON_ITS_WAY, OUTBOX, PENDING, PLACE, execute

INTERRUPTED = "sending was interrupted: it may have arrived"
UNREACHABLE = "this address can no longer be reached"
STUCK = (SendState.FAILED.value, SendState.UNKNOWN.value)


@dataclass(frozen=True)
class Listed:
    """A row as an operator sees it: without anybody's words."""

    id: int
    platform: str
    chat: str
    rank: str
    state: str
    attempts: int
    reason: str
    created_at: datetime
    not_before: datetime


COLUMNS = [field.name for field in fields(Listed)]


def resolve_doubt(session: Session, now: datetime, *, everything: bool = False) -> int:
    """Rows whose sender is gone: relay and answers go again, announcements become unknown.

    A sender is gone when its lease ended; with `everything` all are, as when the only process that
    sends has just started. Returns how many rows there were.
    """
    gone = true() if everything else OUTBOX.c.lease_until <= now
    in_doubt = update(OUTBOX).where(ON_ITS_WAY, gone).values(lease_until=None, reason=INTERRUPTED)
    news = OUTBOX.c.rank == Rank.ANNOUNCEMENT.value
    unknown = in_doubt.where(news).values(state=SendState.UNKNOWN.value)
    again = in_doubt.where(not_(news)).values(state=SendState.PENDING.value, not_before=now)
    return execute(session, unknown).rowcount + execute(session, again).rowcount


def fail_unreachable(session: Session) -> int:
    """What was put on its way to people who cannot be reached ends visibly. Returns how many."""
    shut = exists().where(PLACE.c.id == OUTBOX.c.address_id, not_(PLACE.c.reachable))
    failed = {"state": SendState.FAILED.value, "reason": UNREACHABLE}
    return execute(session, update(OUTBOX).where(PENDING, shut).values(failed)).rowcount


def retry(session: Session, ids: Collection[int] | None, now: datetime) -> int:
    """Send failed and unknown rows again: these, or all. Returns how many."""
    chosen = true() if ids is None else OUTBOX.c.id.in_(ids)
    fresh = {"state": SendState.PENDING.value, "reason": "", "attempts": 0, "not_before": now}
    again = update(OUTBOX).where(OUTBOX.c.state.in_(STUCK), chosen).values(fresh)
    return execute(session, again).rowcount


def list_rows(session: Session, states: Collection[SendState], limit: int) -> list[Listed]:
    """The newest first."""
    shown = (PLACE.c.chat if name == "chat" else OUTBOX.c[name] for name in COLUMNS)
    wanted = (
        select(*shown)
        .join(PLACE, PLACE.c.id == OUTBOX.c.address_id)
        .where(OUTBOX.c.state.in_([state.value for state in states]))
        .order_by(OUTBOX.c.id.desc())
        .limit(limit)
    )
    return [Listed(**dict(row)) for row in execute(session, wanted).mappings()]
