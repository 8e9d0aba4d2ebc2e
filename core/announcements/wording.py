"""What an announcement says in each language, how each platform shows it, and how long it takes."""

import re
from collections.abc import Mapping
from datetime import datetime
from math import ceil
from unicodedata import category

from sqlmodel import Session, select

from core import outbox
from core.i18n import Languages, Speech
from core.limits import Limits
from core.messages import Choice, Reply, StoredFile
from core.meter import SPARE
from core.models import Announcement, AnnouncementText, row_id
from core.pack import Pack

HEADING = re.compile(r"#{1,3} +([^\n]+)(?:\n+|$)")
"""A first line that begins with `#` is the title."""
TITLE = 200
LONGEST = 20_000
"""Of one language, in characters: more is no news but a book."""
Texts = Mapping[str, AnnouncementText]


def split_title(written: str) -> tuple[str, str]:
    """Title, which may be empty, and text."""
    found = HEADING.match(written)
    if found is None or len(found[1]) > TITLE:
        return "", written.strip()
    return found[1].strip(), written[found.end() :].strip()


def has_words(written: str) -> bool:
    """Whether there is anything to see: platforms refuse what is made of blanks alone, also of such
    that have no width.
    """
    return any(category(sign)[0] not in "CZ" for sign in written)


def texts_of(session: Session, news: Announcement) -> dict[str, AnnouncementText]:
    query = select(AnnouncementText).where(AnnouncementText.announcement_id == row_id(news.id))
    return {text.language: text for text in session.exec(query)}


def spoken_in(texts: Texts, language: str, pack: Pack) -> AnnouncementText:
    """Missing in a language, it is said in the pack's fallback, or else in whatever there is."""
    return texts.get(language) or texts.get(pack.fallback_language) or next(iter(texts.values()))


def to_reply(news: Announcement, texts: Texts, speech: Speech, limits: Limits, pack: Pack) -> Reply:
    """As it is sent to somebody who asked for news; one tap ends that, or one word where nothing
    can be tapped.
    """
    said = spoken_in(texts, speech.language, pack)
    file = StoredFile(**news.file) if news.file else None
    if limits.buttons and not limits.letters:
        choice = Choice(speech.t("🔕 No more news"), "news:off")
        return Reply(said.text, said.title, (choice,), file=file)
    how = speech.t("/unsubscribe ends the news here.")
    return Reply("\n\n".join(filter(None, (said.text, how))), said.title, file=file)


def to_public(news: Announcement, texts: Texts, pack: Pack) -> Reply:
    """As everybody may read it: in the pack's fallback language, with nothing to tap."""
    said = spoken_in(texts, pack.fallback_language, pack)
    return Reply(said.text, said.title, file=StoredFile(**news.file) if news.file else None)


def parts(reply: Reply, limits: Limits, now: datetime) -> list[outbox.Row]:
    """As the outbox will send it."""
    return outbox.to_rows(0, "", "", reply, limits, now)


def sends_needed(
    found: list[tuple[str, str, int]],
    news: Announcement,
    texts: Texts,
    languages: Languages,
    limits: Mapping[str, Limits],
    pack: Pack,
    now: datetime,
) -> dict[str, int]:
    """How many messages each platform gets."""
    needed: dict[str, int] = {}
    for platform, language, count in found:
        limit = limits[platform]
        reply = to_reply(news, texts, languages.speak(language), limit, pack)
        more = count * len(parts(reply, limit, now))
        needed[platform] = needed.get(platform, 0) + more
    return needed


def price_for(sends: int, limits: Limits, speech: Speech) -> str:
    """What so many messages cost at most; empty where they cost nothing."""
    if limits.price is None:
        return ""
    most = ceil(sends * limits.price.each)
    return speech.t(
        "at most {amount} {currency}", amount=speech.number(most), currency=limits.price.currency
    )


def seconds_for(sends: int, limits: Limits) -> float:
    """How long so many messages take at the platform's pace, with what is left to answers."""
    times = [sends / limits.per_second]
    for window in limits.windows:
        usable = max(1, int(window.count * (1 - SPARE)))
        times.append((sends - 1) // usable * window.seconds if sends else 0.0)
    return max(times)
