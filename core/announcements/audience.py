"""Who hears of an announcement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, not_, select
from sqlmodel import Session, SQLModel

from core.models import Announcement, Contact, MutedTopic
from core.outbox.tables import PLACE
from core.pack import Pack
from core.store import execute

CONTACT = SQLModel.metadata.tables[str(Contact.__tablename__)]
MUTED = SQLModel.metadata.tables[str(MutedTopic.__tablename__)]
PLATFORM = func.coalesce(PLACE.c.platform, "")
"""Of an address, as no index knows it: SQLite reads the addresses in the order of their ids, and
has neither to look for them one by one nor to sort what is made of them.
"""

Group = tuple[str, str, int]
"""A platform, a language of the pack, and how many addresses."""


def recipients(news: Announcement) -> tuple[ColumnElement[bool], ...]:
    """For a query over addresses joined with their people."""
    wanted: list[ColumnElement[bool]] = [
        PLACE.c.subscribed,
        PLACE.c.reachable,
        not_(CONTACT.c.blocked),
    ]
    if news.sides:
        wanted.append(CONTACT.c.audience.in_(news.sides))
    if news.platforms:
        wanted.append(PLATFORM.in_(news.platforms))
    if news.topic:
        wanted.append(
            not_(exists().where(MUTED.c.address_id == PLACE.c.id, MUTED.c.topic == news.topic))
        )
    return tuple(wanted)


def speaks(language: str, pack: Pack) -> ColumnElement[bool]:
    """Whoever speaks none of the pack's languages is spoken to in its fallback."""
    if language != pack.fallback_language:
        return CONTACT.c.language == language
    others = [one for one in pack.languages if one != language]
    return CONTACT.c.language.not_in(others)


def groups(session: Session, news: Announcement, pack: Pack) -> list[Group]:
    """Those that have anybody in them."""
    known = set(pack.languages)
    found: dict[tuple[str, str], int] = {}
    for row in execute(session, counted(news)):
        platform, spoken, count = tuple(row)
        language = spoken if spoken in known else pack.fallback_language
        if not news.languages or language in news.languages:
            found[platform, language] = found.get((platform, language), 0) + count
    return [(platform, language, count) for (platform, language), count in sorted(found.items())]


def counted(news: Announcement) -> Select[Any]:
    return (
        select(PLATFORM, CONTACT.c.language, func.count())
        .select_from(PLACE.join(CONTACT, CONTACT.c.id == PLACE.c.contact_id))
        .where(*recipients(news))
        .group_by(PLATFORM, CONTACT.c.language)
    )


def by_platform(found: Sequence[Group]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for platform, _, count in found:
        counts[platform] = counts.get(platform, 0) + count
    return counts
