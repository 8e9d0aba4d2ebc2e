"""A connection to the mailbox for asyncio: a thread of its own in which one act follows another."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bots.email.failures import Trouble
from bots.email.mailbox import FAILURES, Mailbox

T = TypeVar("T")


class Line:
    """Opens when it is needed, and again after anything failed."""

    def __init__(self, connect: Callable[[], Mailbox], name: str) -> None:
        self._connect = connect
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"email {name}")
        self._mailbox: Mailbox | None = None

    async def call(self, act: Callable[[Mailbox], T]) -> T:
        """Raises `Trouble`, and whatever else `act` raises. Cancelled, it hangs up."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._do, act)
        except asyncio.CancelledError:
            self.hang_up()
            raise

    def _do(self, act: Callable[[Mailbox], T]) -> T:
        if self._mailbox is None:
            self._mailbox = self._connect()
        mailbox = self._mailbox
        try:
            return act(mailbox)
        except FAILURES as error:
            self._mailbox = None
            mailbox.close()
            name = type(error).__name__
        raise Trouble(f"the connection to the IMAP server broke ({name})")

    def hang_up(self) -> None:
        if self._mailbox:
            self._mailbox.hang_up()

    async def close(self) -> None:
        self.hang_up()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown()

    def _end(self) -> None:
        if self._mailbox:
            self._mailbox.close()
            self._mailbox = None
