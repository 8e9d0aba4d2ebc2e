"""`frontdesk announce`: platform news out of a file."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session, select

from core import inspection, whereabouts
from core.adapter import TooLarge
from core.announcements import colleagues, drafts, life, times
from core.announcements.audience import by_platform, groups
from core.announcements.seen import is_left_out
from core.announcements.showing import span
from core.announcements.wording import (
    LONGEST,
    has_words,
    price_for,
    seconds_for,
    sends_needed,
    texts_of,
    to_public,
)
from core.cleaning import clean_file_name
from core.files import BLOCK, Empty, open_files
from core.models import Announcement, NewsState, PublicPlace, row_id
from core.pack import Pack, read_pack
from core.settings import Settings, read_settings
from frontdesk.app import languages_of, now
from frontdesk.commands.outcome import explained, fail, look, with_session
from frontdesk.platforms import limits_of

FILE_LIMIT = 50_000_000
"""Bytes: the largest file that any platform takes from us."""
SOMEWHERE = f"00/{'0' * 32}"
"""As what a file is stored that is not yet: it can be linked, and is as long as it will be."""
Names = Annotated[list[str] | None, typer.Option(metavar="NAME")]


def announce(
    file: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="The text. A line such as “# en” begins each language; a line with “## ” before "
            "it is the title.",
        ),
    ],
    attach: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A picture or file that goes along.")
    ] = None,
    side: Names = None,
    language: Names = None,
    platform: Names = None,
    public: Names = None,
    topic: Annotated[str, typer.Option(metavar="TOPIC", help="One of the pack's.")] = "",
    at: Annotated[
        str, typer.Option(metavar="TIME", help="Such as “2026-12-01 18:00 UTC”. Without it: now.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Publish news to everybody who asked for it.

    --side, --language, --platform and --public may be repeated. It shows how many it reaches and
    asks before anything is sent.
    """
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        texts = read_texts(file, pack)
        chosen = {
            "sides": known(side, [one.id for one in pack.audiences], "side"),
            "languages": known(language, pack.languages, "language"),
            "platforms": known(platform, limits_of(settings), "platform"),
            "topic": (known([topic] if topic else [], [one.id for one in pack.news.topics],
                            "topic") or [""])[0],
            "public": list(public or []),
            "at": read_at(at, pack),
        }  # fmt: skip
        press = life.Press(pack, languages_of(pack), limits_of(settings))
        enclosed = described(attach) if attach else {}
        typer.echo(look(settings, lambda session: foresee(session, press, texts, chosen, enclosed)))
        if not yes and not (sys.stdin.isatty() and typer.confirm("Send it?")):
            fail("Nothing was sent. --yes sends without asking.")
        stored = asyncio.run(store(settings, attach)) if attach else {}
        number, waits = with_session(
            settings, lambda session: publish(session, press, texts, chosen, stored)
        )
        if waits:
            typer.echo(f"News {number} waits for somebody to agree: /announcements shows it.")
        else:
            typer.echo(
                f"News {number}: `frontdesk announcements show {number}` tells how far it is."
            )


def read_texts(file: Path, pack: Pack) -> dict[str, str]:
    """By language; without a heading it is the pack's fallback."""
    try:
        written = file.read_text("utf-8")
    except UnicodeDecodeError:
        fail(f"{file} is no text in UTF-8.")
    tags = "|".join(map(re.escape, pack.languages))
    first, *rest = re.split(rf"^#[ \t]+({tags})[ \t]*$", written, flags=re.MULTILINE)
    texts = dict(zip(rest[::2], rest[1::2], strict=True))
    if first.strip():
        texts.setdefault(pack.fallback_language, first)
    found = {tag: text.strip() for tag, text in texts.items() if has_words(text)}
    if not found:
        fail(f"{file} is empty.")
    if max(map(len, found.values())) > LONGEST:
        fail(f"A text has more than {LONGEST} characters.")
    return found


def known(given: list[str] | None, names: Any, what: str) -> list[str]:
    for one in given or []:
        if one not in names:
            fail(f"There is no {what} {one}, but {', '.join(names) or 'none at all'}.")
    return list(given or [])


def read_at(written: str, pack: Pack) -> Any:
    try:
        return times.read_time(written, pack.zone, now()) if written else None
    except times.Past:
        fail(f"{written} is over.")
    except times.Skipped:
        fail(f"{written} does not exist there: clocks are put forward over it.")
    except times.NoZone:
        fail(f"There is no time zone {written.split()[-1]}.")
    except times.NoTime:
        fail(f"{written} is no time: write 18:00 or 2026-12-01 18:00, with a zone behind it.")


def draft(
    session: Session, press: life.Press, texts: dict[str, str], chosen: dict[str, Any]
) -> Announcement:
    news = drafts.begin(session, None, now())
    news.sqlmodel_update(chosen)
    places = set(session.exec(select(PublicPlace.platform)))
    known(news.public, sorted(places), "public place on")
    for tag in press.pack.languages:
        if tag in texts:
            drafts.write(session, news, tag, texts[tag])
    session.flush()
    return news


def foresee(
    session: Session,
    press: life.Press,
    texts: dict[str, str],
    chosen: dict[str, Any],
    enclosed: dict[str, Any],
) -> str:
    """How many it reaches, how long that takes, and where its file does not go along. Leaves
    nothing behind.
    """
    news = draft(session, press, texts, chosen)
    news.file = enclosed
    found = groups(session, news, press.pack)
    written = texts_of(session, news)
    needed = sends_needed(
        found, news, written, press.languages, press.limits, press.pack, now()
    )  # fmt: skip
    speech = press.languages.speak("en")
    lines = []
    for platform, count in by_platform(found).items():
        sends, limits = needed[platform], press.limits[platform]
        time, price = span(seconds_for(sends, limits), speech), price_for(sends, limits, speech)
        said = [f"{platform}: {count:,} people", f"{sends:,} messages", f"about {time}", price]
        lines.append(", ".join(filter(None, said)))
    lines += [
        f"{platform}: the file cannot go along there and is only named."
        for platform in dict.fromkeys([*by_platform(found), *news.public])
        if is_left_out(to_public(news, written, press.pack), press.limits[platform])
    ]
    missing = [tag for tag in press.pack.languages if tag not in texts]
    lines += [f"{tag} is missing: they read another language." for tag in missing]
    session.rollback()
    return "\n".join(lines) or "Nobody has asked for such news yet."


def publish(
    session: Session,
    press: life.Press,
    texts: dict[str, str],
    chosen: dict[str, Any],
    stored: dict[str, Any],
) -> tuple[int, bool]:
    """Its number, and whether somebody has to agree first."""
    news = draft(session, press, texts, chosen)
    news.file = stored
    life.confirm(session, news, press, now())
    colleagues.ask(session, news, press, now())
    return row_id(news.id), news.state == NewsState.WAITING


def described(path: Path) -> dict[str, Any]:
    """As it will be told once it is stored."""
    try:
        seen = inspection.inspect(path, path.name, "")
    except inspection.PixelFlood as error:
        fail(f"{path} cannot go along: {error}")
    return {
        "stored_as": SOMEWHERE,
        "name": clean_file_name(path.name),
        "media_type": seen.media_type,
        "size": path.stat().st_size,
    }


async def store(settings: Settings, path: Path) -> dict[str, Any]:
    """Keeps a copy of the file; what tells of it."""
    files = open_files(settings.files, settings.data / "incoming")
    try:
        kept = await files.keep(blocks(path), FILE_LIMIT)
        seen = inspection.inspect(kept.path, path.name, "")
    except (TooLarge, Empty, inspection.PixelFlood) as error:
        fail(f"{path} cannot go along: {error}")
    hidden = whereabouts.changes(kept.path, seen.media_type)
    stored_as = await files.store_changed(kept, hidden)
    if stored_as:
        await files.discard(kept)
    return {
        "stored_as": stored_as or await files.store(kept),
        "name": clean_file_name(path.name),
        "media_type": seen.media_type,
        "size": kept.size,
    }


async def blocks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
