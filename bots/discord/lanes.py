"""Channels side by side, in each the order of what was written. Invariant: nothing overtakes a
message that could not be received, and after a lost session nothing overtakes what was missed.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from core.adapter import Receive
from core.messages import Inbound, Kind

log = logging.getLogger(__name__)

History = Callable[[int, int], Awaitable[list[Inbound]]]
"""What was written in a channel after a message's id, oldest first."""
Sleep = Callable[[float], Awaitable[None]]

FIRST_WAIT, LONGEST_WAIT = 0.2, 30.0
LOOKS = 4
"""Channels whose history is read at the same time."""


class Lane:
    """One channel. `last` is the id of the newest message that was received, 0 for none."""

    def __init__(self, channel: int, last: int) -> None:
        self.channel = channel
        self.last = last
        self.missing = False
        """There may be messages after `last` that nobody told us of."""
        self.waiting: deque[tuple[Inbound, asyncio.Future[None]]] = deque()
        self.work: asyncio.Task[None] | None = None


class Lanes:
    """Everything that came, on its way to `receive`, until closed."""

    def __init__(self, receive: Receive, history: History, sleep: Sleep) -> None:
        self._receive = receive
        self._history = history
        self._sleep = sleep
        self._looks = asyncio.Semaphore(LOOKS)
        self._lanes: dict[int, Lane] = {}

    def know(self, channel: int, last: int) -> None:
        """A channel that was written in before."""
        lane = self._lanes.setdefault(channel, Lane(channel, last))
        lane.last = max(lane.last, last)

    def miss(self) -> None:
        """The session was lost: whatever was written meanwhile is in the channels' histories."""
        for lane in self._lanes.values():
            lane.missing = True
            self._go(lane)

    def offer(self, channel: int, inbound: Inbound) -> asyncio.Future[None]:
        """Done when it was received."""
        lane = self._lanes.setdefault(channel, Lane(channel, max(number(inbound) - 1, 0)))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.waiting.append((inbound, done))
        self._go(lane)
        return done

    def newest(self) -> dict[int, int]:
        """Of each channel the id of the newest message that was received."""
        return {lane.channel: lane.last for lane in self._lanes.values()}

    async def close(self) -> None:
        """What was not received by now stands in the histories."""
        tasks = [lane.work for lane in self._lanes.values() if lane.work]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for lane in self._lanes.values():
            for _, done in lane.waiting:
                done.cancel()

    def _go(self, lane: Lane) -> None:
        if lane.work is None or lane.work.done():
            lane.work = asyncio.create_task(self._work(lane))

    async def _work(self, lane: Lane) -> None:
        failures = 0
        while lane.missing or lane.waiting:
            try:
                if lane.missing:
                    await self._catch_up(lane)
                else:
                    await self._receive(lane.waiting[0][0])
                    self._end(lane)
                failures = 0
            except Exception as error:  # the database is away, or Discord is
                wait = min(FIRST_WAIT * 2**failures, LONGEST_WAIT)
                log.warning(
                    "not received; it is tried again", extra={"error": type(error).__name__}
                )
                failures = min(failures + 1, 10)
                await self._sleep(wait)

    async def _catch_up(self, lane: Lane) -> None:
        async with self._looks:
            missed = await self._history(lane.channel, lane.last)
        lane.missing = False
        known = {inbound.event for inbound, _ in lane.waiting}
        loop = asyncio.get_running_loop()
        new = [(one, loop.create_future()) for one in missed if one.event not in known]
        lane.waiting.extendleft(reversed(new))
        if new:
            lane.waiting = deque(sorted(lane.waiting, key=lambda one: one[0].at))

    def _end(self, lane: Lane) -> None:
        inbound, done = lane.waiting.popleft()
        lane.last = max(lane.last, number(inbound))
        if not done.done():
            done.set_result(None)


def number(inbound: Inbound) -> int:
    """The message's id, by which a history goes on; 0 for what stands in none."""
    written = inbound.kind in (Kind.MESSAGE, Kind.ODD)
    return int(inbound.message) if written and inbound.message.isdecimal() else 0
