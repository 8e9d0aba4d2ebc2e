"""One announcement becomes a row for each part and address, in the transaction that publishes it.

A statement for each platform, language and part, and none for a person: done twice, it adds nothing
(the outbox is unique on cause, address and part).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, and_, case, exists, literal, null, select, update
from sqlmodel import Session, SQLModel

from core import outbox
from core.announcements.audience import CONTACT, PLATFORM, groups, recipients, speaks
from core.announcements.times import quiet_until
from core.announcements.wording import parts, texts_of, to_public, to_reply
from core.i18n import Languages
from core.limits import Limits
from core.models import (
    Announcement,
    PublicPlace,
    QuietHours,
    Rank,
    Sending,
    SendState,
    Utc,
)
from core.outbox import Row
from core.outbox.tables import OUTBOX, PLACE
from core.pack import Pack
from core.store import execute, insert_new

QUIET = SQLModel.metadata.tables[str(QuietHours.__tablename__)]
COLUMNS = (
    "cause", "address_id", "platform", "part", "rank", "title", "text", "choices", "columns",
    "file", "act", "about_id", "reply_to", "answer_to", "state", "reason", "attempts", "fence",
    "not_before", "platform_id", "created_at",
)  # fmt: skip
Moments = tuple[ColumnElement[Any], ColumnElement[Any]]


def cause_of(news: Announcement) -> str:
    return f"news:{news.id}"


def public_cause(news: Announcement) -> str:
    return f"news:{news.id}/public"


def causes(news: Announcement) -> list[str]:
    """All that ever said something of it, with its corrections."""
    own = [cause_of(news), public_cause(news)]
    return own + [f"{cause}/{n + 1}" for cause in own for n in range(news.corrections)]


def fan_out(
    session: Session,
    news: Announcement,
    pack: Pack,
    languages: Languages,
    limits: Mapping[str, Limits],
    now: datetime,
) -> None:
    """What is already on its way is not put there again."""
    texts = texts_of(session, news)
    when = moments(session, pack, now)
    for platform, language, _ in groups(session, news, pack):
        reply = to_reply(news, texts, languages.speak(language), limits[platform], pack)
        for row in parts(reply, limits[platform], now):
            row |= {"cause": cause_of(news), "platform": platform, "created_at": now}
            insert(session, news, row, language, pack, when)
    publish_openly(session, news, pack, limits, now)


def moments(session: Session, pack: Pack, now: datetime) -> Moments:
    """When each may be sent to, and the state until then: whoever wants quiet is waited for, out of
    the way of all others.
    """
    whens = quiet_now(session, pack, now)
    at_once = literal(now, Utc)
    if not whens:
        return at_once, literal(SendState.PENDING.value)
    held = literal(SendState.HELD.value)
    return (
        case(*((when, literal(end, Utc)) for when, end in whens), else_=at_once),
        case(*((when, held) for when, _ in whens), else_=literal(SendState.PENDING.value)),
    )


def quiet_now(
    session: Session, pack: Pack, now: datetime
) -> list[tuple[ColumnElement[bool], datetime]]:
    """Who wants quiet at this moment, and when that is over."""
    asked = execute(session, select(QUIET.c.since, QUIET.c.until).distinct())
    ends = {
        (row.since, row.until): quiet_until(row.since, row.until, pack.zone, now) for row in asked
    }
    return [
        (and_(QUIET.c.since == since, QUIET.c.until == until), end)
        for (since, until), end in ends.items()
        if end
    ]


def keep_quiet(session: Session, news: Announcement, pack: Pack, now: datetime) -> None:
    """Whose quiet hours have begun since it was published is waited for, unless they have read the
    beginning.
    """
    open_ = (SendState.PENDING.value, SendState.HELD.value)
    first = OUTBOX.alias("first")
    for theirs, end in quiet_now(session, pack, now):
        unread = exists().where(
            first.c.cause == cause_of(news), first.c.address_id == OUTBOX.c.address_id,
            first.c.part == 0, first.c.state.in_(open_),
        )  # fmt: skip
        wait = update(OUTBOX).where(
            OUTBOX.c.cause == cause_of(news), OUTBOX.c.state.in_(open_),
            OUTBOX.c.not_before <= now,
            OUTBOX.c.address_id.in_(select(QUIET.c.address_id).where(theirs)), unread,
        )  # fmt: skip
        execute(session, wait.values(state=SendState.HELD.value, not_before=end))


def insert(
    session: Session, news: Announcement, row: Row, language: str, pack: Pack, when: Moments
) -> None:
    not_before, state = when
    people = (
        select(*values(row, PLACE.c.id, not_before, state))
        .select_from(
            PLACE.join(CONTACT, CONTACT.c.id == PLACE.c.contact_id).outerjoin(
                QUIET, QUIET.c.address_id == PLACE.c.id
            )
        )
        .where(*recipients(news), row["platform"] == PLATFORM, speaks(language, pack))
        .order_by(PLACE.c.id)
    )
    execute(session, insert_new(session, Sending).from_select(COLUMNS, people))


def values(
    row: Row, address: Any, not_before: ColumnElement[Any], state: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    """What stands in `COLUMNS`, as a query gives it. `about_id` may be a column."""
    about = row["about_id"]
    given: dict[str, Any] = {
        **{name: literal(row[name]) for name in ("cause", "platform", "part", "title", "text")},
        **{name: literal(row[name], JSON) for name in ("choices", "file")},
        "address_id": address,
        "rank": literal(Rank.ANNOUNCEMENT.value),
        "columns": literal(row["columns"]),
        "act": literal(row["act"]),
        "about_id": null() if about is None else about,
        "reply_to": literal(""),
        "answer_to": literal(""),
        "state": state,
        "reason": literal(""),
        "attempts": literal(0),
        "fence": literal(0),
        "not_before": not_before,
        "platform_id": literal(""),
        "created_at": literal(row["created_at"], Utc),
    }
    return [given[name].label(name) for name in COLUMNS]


def publish_openly(
    session: Session,
    news: Announcement,
    pack: Pack,
    limits: Mapping[str, Limits],
    now: datetime,
) -> None:
    """In the public places that were chosen and are still there."""
    reply = to_public(news, texts_of(session, news), pack)
    for platform in news.public:
        place = session.get(PublicPlace, platform)
        if place:
            outbox.enqueue(
                session, place.address_id, public_cause(news), reply, limits[platform], now,
                rank=Rank.ANNOUNCEMENT,
            )  # fmt: skip
