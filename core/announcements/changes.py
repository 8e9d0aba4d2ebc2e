"""Afterwards: what was published is said otherwise, or taken back, wherever the platform can."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, literal, not_, or_, select
from sqlmodel import Session

from core.announcements.audience import CONTACT, speaks
from core.announcements.fanout import COLUMNS, cause_of, causes, public_cause, values
from core.announcements.life import OVER, Press, is_over, move, stop
from core.announcements.wording import parts, texts_of, to_public, to_reply
from core.limits import Limits
from core.messages import Reply
from core.models import Act, Announcement, NewsState, Sending, SendState, Utc
from core.outbox import Row
from core.outbox.tables import OUTBOX, PLACE
from core.store import execute, insert_new

BACK = OUTBOX.alias("back")
SEEN = (SendState.SENT, SendState.SENDING, SendState.PENDING, SendState.HELD)
"""Of a row that is read there, or will be: what changes it waits in its lane until it is."""


def correct(session: Session, news: Announcement, press: Press, now: datetime) -> list[str]:
    """Everybody who got it reads the texts as they are now. The platforms where that cannot be."""
    news.corrections += 1
    session.add(news)
    session.flush()
    texts = texts_of(session, news)
    unable = []
    for platform in reached(session, news):
        limits = press.limits[platform]
        if not limits.edits:
            unable.append(platform)
            continue
        for language in press.pack.languages:
            speech = press.languages.speak(language)
            reply = to_reply(news, texts, speech, limits, press.pack)
            spoken = speaks(language, press.pack)
            put_anew(session, news, cause_of(news), platform, reply, limits, now, spoken)
        reply = to_public(news, texts, press.pack)
        put_anew(session, news, public_cause(news), platform, reply, limits, now, None)
    return unable


def put_anew(
    session: Session,
    news: Announcement,
    cause: str,
    platform: str,
    reply: Reply,
    limits: Limits,
    now: datetime,
    spoken: ColumnElement[bool] | None,
) -> None:
    """Part for part; what is more now is said, and what is less taken back where that can be."""
    rows = parts(reply, limits, now)
    names = [cause, *(f"{cause}/{n}" for n in range(1, news.corrections))]
    told = telling(names, platform, spoken)
    last = execute(session, select(func.max(OUTBOX.c.part)).where(*told)).scalar_one()
    shown = 0 if last is None else last + 1
    again = f"{cause}/{news.corrections}"
    for part in range(max(shown, len(rows))):
        row = rows[part] if part < len(rows) else rows[-1] | {"part": part, "text": "", "title": ""}
        row |= {"cause": again, "platform": platform, "created_at": now, "file": {}}
        if part >= len(rows):
            row |= {"act": Act.WITHDRAW.value, "choices": []}
            if not limits.withdraws:
                continue
        elif part < shown:
            row["act"] = Act.EDIT.value
        insert(session, row, told, part, now)


def insert(
    session: Session, row: Row, told: tuple[ColumnElement[bool], ...], part: int, now: datetime
) -> None:
    says = row["act"] == Act.SAY.value
    given = values(
        row | {"about_id": None if says else OUTBOX.c.id},
        OUTBOX.c.address_id, literal(now, Utc), literal(SendState.PENDING.value),
    )  # fmt: skip
    people = select(*given).where(*told, OUTBOX.c.part == (0 if says else part))
    if says:  # nothing new to those who have left
        people = people.where(
            exists().where(
                PLACE.c.id == OUTBOX.c.address_id,
                or_(PLACE.c.subscribed, PLACE.c.contact_id.is_(None)),
            )
        )
    execute(session, insert_new(session, Sending).from_select(COLUMNS, people))


def withdraw(
    session: Session, news: Announcement, limits: Mapping[str, Limits], now: datetime
) -> list[str] | None:
    """Nobody finds it any more. The platforms where that cannot be; None when it is not over."""
    if not is_over(news) or not move(session, news, OVER, NewsState.WITHDRAWN):
        return None
    stop(session, news)  # what nobody has yet: in public places, or of corrections
    platforms = reached(session, news)
    row = {
        "cause": f"{cause_of(news)}/back", "title": "", "text": "", "choices": [], "columns": 1,
        "file": {}, "act": Act.WITHDRAW.value, "about_id": OUTBOX.c.id, "created_at": now,
    }  # fmt: skip
    for platform in platforms:
        if limits[platform].withdraws:
            numbered = values(
                row | {"platform": platform, "part": 0},
                OUTBOX.c.address_id, literal(now, Utc), literal(SendState.PENDING.value),
            )  # fmt: skip
            place = COLUMNS.index("part")
            numbered[place] = func.row_number().over(
                partition_by=OUTBOX.c.address_id, order_by=OUTBOX.c.id
            ).label("part")  # fmt: skip
            said = select(*numbered).where(
                *telling(causes(news), platform),
            )
            execute(session, insert_new(session, Sending).from_select(COLUMNS, said))
    return [platform for platform in platforms if not limits[platform].withdraws]


def telling(
    names: list[str], platform: str = "", spoken: ColumnElement[bool] | None = None
) -> tuple[ColumnElement[bool], ...]:
    """What these causes said or are about to, and is not taken back: on a platform, to those who
    speak so.
    """
    taken_back = exists().where(
        BACK.c.about_id == OUTBOX.c.id, BACK.c.act == Act.WITHDRAW.value
    )  # fmt: skip
    found: list[ColumnElement[bool]] = [
        OUTBOX.c.cause.in_(names),
        OUTBOX.c.act == Act.SAY.value,
        OUTBOX.c.state.in_([state.value for state in SEEN]),
        not_(taken_back),
    ]
    if platform:
        found.append(OUTBOX.c.platform == platform)
    if spoken is not None:
        mine = (
            select(PLACE.c.id)
            .select_from(PLACE.join(CONTACT, CONTACT.c.id == PLACE.c.contact_id))
            .where(PLACE.c.id == OUTBOX.c.address_id, spoken)
        )
        found.append(mine.exists())
    return tuple(found)


def reached(session: Session, news: Announcement) -> list[str]:
    """The platforms on which it has arrived anywhere, or will."""
    query = select(OUTBOX.c.platform).where(*telling(causes(news))).distinct()
    return sorted(execute(session, query).scalars())
