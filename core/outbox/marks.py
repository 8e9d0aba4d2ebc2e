"""What became of a claimed row. Each mark names the row and the fence it was claimed under."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, not_, select, update
from sqlmodel import Session

from core.cleaning import clean_line
from core.models import SendState
from core.outbox.tables import HELD, OUTBOX, PENDING, PLACE
from core.store import execute

WAITS = (1, 3, 9, 27, 81, 243, 600, 600)
"""Seconds after each failed try; then it is once an hour."""
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
REASON = 200
"""Longest reason, in characters."""
TOO_LATE = "could not be delivered for 24 hours"
NO_ANSWER = "no answer came: it may have arrived"
UNWANTED = "no more news is wanted here"
"""Of a row that is being sent: it goes this once or not at all."""
MOVED = "the chat that replaced this one is told already"

SENT = (
    update(OUTBOX)
    .where(HELD)
    .values(
        state=SendState.SENT.value,
        platform_id=bindparam("given"),
        sent_at=bindparam("now"),
        lease_until=None,
        reason="",
    )
)
REASON_NOW = select(OUTBOX.c.reason).where(HELD).with_for_update()


def next_wait(attempts: int, age: timedelta) -> timedelta | None:
    """Before the next try, after so many that failed. None when a row of this age is too late."""
    if attempts <= len(WAITS):
        return timedelta(seconds=WAITS[attempts - 1])
    return HOUR if age < DAY else None


def mark_sent(session: Session, sent: Iterable[tuple[int, int, str]], now: datetime) -> None:
    """Each as (row, fence, the platform's id)."""
    rows = [{"row": row, "holder": fence, "given": given, "now": now} for row, fence, given in sent]
    if rows:
        execute(session, SENT, rows)


def mark_retry(
    session: Session,
    row: int,
    fence: int,
    reason: str,
    not_before: datetime,
    *,
    counts: bool = True,
) -> None:
    """Later, unless it was called unwanted meanwhile. With `counts=False` this was no failed try:
    the platform only asked for time.
    """
    held = {"row": row, "holder": fence}
    if execute(session, REASON_NOW, held).scalar() == UNWANTED:
        mark(session, row, fence, SendState.ENDED, UNWANTED)
        return
    attempts = OUTBOX.c.attempts if counts else OUTBOX.c.attempts - 1
    mark(session, row, fence, SendState.PENDING, reason, not_before=not_before, attempts=attempts)


def mark_failed(session: Session, row: int, fence: int, reason: str) -> None:
    """Never."""
    mark(session, row, fence, SendState.FAILED, reason)


def mark_unknown(session: Session, row: int, fence: int) -> None:
    """It may have arrived; a person decides whether to say it again."""
    mark(session, row, fence, SendState.UNKNOWN, NO_ANSWER)


def mark_gone(session: Session, row: int, fence: int, reason: str) -> None:
    """Nobody can be reached at this address: its subscription and all it still waits for end."""
    place = mark(session, row, fence, SendState.FAILED, reason)
    if place is not None:
        close(session, place, reason)


def mark_moved(session: Session, row: int, fence: int, chat: str, now: datetime) -> None:
    """The chat has a new id. Everything for the old one, this row first, goes there."""
    place = mark(session, row, fence, SendState.PENDING, "", not_before=now)
    if place is None:
        return
    known = find_moved(session, place, chat)
    if known is None:
        execute(session, update(PLACE).where(PLACE.c.id == place).values(chat=chat))
    elif known == place:
        mark_failed(session, row, fence, "the platform names this chat as its own replacement")
    else:
        fold(session, place, known)


def mark(
    session: Session, row: int, fence: int, state: SendState, reason: str, **values: Any
) -> int | None:
    """The address; None when somebody else holds the row."""
    return execute(
        session,
        update(OUTBOX)
        .where(HELD)
        .values(state=state.value, reason=clean_line(reason, REASON), lease_until=None, **values)
        .returning(OUTBOX.c.address_id),
        {"row": row, "holder": fence},
    ).scalar()


def find_moved(session: Session, place: int, chat: str) -> int | None:
    old = PLACE.alias("old")
    same = (PLACE.c[name] == old.c[name] for name in ("platform", "account", "thread"))
    found = select(PLACE.c.id).where(old.c.id == place, PLACE.c.chat == chat, *same)
    return execute(session, found).scalar()


def fold(session: Session, old: int, new: int) -> None:
    """The new place says what the old one still had to say, unless it says that anyway."""
    said = OUTBOX.alias("said")
    twice = exists().where(
        said.c.address_id == new, said.c.cause == OUTBOX.c.cause, said.c.part == OUTBOX.c.part
    )
    left = and_(PENDING, OUTBOX.c.address_id == old)
    execute(session, update(OUTBOX).where(left, not_(twice)).values(address_id=new))
    close(session, old, MOVED)


def close(session: Session, place: int, reason: str) -> None:
    shut = {"reachable": False, "subscribed": False}
    execute(session, update(PLACE).where(PLACE.c.id == place).values(shut))
    failed = {"state": SendState.FAILED.value, "reason": clean_line(reason, REASON)}
    execute(session, update(OUTBOX).where(PENDING, OUTBOX.c.address_id == place).values(failed))
