"""Where a person reads and types: a terminal, or a script behind pipes."""

import asyncio
from contextlib import suppress
from threading import Thread
from typing import TextIO

from core.i18n import mark

PROMPT = "> "
QUIT = "/quit"
HINT = mark("Write a question; /help shows more; /quit ends.")
"""For whoever sits at a terminal."""


class Screen:
    """At a terminal it prompts; fed by a pipe it only shows."""

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self._source = source
        self._sink = sink
        self._lines: asyncio.Queue[str | None] | None = None
        self._asking = False
        self.prompts = source.isatty() and sink.isatty()

    async def ask(self) -> str | None:
        """What is typed next; None at the end of the input, and at `/quit`."""
        if self._lines is None:
            self._lines = read_lines(self._source)
        if self.prompts:
            self._asking = True
            self._write(PROMPT)
        line = await self._lines.get()
        self._asking = False
        if line is None and self.prompts:
            self._write("\n")
        return None if line is None or line.strip() == QUIT else line.rstrip("\r\n")

    def show(self, text: str) -> None:
        """Whoever is being asked meanwhile is asked again below it."""
        self._write(f"\n{text}\n\n{PROMPT}" if self._asking else f"{text}\n\n")

    def _write(self, text: str) -> None:
        self._sink.write(text)
        self._sink.flush()


def read_lines(source: TextIO) -> asyncio.Queue[str | None]:
    """Lines as they come, then None. A thread reads: waiting for a person must block nobody."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with suppress(RuntimeError):  # the conversation is over, and its loop closed
            with suppress(OSError, ValueError):  # the terminal is gone, or what comes is no text
                for line in source:
                    loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    Thread(target=read, name="terminal", daemon=True).start()
    return lines
