"""How often we may ask: a number of reads in any quarter of an hour.

X counts from a moment of its own (https://docs.x.com/x-api/fundamentals/rate-limits). Who keeps to
the number in any span of that length keeps to it wherever X's begins.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from bots.twitter.limits import QUARTER_HOUR

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Budget:
    """`clock` tells seconds since 1970, as X's own answers do."""

    def __init__(self, count: int, clock: Clock = time.time, span: float = QUARTER_HOUR) -> None:
        self.count = count
        self.span = span
        self._clock = clock
        self._taken: deque[float] = deque(maxlen=count)
        self._shut_until = 0.0

    @property
    def left(self) -> int:
        """Reads that may be made at once."""
        now = self._clock()
        fresh = sum(moment > now - self.span for moment in self._taken)
        return 0 if self._shut_until > now else self.count - fresh

    @property
    def wait(self) -> float:
        """Seconds until the next read may be made; 0 for now."""
        now = self._clock()
        full = len(self._taken) == self.count
        free = self._taken[0] + self.span if full else now
        return max(free - now, self._shut_until - now, 0.0)

    def take(self) -> None:
        """Before the read: one that failed may count all the same."""
        self._taken.append(self._clock())

    def shut(self, until: float) -> None:
        """X said that none is left: another program used them up, or we before a restart."""
        self._shut_until = max(self._shut_until, until)

    async def turn(self, sleep: Sleep = asyncio.sleep) -> None:
        """Wait for a read and take it."""
        while wait := self.wait:
            await sleep(wait)
        self.take()
