"""How the desk does, counted by the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, case, extract, func
from sqlmodel import Session, col, select

from core.models import Asked, Ticket
from core.models.faq import BECAME_TICKET

DAYS = 7
MEDIAN, MOST = 0.5, 0.9
"""Shares of the tickets: half of them, and nine of ten, were answered within so long."""


@dataclass(frozen=True, slots=True)
class Day:
    """What began on one day. `median` is of the first answers, in seconds."""

    day: date
    opened: int
    solved: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a span of time. Waits for a first answer in seconds; None where there was none."""

    opened: int
    solved: int
    median: float | None
    most: float | None
    asked: int
    deflected: int
    """Questions that became no ticket."""
    ratings: int
    stars: float | None


def last_days(today: date, zone: tzinfo) -> list[tuple[date, datetime, datetime]]:
    """Seven days to `today`, each from midnight to midnight in `zone`."""
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return [(day, midnight(day, zone), midnight(day + timedelta(days=1), zone)) for day in days]


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def by_day(session: Session, days: Iterable[tuple[date, datetime, datetime]]) -> list[Day]:
    """One look at the tickets, and one at each day's waits."""
    days = list(days)
    spans = [(since, until) for _, since, until in days]
    counts = [
        tally(within(column, *span))
        for span in spans
        for column in (Ticket.created_at, Ticket.solved_at)
    ]
    found = session.exec(select(*counts).select_from(Ticket)).one()
    return [
        Day(day, int(found[2 * at] or 0), int(found[2 * at + 1] or 0),
            waits(session, since, until)[0])
        for at, (day, since, until) in enumerate(days)
    ]  # fmt: skip


def figures(session: Session, since: datetime, until: datetime) -> Figures:
    opened, solved = session.exec(
        select(
            tally(within(Ticket.created_at, since, until)),
            tally(within(Ticket.solved_at, since, until)),
        )
    ).one()
    asked, deflected = session.exec(
        select(func.count(), tally(col(Asked.outcome).not_in(BECAME_TICKET))).where(
            within(Asked.at, since, until)
        )
    ).one()
    ratings, stars = session.exec(
        select(func.count(col(Ticket.rating)), func.avg(Ticket.rating)).where(
            within(Ticket.solved_at, since, until)
        )
    ).one()
    median, most = waits(session, since, until)
    return Figures(
        int(opened or 0), int(solved or 0), median, most, asked, int(deflected or 0), ratings,
        float(stars) if ratings else None,
    )  # fmt: skip


def waits(session: Session, since: datetime, until: datetime) -> tuple[float | None, float | None]:
    """Within how many seconds half, and nine of ten, of what was opened and answered was answered
    first.
    """
    answered = and_(within(Ticket.created_at, since, until), col(Ticket.answered_at).is_not(None))
    count = session.exec(select(func.count()).select_from(Ticket).where(answered)).one()
    if not count:
        return None, None
    wait = waited(session)
    ordered = select(wait).where(answered).order_by(wait)
    median, most = (
        float(session.exec(ordered.offset(ceil(share * count) - 1).limit(1)).one())
        for share in (MEDIAN, MOST)
    )
    return median, most


def waited(session: Session) -> ColumnElement[Any]:
    """Seconds before the first answer."""
    began, ended = col(Ticket.created_at), col(Ticket.answered_at)
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(ended) - func.julianday(began)) * 86_400
    return extract("epoch", ended - began)


def within(column: Any, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(col(column) >= since, col(column) < until)


def tally(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
