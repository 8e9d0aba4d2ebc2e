"""Kim at the terminal."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import TextIO

from bots.terminal.adapter import TerminalAdapter
from core.settings import Settings
from frontdesk.app import Parts, now
from tests.dialogs.story import InWords, Json, Teller, desk
from tests.dialogs.talk import PACK


class InTerminal(InWords):
    """Lines in, paragraphs out."""

    def __init__(self, lines: TextIO, screen: "Screen", folder: Path) -> None:
        self._lines = lines
        self._screen = screen
        self._folder = folder

    async def says(self, text: str, reply_to: Json | None = None) -> None:
        self._lines.write(f"zu Ticket 1: {text}\n" if reply_to else f"{text}\n")
        self._lines.flush()

    async def hears(self) -> Json:
        return {"text": await asyncio.wait_for(self._screen.shown.get(), 10)}

    async def sends(self, file: bytes) -> None:
        path = self._folder / "beweis.png"
        path.write_bytes(file)
        await self.says(f"/attach {path}")


class Screen(StringIO):
    """Each write is one thing that the desk says."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: asyncio.Queue[str] = asyncio.Queue()

    def write(self, text: str) -> int:
        self.shown.put_nowait(text.strip())
        return len(text)


@asynccontextmanager
async def in_terminal(data: Path) -> AsyncIterator[tuple[Teller, Parts]]:
    reading, writing = os.pipe()
    screen = Screen()
    with os.fdopen(reading) as source, os.fdopen(writing, "w") as lines:
        adapter = TerminalAdapter("Kim", "de", now, data / "terminal", source=source, sink=screen)
        async with desk(Settings(data=data, pack=PACK), adapter) as parts:
            yield InTerminal(lines, screen, data), parts
            lines.close()
