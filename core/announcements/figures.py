"""How far an announcement is: counted over one index, without a look at any row that went well."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlmodel import Session

from core.announcements.fanout import cause_of, public_cause
from core.models import Announcement, SendState
from core.outbox.tables import OUTBOX, PLACE
from core.store import execute

NEWS: ColumnElement[bool] = literal_column("outbox.rank = '3 announcement'")
"""As in the partial index."""
OPEN = (SendState.PENDING, SendState.SENDING, SendState.HELD)


@dataclass(frozen=True)
class Figures:
    """In people, but for `sends_left` and `sends_done`, which are messages of each platform."""

    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unknown: int = 0
    left: int = 0
    ended: int = 0
    """Did not get it because it was cancelled, or they wanted no more."""
    sends_left: dict[str, int] = field(default_factory=dict)
    sends_done: dict[str, int] = field(default_factory=dict)

    @property
    def all(self) -> int:
        return self.sent + self.blocked + self.failed + self.unknown + self.left + self.ended

    @property
    def is_over(self) -> bool:
        return not any(self.sends_left.values())


@dataclass(frozen=True)
class Delivered:
    """What became of it at one address."""

    platform: str
    chat: str
    part: int
    state: str
    reason: str
    sent_at: datetime | None


def figures(session: Session, news: Announcement) -> Figures:
    people: Counter[str] = Counter()
    left: Counter[str] = Counter()
    done: Counter[str] = Counter()
    counted = (
        select(OUTBOX.c.platform, OUTBOX.c.state, func.count().label("rows"),
               func.sum(case((OUTBOX.c.part == 0, 1), else_=0)).label("firsts"))
        .where(OUTBOX.c.cause == cause_of(news), NEWS)
        .group_by(OUTBOX.c.platform, OUTBOX.c.state)
    )  # fmt: skip
    for row in execute(session, counted):
        people[row.state] += row.firsts
        (left if row.state in OPEN else done)[row.platform] += row.rows
    blocked = count_blocked(session, news) if people[SendState.FAILED] else 0
    return Figures(
        sent=people[SendState.SENT],
        blocked=blocked,
        failed=people[SendState.FAILED] - blocked,
        unknown=people[SendState.UNKNOWN],
        left=sum(people[state] for state in OPEN),
        ended=people[SendState.ENDED],
        sends_left=dict(left),
        sends_done=dict(done),
    )


def count_blocked(session: Session, news: Announcement) -> int:
    """Those who failed because they can no longer be reached at all."""
    query = (
        select(func.count())
        .select_from(OUTBOX.join(PLACE, PLACE.c.id == OUTBOX.c.address_id))
        .where(OUTBOX.c.cause == cause_of(news), NEWS, OUTBOX.c.state == SendState.FAILED.value)
        .where(OUTBOX.c.part == 0, PLACE.c.reachable.is_(False))
    )
    return int(execute(session, query).scalar_one())


def reasons(session: Session, news: Announcement) -> dict[str, int]:
    """Why it did not arrive, the most frequent first."""
    query = (
        select(OUTBOX.c.reason, func.count().label("people"))
        .where(OUTBOX.c.cause == cause_of(news), NEWS, OUTBOX.c.part == 0)
        .where(OUTBOX.c.state.in_([SendState.FAILED, SendState.UNKNOWN, SendState.ENDED]))
        .group_by(OUTBOX.c.reason)
        .order_by(func.count().desc(), OUTBOX.c.reason)
    )
    return {row.reason: row.people for row in execute(session, query)}


def in_public(session: Session, news: Announcement) -> dict[str, str]:
    """Each public place's platform, and the state of the last part there."""
    query = (
        select(OUTBOX.c.platform, OUTBOX.c.state)
        .where(OUTBOX.c.cause == public_cause(news), NEWS)
        .order_by(OUTBOX.c.part)
    )
    return {row.platform: row.state for row in execute(session, query)}


def delivered(session: Session, news: Announcement) -> list[Delivered]:
    """At every address."""
    query = (
        select(OUTBOX.c.platform, PLACE.c.chat, OUTBOX.c.part, OUTBOX.c.state, OUTBOX.c.reason,
               OUTBOX.c.sent_at)
        .select_from(OUTBOX.join(PLACE, PLACE.c.id == OUTBOX.c.address_id))
        .where(OUTBOX.c.cause.in_([cause_of(news), public_cause(news)]), NEWS)
        .order_by(OUTBOX.c.id)
    )  # fmt: skip
    return [Delivered(**row) for row in execute(session, query).mappings()]
