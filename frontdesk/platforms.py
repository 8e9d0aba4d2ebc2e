"""Every platform there is, and which of them are at work. The library of a platform that is off is
not loaded: that takes up to 0.4 seconds and 20 MB.
"""

import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

from bots.discord.limits import discord_limits
from bots.email.limits import email_limits
from bots.telegram.limits import telegram_limits
from bots.terminal.adapter import LIMITS as TERMINAL
from bots.terminal.adapter import LOCAL
from bots.terminal.door import TerminalDoor
from bots.twitter.limits import x_limits
from core.adapter import Adapter
from core.dialogs.menu import COMMANDS
from core.file_links import FileLinks
from core.i18n import Languages
from core.limits import Limits
from core.pack import Pack
from core.settings import Settings

SWITCHES = {
    "telegram": "FRONTDESK_TELEGRAM__TOKEN",
    "discord": "FRONTDESK_DISCORD__TOKEN",
    "x": "FRONTDESK_X__CONSUMER_KEY",
    "email": "FRONTDESK_EMAIL__ADDRESS",
}
"""What switches each platform on."""


def limits_of(settings: Settings) -> dict[str, Limits]:
    """Of every platform, on or off: what was begun while it was on can still be said."""
    known = {
        "discord": discord_limits(settings.discord),
        "email": email_limits(settings.email),
        "telegram": telegram_limits(settings.telegram),
        "terminal": TERMINAL,
        "x": x_limits(settings.x),
    }
    return {name: linked(limits, settings) for name, limits in known.items()}


def linked(limits: Limits, settings: Settings) -> Limits:
    """With links to the files that the platform does not take, where that is set."""
    links = file_links(settings)
    return replace(limits, link=links.link) if links else limits


def file_links(settings: Settings) -> FileLinks | None:
    if not settings.web.files:
        return None
    return FileLinks(settings.web.public_url, signing_key(settings), lambda: datetime.now(UTC))


def platforms(settings: Settings, pack: Pack, languages: Languages) -> list[Adapter]:
    """The platforms that are switched on. Raises `Wrong` for settings that do not fit together."""
    adapters: list[Adapter] = []
    if settings.telegram.token:
        from bots.telegram.adapter import TelegramAdapter

        commands = {
            tag: [(name, speech.t(does)) for name, does in COMMANDS.items()]
            for tag, speech in languages.speech.items()
        }
        adapters.append(TelegramAdapter(settings.telegram, settings.web.public_url, commands))
    if settings.discord.token:
        from bots.discord.adapter import DiscordAdapter

        adapters.append(DiscordAdapter(settings.discord, languages))
    if settings.x.consumer_key:
        from bots.twitter.adapter import XAdapter

        adapters.append(XAdapter(settings.x, settings.web.public_url, settings.data))
    if settings.email.address:
        from bots.email.adapter import EmailAdapter

        name = pack.in_language(pack.name, pack.fallback_language)
        key = signing_key(settings)
        adapters.append(
            EmailAdapter(
                settings.email, name, key, data=settings.data,
                public_url=settings.web.public_url, languages=languages,
            )
        )  # fmt: skip
    for adapter in adapters:
        adapter.limits = linked(adapter.limits, settings)
    return adapters


def terminal_door(
    settings: Settings, clock: Callable[[], datetime], languages: Languages
) -> TerminalDoor | None:
    """For terminals on this machine; None where there are no sockets of this kind."""
    if sys.platform == "win32":
        return None
    return TerminalDoor(settings.data, terminal_account(settings), clock, languages.speak)


def terminal_account(settings: Settings) -> str:
    """Of several desks on one database each has terminals of its own."""
    shared = settings.database.startswith("postgresql")
    return f"{gethostname()}:{settings.data.absolute()}" if shared else LOCAL


def switched_off(settings: Settings) -> dict[str, str]:
    """The platforms that are not at work, each with what switches it on."""
    values = (
        settings.telegram.token,
        settings.discord.token,
        settings.x.consumer_key,
        settings.email.address,
    )
    named = zip(SWITCHES.items(), values, strict=True)
    return {name: setting for (name, setting), value in named if not value}


def signing_key(settings: Settings) -> bytes:
    """Proves that a letter answers one of ours, and that a link is ours: set, or made once and kept
    in the data folder.
    """
    if settings.email.signing_key:
        return settings.email.signing_key.get_secret_value().encode()
    file = settings.data / "email.key"
    if not file.exists():
        keep(file, secrets.token_hex(32))
    return file.read_bytes()


def keep(file: Path, secret: str) -> None:
    """Readable by us alone, and whole: a key that was cut off would still be a key. Of several
    processes the first has kept its own, and the others do nothing.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secret, "utf-8")
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    except OSError:  # a disk without such links: here the last would win
        draft.replace(file)
    draft.unlink(missing_ok=True)
