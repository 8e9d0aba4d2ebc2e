"""Asking X again and again: about once a minute, since X allows fifteen reads in a quarter of an
hour. With a webhook it is asked seldom, for what a call may have missed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bots.twitter.budget import Budget, Clock, Sleep
from bots.twitter.failures import BAD_KEYS, Denied, Trouble, to_delivery_error
from bots.twitter.hearing import Hearing
from bots.twitter.reading import FEW, PAGE, Reading
from core.adapter import Retry

log = logging.getLogger(__name__)

EASE = 1.2
"""An idle desk asks a little less often than it may, and so has reads left for a conversation."""
HASTE = 3.0
"""How many times as often it asks while somebody writes."""
CONVERSATION = 120.0
"""Seconds after a message for which another one is likely."""
KEPT = 2
"""Reads that haste never takes: more than a page may have come."""
SELDOM = 900.0
LONGEST_WAIT, DOUBLINGS = 300.0, 8

Ensure = Callable[[], Awaitable[bool]]
"""Whether X calls us."""


class Polling:
    def __init__(
        self, reading: Reading, hearing: Hearing, budget: Budget, clock: Clock, sleep: Sleep
    ) -> None:
        self._reading = reading
        self._hearing = hearing
        self._budget = budget
        self._clock = clock
        self._sleep = sleep
        self._last = 0.0
        """When somebody wrote."""
        self._failures = 0
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Something was missed: ask soon."""
        self._bell.set()

    async def run(self, ensure: Ensure | None = None) -> None:
        """Until cancelled. Raises `Retry` when X no longer accepts the keys."""
        await self._hearing.begin()
        called, ensured, first = False, -SELDOM, PAGE
        while True:
            wait = await self._turn(first)
            if not wait:
                self._hearing.caught_up.set()
                if ensure and self._clock() - ensured >= SELDOM:
                    called, ensured = await ensure(), self._clock()
                wait, first = SELDOM if called else self.pause, FEW
            await self._rest(wait, hurried=called)

    async def _turn(self, first: int) -> float:
        """Seconds to wait when it failed, else 0."""
        progress = self._hearing.progress
        self._bell.clear()
        try:
            found = await self._reading.after(progress.known, self._hearing.me, first)
        except Trouble as trouble:
            return self._explain(trouble)
        if any(one.sender != self._hearing.me for one in found.messages):
            self._last = self._clock()
        if not await self._hearing.take_all(found.messages):
            return self._backoff()
        progress.known = found.newest
        self._failures = 0
        return 0

    @property
    def pause(self) -> float:
        """Seconds until the next look."""
        even = self._budget.span / self._budget.count * EASE
        talking = self._clock() - self._last < CONVERSATION
        return even / HASTE if talking and self._budget.left > KEPT else even

    async def _rest(self, seconds: float, *, hurried: bool) -> None:
        """Until then, or, where it would be long, until the bell rings."""
        resting = asyncio.ensure_future(self._sleep(seconds))
        bell = asyncio.create_task(self._bell.wait())
        either = [resting, bell] if hurried else [resting]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resting.cancel()
            bell.cancel()
            await asyncio.gather(resting, bell, return_exceptions=True)

    def _explain(self, trouble: Trouble) -> float:
        if isinstance(trouble, Denied) and trouble.status == 401:
            raise Retry(BAD_KEYS) from None
        log.warning("X could not be asked; trying again", extra={"error": str(trouble)})
        failure = to_delivery_error(trouble, self._clock())
        asked = failure.after if isinstance(failure, Retry) and failure.asked else 0.0
        return max(asked, self._backoff())

    def _backoff(self) -> float:
        """Two seconds doubling to five minutes; each look is a read that counts."""
        self._failures += 1
        return min(2.0 ** min(self._failures, DOUBLINGS), LONGEST_WAIT)
