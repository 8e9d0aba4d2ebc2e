"""Rows that nobody holds: those in doubt, those that cannot go, and those an operator looks at."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlmodel import Session, SQLModel

from core.messages import Address
from core.models import Act, Announcement, NewsState, Rank, SendState
from core.outbox.tables import ON_ITS_WAY, OUTBOX, PENDING, PLACE
from core.store import execute

INTERRUPTED = "sending was interrupted: it may have arrived"
UNREACHABLE = "this address can no longer be reached"
LATELY = 5000
"""Rows: more than any platform lets us send in a minute or two."""
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


STRANDED = (
    PENDING,
    exists().where(PLACE.c.id == OUTBOX.c.address_id, not_(PLACE.c.reachable)),
)
IS_NEWS = and_(OUTBOX.c.rank == Rank.ANNOUNCEMENT.value, OUTBOX.c.act == Act.SAY.value)
"""What is said for the first time: changing twice is as changing once."""
IS_UNWANTED = and_(
    IS_NEWS,
    exists().where(
        PLACE.c.id == OUTBOX.c.address_id,
        PLACE.c.contact_id.is_not(None),  # a public place is nobody's
        not_(PLACE.c.subscribed),
    ),
)
NEWS = SQLModel.metadata.tables[str(Announcement.__tablename__)]
CAUSE = literal("news:").concat(cast(NEWS.c.id, String))
IS_CALLED_OFF = and_(
    IS_NEWS,
    exists().where(
        NEWS.c.state.in_([NewsState.CANCELLED.value, NewsState.WITHDRAWN.value]),
        or_(OUTBOX.c.cause == CAUSE, OUTBOX.c.cause.startswith(CAUSE.concat("/"))),
    ),
)
ADDRESS = ("platform", "account", "chat", "thread")
COLUMNS = [field.name for field in fields(Listed)]


def is_untidy(session: Session, now: datetime) -> bool:
    """Whether `resolve_doubt` or `fail_unreachable` would find anything."""
    found = (select(OUTBOX.c.id).where(*some).limit(1) for some in (expired(now), STRANDED))
    return any(execute(session, some).first() for some in found)


def resolve_doubt(session: Session, now: datetime, *, everything: bool = False) -> int:
    """Rows whose sender is gone: relay and answers go again, announcements become unknown.

    A sender is gone when its lease ended; with `everything` all are, as when the only process that
    sends has just started. Returns how many rows there were.
    """
    return resolve(session, (ON_ITS_WAY,) if everything else expired(now), now)


def take_over(
    session: Session, platform: str, account: str, ours: Collection[int], now: datetime
) -> int:
    """Rows of an account whose sender has lost its turn: all that are on their way but `ours`."""
    theirs = select(PLACE.c.id).where(PLACE.c.platform == platform, PLACE.c.account == account)
    named = (OUTBOX.c.platform == platform, OUTBOX.c.address_id.in_(theirs))
    return resolve(session, (ON_ITS_WAY, *named, OUTBOX.c.id.not_in(ours)), now)


def resolve(session: Session, doubtful: tuple[ColumnElement[bool], ...], now: datetime) -> int:
    state = case((IS_NEWS, SendState.UNKNOWN.value), else_=SendState.PENDING.value)
    resolved = {"state": state, "not_before": now, "lease_until": None, "reason": INTERRUPTED}
    return execute(session, update(OUTBOX).where(*doubtful).values(resolved)).rowcount


def fail_unreachable(session: Session) -> int:
    """What was put on its way to people who cannot be reached ends visibly. Returns how many."""
    failed = {"state": SendState.FAILED.value, "reason": UNREACHABLE}
    return execute(session, update(OUTBOX).where(*STRANDED).values(failed)).rowcount


def expired(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ON_ITS_WAY, OUTBOX.c.lease_until <= now


def retry(session: Session, ids: Collection[int] | None, now: datetime) -> int:
    """Send failed and unknown rows again, these or all, but no news to whoever wants none any more,
    and none that was cancelled or taken back. Returns how many.
    """
    chosen = true() if ids is None else OUTBOX.c.id.in_(ids)
    fresh = {"state": SendState.PENDING.value, "reason": "", "attempts": 0, "not_before": now}
    wanted = (not_(IS_UNWANTED), not_(IS_CALLED_OFF))
    again = update(OUTBOX).where(OUTBOX.c.state.in_(STUCK), chosen, *wanted).values(fresh)
    return execute(session, again).rowcount


def arrived(session: Session, address: Address, since: datetime) -> set[str]:
    """The platform's ids of what reached an address since."""
    named = (PLACE.c[name] == getattr(address, name) for name in ADDRESS)
    query = (
        select(OUTBOX.c.platform_id)
        .join(PLACE, PLACE.c.id == OUTBOX.c.address_id)
        .where(*named, OUTBOX.c.state == SendState.SENT.value, OUTBOX.c.sent_at >= since)
    )
    return set(execute(session, query).scalars())


def sent_since(session: Session, platform: str, since: datetime) -> list[datetime]:
    """When a platform's newest rows were sent, or are being sent: each of them counts."""
    query = select(OUTBOX.c.sent_at, OUTBOX.c.created_at).where(
        OUTBOX.c.platform == platform, or_(OUTBOX.c.sent_at > since, ON_ITS_WAY)
    )
    return [row.sent_at or max(row.created_at, since) for row in execute(session, query)]


def sent_lately(session: Session, platform: str, since: datetime) -> list[tuple[Address, datetime]]:
    """Where a platform's newest rows went, and when. Only the last rows are looked at: what was put
    on its way long before is not more than a few.
    """
    newest = select(func.max(OUTBOX.c.id)).scalar_subquery()
    query = (
        select(*(PLACE.c[name] for name in ADDRESS), OUTBOX.c.sent_at)
        .join(PLACE, PLACE.c.id == OUTBOX.c.address_id)
        .where(OUTBOX.c.id > newest - LATELY, OUTBOX.c.platform == platform)
        .where(OUTBOX.c.sent_at > since)
    )
    rows = execute(session, query)
    return [(Address(row.platform, row.account, row.chat, row.thread), row.sent_at) for row in rows]


def answered_since(
    session: Session, place_id: int, since: datetime, *, named: str | None = None
) -> bool:
    """Whether anything, or what is `named` so, was answered there by itself since: what people
    write has other causes.
    """
    by_itself = OUTBOX.c.cause.like(f"in:%/{named}" if named else "in:%")
    query = select(OUTBOX.c.id).where(
        OUTBOX.c.address_id == place_id, by_itself, OUTBOX.c.created_at > since
    )
    return execute(session, query.limit(1)).first() is not None


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
