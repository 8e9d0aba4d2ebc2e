"""Waiting for letters, for as long as the desk runs."""

import logging
import random
from collections.abc import Awaitable, Callable

from bots.email.failures import SETTINGS_WAIT, BadLogin, Trouble
from bots.email.hearing import Hearing
from bots.email.line import Line
from core.adapter import Retry

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

IDLE = 300.0
"""Seconds after which we look although the server told nothing: connections die unnoticed, and a
server may end one after 30 minutes (RFC 2177).
"""
LONGEST_WAIT, DOUBLINGS = 60.0, 6


class Listening:
    """`every` seconds it looks where the server cannot tell of new letters."""

    def __init__(self, line: Line, hearing: Hearing, every: float, sleep: Sleep) -> None:
        self._line = line
        self._hearing = hearing
        self._every = every
        self._sleep = sleep
        self._failures = 0
        self._broken = False

    async def run(self) -> None:
        """Until cancelled. Raises `Retry` when the password is not accepted."""
        while True:
            try:
                received = await self._turn()
            except BadLogin as bad:
                raise Retry(str(bad), SETTINGS_WAIT) from None
            except Trouble as trouble:
                self._explain(trouble)
                received = self._hearing.pass_by()
            if received:
                self._failures = 0
            else:
                self._failures += 1
                await self._sleep(backoff(self._failures))

    async def _turn(self) -> bool:
        """One batch, or some waiting for new letters. False when some could not be received."""
        hearing, progress = self._hearing, self._hearing.progress
        await self._line.call(hearing.look)
        if self._broken:
            log.info("the mailbox can be read again")
            self._broken = False
        if not progress.waiting:
            await self._rest()
            return True
        letters = await self._line.call(hearing.read)
        try:
            return await hearing.take_all(letters)
        finally:
            await self._line.call(hearing.mark)

    async def _rest(self) -> None:
        if await self._line.call(lambda mailbox: mailbox.can_idle):
            await self._line.call(lambda mailbox: mailbox.idle(IDLE))
        else:
            await self._sleep(self._every)

    def _explain(self, trouble: Trouble) -> None:
        """Once, however long it lasts."""
        if not self._broken:
            log.warning("the mailbox cannot be read; trying again", extra={"error": str(trouble)})
        self._broken = True


def backoff(failures: int) -> float:
    """Seconds: one, doubling to sixty, a little apart from everybody else's."""
    wait = min(2.0 ** min(failures - 1, DOUBLINGS), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)
