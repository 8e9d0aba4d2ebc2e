"""The terminal as a platform: a conversation with the desk where it runs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from bots.terminal.attached import read_file
from bots.terminal.parse import NoSuchFile, to_inbound
from bots.terminal.render import ENGLISH, explain, to_text
from bots.terminal.saving import save
from bots.terminal.screen import Screen
from core.adapter import Absent, Adapter, Receive, Retry
from core.i18n import Speech
from core.limits import Limits
from core.messages import Address, Attachment, Outbound, Sender

TEXT, FILE = 100_000, 50_000_000
LOCAL = "local"
LIMITS = Limits(
    text=TEXT, file_in=FILE, file_out=FILE, caption=TEXT, buttons=False,
    per_second=1000, per_address=0, burst=1000,
)  # fmt: skip


class TerminalAdapter(Adapter):
    """Takes a line at a time. With a `receive` that returns when all is said, it prints all replies
    to a line before it takes the next. Files are saved in `folder`.

    At a terminal it prompts; fed by a pipe it only answers, so that a script can hold a
    conversation.
    """

    platform = "terminal"
    limits = LIMITS

    def __init__(
        self,
        name: str,
        language: str,
        clock: Callable[[], datetime],
        folder: Path,
        *,
        account: str = LOCAL,
        source: TextIO = sys.stdin,
        sink: TextIO = sys.stdout,
        speech: Speech = ENGLISH,
    ) -> None:
        self.account = account
        self._address = Address(self.platform, self.account, name)
        self._sender = Sender(name, name, language)
        self._clock = clock
        self._folder = folder
        self._screen = Screen(source, sink)
        self._speech = speech

    async def open(self) -> None:
        """Nothing to greet."""

    async def close(self) -> None:
        """Nothing to let go."""

    async def listen(self, receive: Receive) -> None:
        """Ends with the input, or at `/quit`."""
        while (line := await self._screen.ask()) is not None:
            if line.strip():
                await self._hear(line, receive)

    async def _hear(self, line: str, receive: Receive) -> None:
        try:
            inbound = to_inbound(line, uuid4().hex, self._address, self._sender, self._clock())
        except NoSuchFile as missing:
            self._screen.show(explain(missing, self._speech))
        else:
            await receive(inbound)

    async def send(self, outbound: Outbound) -> str:
        """Raises `Absent` for everybody else, and `Retry` when nobody reads any more: it is shown
        at the next visit.
        """
        if outbound.address.chat != self._address.chat:
            raise Absent("nobody sits at that terminal")
        key, file = uuid4().hex, outbound.file
        try:
            saved = await asyncio.to_thread(save, file, self._folder, key[:8]) if file else None
            colours = self._screen.prompts
            self._screen.show(
                to_text(
                    outbound.title, outbound.text, saved, colours=colours, speech=self._speech
                )
            )  # fmt: skip
        except OSError as error:
            raise Retry("the terminal is closed") from error
        return key

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return read_file(attachment, self.limits.file_in)
