"""The terminal as a platform: a conversation with the desk where it runs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TextIO
from uuid import uuid4

from bots.terminal.parse import NoSuchFile, to_inbound
from bots.terminal.render import to_text
from core.adapter import Adapter, Gone, Limits, Receive
from core.messages import Address, Attachment, Outbound, Sender

PROMPT = "> "
BLOCK = 256 * 1024
LIMITS = Limits(
    text=100_000, file_in=50_000_000, buttons=False, per_second=1000, per_address=0, burst=1000
)
END = None


class TerminalAdapter(Adapter):
    """Takes a line at a time, and prints all replies to it before the next.

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

    async def open(self) -> None:
        """Nothing to greet."""

    async def close(self) -> None:
        """Nothing to let go."""

    async def listen(self, receive: Receive) -> None:
        """Ends with the input, or at `/quit`."""
        lines = read_lines(self._source)
        self._prompt()
        while (line := await lines.get()) is not END and line.strip() != "/quit":
            if line.strip():
                await self._hear(line.rstrip("\r\n"), receive)
            self._prompt()

    async def _hear(self, line: str, receive: Receive) -> None:
        try:
            inbound = to_inbound(line, uuid4().hex, self._address, self._sender, self._clock())
        except NoSuchFile as missing:
            self._print(f"There is no file to read at {missing}. Check the path and try again.")
            return
        await receive(inbound)

    async def send(self, outbound: Outbound) -> str:
        self._print(to_text(outbound, colours=self._prompts))
        return uuid4().hex

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(Path(attachment.handle).open, "rb")
        except FileNotFoundError as error:
            raise Gone("the file is no longer there") from error
        with file:
            while block := await asyncio.to_thread(file.read, BLOCK):
                yield block

    def _prompt(self) -> None:
        if self._prompts:
            self._sink.write(PROMPT)
            self._sink.flush()

    def _print(self, text: str) -> None:
        self._sink.write(text + "\n\n")
        self._sink.flush()


def read_lines(source: TextIO) -> asyncio.Queue[str | None]:
    """Lines as they come, then None. A thread reads: waiting for a person must block nobody."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        for line in source:
            put(line)
        put(END)

    Thread(target=read, name="terminal", daemon=True).start()
    return lines
