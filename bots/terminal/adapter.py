"""The terminal as a platform: a conversation with the desk where it runs."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TextIO
from uuid import uuid4

from bots.terminal.parse import NoSuchFile, to_inbound
from bots.terminal.render import printable, to_text
from core.adapter import Adapter, FetchError, Gone, Limits, Receive, Retry, TooLarge
from core.messages import Address, Attachment, Outbound, Sender

PROMPT = "> "
BLOCK = 256 * 1024
LIMITS = Limits(
    text=100_000, file_in=50_000_000, buttons=False, per_second=1000, per_address=0, burst=1000
)
END = None


class TerminalAdapter(Adapter):
    """Takes a line at a time. With a `receive` that returns when all is said, it prints all replies
    to a line before it takes the next.

    At a terminal it prompts; fed by a pipe it only answers, so that a script can hold a
    conversation.
    """

    platform = "terminal"
    account = "local"
    limits = LIMITS

    def __init__(
        self,
        name: str,
        language: str,
        clock: Callable[[], datetime],
        *,
        source: TextIO = sys.stdin,
        sink: TextIO = sys.stdout,
    ) -> None:
        self._address = Address(self.platform, self.account, name)
        self._sender = Sender(name, name, language)
        self._clock = clock
        self._source = source
        self._sink = sink
        self._prompts = source.isatty() and sink.isatty()
        self._asking = False

    async def open(self) -> None:
        """Nothing to greet."""

    async def close(self) -> None:
        """Nothing to let go."""

    async def listen(self, receive: Receive) -> None:
        """Ends with the input, or at `/quit`."""
        lines = read_lines(self._source)
        while (line := await self._ask(lines)) is not END and line.strip() != "/quit":
            if line.strip():
                await self._hear(line.rstrip("\r\n"), receive)

    async def _ask(self, lines: asyncio.Queue[str | None]) -> str | None:
        if not self._prompts:
            return await lines.get()
        self._asking = True
        self._write(PROMPT)
        line = await lines.get()
        self._asking = False
        if line is END:
            self._write("\n")
        return line

    async def _hear(self, line: str, receive: Receive) -> None:
        try:
            inbound = to_inbound(line, uuid4().hex, self._address, self._sender, self._clock())
        except NoSuchFile as missing:
            path = printable(str(missing))
            self._print(
                f"There is no file to read at {path}. Check the path and try again."
                if path
                else "Write the file's path behind it: /attach PATH"
            )
            return
        await receive(inbound)

    async def send(self, outbound: Outbound) -> str:
        """Raises `Retry` when nobody reads any more: it is shown at the next visit."""
        try:
            self._print(to_text(outbound, colours=self._prompts))
        except OSError as error:
            raise Retry("the terminal is closed") from error
        return uuid4().hex

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        limit = self.limits.file_in
        try:
            with await asyncio.to_thread(Path(attachment.handle).open, "rb") as file:
                if os.fstat(file.fileno()).st_size > limit:
                    raise TooLarge(limit)
                while block := await asyncio.to_thread(file.read, BLOCK):
                    yield block
        except FileNotFoundError as error:
            raise Gone("the file is no longer there") from error
        except OSError as error:
            raise FetchError(f"the file cannot be read: {error.strerror}") from error

    def _print(self, text: str) -> None:
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
            loop.call_soon_threadsafe(lines.put_nowait, END)

    Thread(target=read, name="terminal", daemon=True).start()
    return lines
