"""How the desk is, in numbers that somebody watches: each is a look at an index, or at the end of a
table.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, literal_column, not_, select
from sqlmodel import Session, SQLModel, col

from core.models import Heard, Ticket, TicketState
from core.outbox.claims import BEHIND
from core.outbox.tables import OUTBOX, PENDING, TO_SEND
from core.store import execute
from core.tickets import owed

INBOX = SQLModel.metadata.tables[str(Heard.__tablename__)]
STUCK: ColumnElement[bool] = literal_column("outbox.state IN ('failed', 'unknown')")
SET_ASIDE: ColumnElement[bool] = literal_column("inbox.state = 'failed'")
"""Both word for word as in the partial indexes."""
NUMBER = func.count().label("number")
LATELY = 2000
"""So many of the newest rows are looked at for the last one of each platform."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be sent on a platform. `due_for` is how many seconds one could have gone by now,
    the longest of them: none that is behind another one, which may wait for somebody to come.
    """

    platform: str
    rank: str
    count: int
    due_for: float


@dataclass(frozen=True, slots=True)
class Gauges:
    """`stuck` is what was not sent or may not have been, by platform and state; `late` are open
    tickets whose answer is overdue; `set_aside` is what came in and met a fault of ours;
    `heard` and `said` are when that happened last on each platform.
    """

    waiting: list[Waiting]
    stuck: dict[tuple[str, str], int]
    tickets: dict[str, int]
    late: int
    set_aside: int
    heard: dict[str, datetime]
    said: dict[str, datetime]


def read(session: Session, now: datetime) -> Gauges:
    late = select(func.count()).where(col(Ticket.due_at) <= now, owed())
    set_aside = select(func.count()).select_from(INBOX).where(SET_ASIDE)
    return Gauges(
        waiting(session, now),
        stuck(session),
        tickets(session),
        count(session, late),
        count(session, set_aside),
        newest(session, INBOX, "received_at"),
        newest(session, OUTBOX, "sent_at"),
    )


def waiting(session: Session, now: datetime) -> list[Waiting]:
    due = and_(PENDING, OUTBOX.c.not_before <= now, not_(BEHIND))
    first = func.min(case((due, OUTBOX.c.not_before))).label("since")
    found = execute(
        session,
        select(OUTBOX.c.platform, OUTBOX.c.rank, NUMBER, first)
        .where(literal_column(TO_SEND.format("outbox")))
        .group_by(OUTBOX.c.platform, OUTBOX.c.rank),
    )
    return [
        Waiting(
            row.platform,
            row.rank,
            row.number,
            (now - row.since).total_seconds() if row.since else 0.0,
        )
        for row in found
    ]


def stuck(session: Session) -> dict[tuple[str, str], int]:
    platform, state = OUTBOX.c.platform, OUTBOX.c.state
    query = select(platform, state, NUMBER).where(STUCK).group_by(platform, state)
    return {(row.platform, row.state): row.number for row in execute(session, query)}


def tickets(session: Session) -> dict[str, int]:
    query = select(col(Ticket.state), NUMBER).group_by(col(Ticket.state))
    counted = {row.state: row.number for row in execute(session, query)}
    return {state.value: counted.get(state, 0) for state in TicketState}


def newest(session: Session, table: Table, moment: str) -> dict[str, datetime]:
    end = select(func.max(table.c.id)).scalar_subquery()
    query = (
        select(table.c.platform, func.max(table.c[moment]).label("last"))
        .where(table.c.id > end - LATELY, table.c[moment].is_not(None))
        .group_by(table.c.platform)
    )
    return {row.platform: row.last for row in execute(session, query)}


def count(session: Session, query: Select[Any]) -> int:
    return int(execute(session, query).scalar_one())
