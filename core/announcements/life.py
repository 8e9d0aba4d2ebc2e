"""The life of an announcement. Every step is taken by whoever is first: the others change nothing.

draft -> (waiting) -> (scheduled) -> running <-> paused -> done -> withdrawn
all before done -> cancelled -> withdrawn
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel, col

from core import outbox, staff
from core.announcements.fanout import cause_of, causes, fan_out, keep_quiet
from core.announcements.figures import NEWS
from core.announcements.wording import texts_of
from core.i18n import Languages
from core.limits import Limits
from core.models import (
    Act,
    Announcement,
    Evidence,
    EvidenceState,
    NewsState,
    Role,
    SendState,
    Staff,
)
from core.outbox.tables import OUTBOX, PLACE
from core.pack import Pack
from core.store import execute

TABLE = SQLModel.metadata.tables[str(Announcement.__tablename__)]
CANCELLED = "the announcement was cancelled"
BEFORE = (NewsState.DRAFT, NewsState.WAITING, NewsState.SCHEDULED)
OVER = (NewsState.DONE, NewsState.CANCELLED)
UNDER_WAY = (NewsState.RUNNING, NewsState.PAUSED)


@dataclass(frozen=True, slots=True)
class Press:
    """What publishing needs to know."""

    pack: Pack
    languages: Languages
    limits: Mapping[str, Limits]


class NotReady(Exception):
    """It cannot be sent as it is."""


class Empty(NotReady):
    """It has no words."""


class FileMissing(NotReady):
    """Its file is not here: still on its way, or it could not be kept."""


def move(
    session: Session,
    news: Announcement,
    before: Collection[NewsState],
    after: NewsState,
    **values: Any,
) -> bool:
    """Whether it was in one of these states, and is in that one now."""
    session.flush()
    step = (
        update(TABLE)
        .where(TABLE.c.id == news.id, TABLE.c.state.in_([state.value for state in before]))
        .values(state=after.value, **values)
    )
    moved = execute(session, step).rowcount == 1
    session.refresh(news)
    return moved


def is_over(news: Announcement) -> bool:
    """Nothing of it is on its way any more, and some of it may have arrived."""
    return news.state in OVER and news.published_at is not None and news.ended_at is not None


def check(session: Session, news: Announcement) -> None:
    """Raises `NotReady`. Afterwards its file, if it has one, is known by where it is stored."""
    texts = texts_of(session, news)
    if not any(text.text or text.title for text in texts.values()):
        raise Empty
    if news.evidence_id is None or news.file:
        return
    kept = session.get_one(Evidence, news.evidence_id)
    if kept.state != EvidenceState.STORED:
        raise FileMissing
    news.file = {
        "stored_as": kept.shown_as or kept.stored_as,
        "name": kept.name,
        "media_type": kept.media_type,
        "size": kept.size or 0,
    }
    session.add(news)
    session.flush()


def confirm(session: Session, news: Announcement, press: Press, now: datetime) -> bool:
    """Its writer wants it sent: at once, later, or once somebody else agrees. False when it is no
    draft any more. Raises `NotReady`.
    """
    check(session, news)
    if press.pack.news.approval:
        return move(session, news, (NewsState.DRAFT,), NewsState.WAITING)
    return release(session, news, (NewsState.DRAFT,), press, now)


def approve(session: Session, news: Announcement, by: Staff, press: Press, now: datetime) -> bool:
    """False from whoever wrote it, and when there is nothing to agree to."""
    if by.id == news.staff_id:
        return False
    return release(session, news, (NewsState.WAITING,), press, now, approved_by=by.id)


def release(
    session: Session,
    news: Announcement,
    before: Collection[NewsState],
    press: Press,
    now: datetime,
    **values: Any,
) -> bool:
    """To its day, or to its readers at once."""
    if news.at and news.at > now:
        return move(session, news, before, NewsState.SCHEDULED, **values)
    if not move(session, news, before, NewsState.RUNNING, published_at=now, **values):
        return False
    fan_out(session, news, press.pack, press.languages, press.limits, now)
    return True


def publish_due(session: Session, press: Press, now: datetime) -> int:
    """What was for now or earlier. Whose writer has gone meanwhile waits for somebody to agree."""
    due = session.execute(
        select(Announcement)
        .where(col(Announcement.state) == NewsState.SCHEDULED, col(Announcement.at) <= now)
        .with_for_update(skip_locked=True)
    ).scalars()
    count = 0
    for news in due:
        if is_orphan(session, news):
            move(session, news, (NewsState.SCHEDULED,), NewsState.WAITING)
        else:
            count += release(session, news, (NewsState.SCHEDULED,), press, now)
    return count


def is_orphan(session: Session, news: Announcement) -> bool:
    """Neither who wrote it nor who agreed may publish any more."""
    people = [session.get(Staff, number) for number in (news.staff_id, news.approved_by) if number]
    return bool(people) and not any(one and may_publish(one) for one in people)


def may_publish(one: Staff) -> bool:
    return one.removed_at is None and staff.may(one, Role.PUBLISHER)


def pause(session: Session, news: Announcement) -> bool:
    """What is not on its way stays here."""
    paused = move(session, news, (NewsState.RUNNING,), NewsState.PAUSED)
    if paused:
        hold(session, news)
    return paused


def hold(session: Session, news: Announcement) -> int:
    """Also what came back since, to be tried again."""
    return settle(session, news, (SendState.PENDING,), SendState.HELD)


def resume(session: Session, news: Announcement, press: Press, now: datetime) -> bool:
    resumed = move(session, news, (NewsState.PAUSED,), NewsState.RUNNING)
    if resumed:
        let_go(session, news, press.pack, now)
    return resumed


def let_go(session: Session, news: Announcement, pack: Pack, now: datetime) -> int:
    """What was held and has waited long enough. Whoever wants no news any more gets none, and
    whose quiet hours have begun meanwhile is waited for.
    """
    keep_quiet(session, news, pack, now)
    due = (OUTBOX.c.cause.in_(causes(news)), NEWS, OUTBOX.c.state == SendState.HELD.value,
           OUTBOX.c.not_before <= now)  # fmt: skip
    wanted = select(PLACE.c.id).where(PLACE.c.id == OUTBOX.c.address_id, PLACE.c.subscribed)
    unwanted = {"state": SendState.ENDED.value, "reason": outbox.UNWANTED}
    theirs = OUTBOX.c.cause == cause_of(news)  # a public place asked for nothing
    execute(session, update(OUTBOX).where(*due, theirs, ~wanted.exists()).values(unwanted))
    again = update(OUTBOX).where(*due).values(state=SendState.PENDING.value)
    return execute(session, again).rowcount


def cancel(session: Session, news: Announcement, now: datetime) -> bool:
    """What is not sent is not sent."""
    if move(session, news, BEFORE, NewsState.CANCELLED, ended_at=now):
        return True
    cancelled = move(session, news, UNDER_WAY, NewsState.CANCELLED)
    if cancelled:
        stop(session, news)
    return cancelled


def stop(session: Session, news: Announcement) -> int:
    waiting = (SendState.PENDING, SendState.HELD)
    return settle(session, news, waiting, SendState.ENDED, reason=CANCELLED)


def settle(
    session: Session,
    news: Announcement,
    before: Collection[SendState],
    after: SendState,
    **values: str,
) -> int:
    states = [state.value for state in before]
    change = (
        update(OUTBOX)
        .where(OUTBOX.c.cause.in_(causes(news)), NEWS, OUTBOX.c.state.in_(states))
        .where(OUTBOX.c.act == Act.SAY.value)
        .values(state=after.value, **values)
    )
    return execute(session, change).rowcount
