"""The FAQ that a command works on: the desk's, also where no desk has run yet."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

import typer

from core import faq
from core.faq_file import read_entries
from core.pack import Pack, read_pack
from core.settings import Settings, read_settings
from frontdesk.app import now
from frontdesk.commands.outcome import fail, look, with_session

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
Since = Annotated[
    str,
    typer.Option("--since", metavar="WHEN", help="Asked since then: 12h, 30d, 8w or a date."),
]


def read_desk() -> tuple[Settings, Pack]:
    settings = read_settings()
    return settings, read_pack(settings.pack)


def open_faq() -> tuple[Settings, Pack]:
    """A new desk starts with its pack's FAQ, also when a command is the first to look."""
    settings, pack = read_desk()
    if not look(settings, faq.version):
        entries = read_entries(settings.pack / "faq.yaml", pack)
        with_session(settings, partial(faq.seed, entries=entries))
    return settings, pack


def moment(since: str) -> datetime:
    if found := re.fullmatch(r"(\d{1,4})([hdw])", since):
        return now() - int(found[1]) * UNITS[found[2]]
    try:
        return datetime.fromisoformat(since).replace(tzinfo=UTC)
    except ValueError:
        fail(f"--since {since}: must be such as 12h, 30d, 8w or 2026-11-30")
