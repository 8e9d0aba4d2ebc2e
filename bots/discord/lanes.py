"""What comes from one place is taken in its order, places side by side.

Invariant: a message is taken or tried again; no later one of its place overtakes it.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import count

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

LONGEST_WAIT = 30.0
DOUBLINGS = 5


class Lanes:
    def __init__(self) -> None:
        self._waiting: dict[str, deque[Work]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def put(self, lane: str, work: Work) -> None:
        if lane in self._waiting:
            self._waiting[lane].append(work)
            return
        self._waiting[lane] = deque([work])
        task = asyncio.create_task(self._run(lane))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, lane: str) -> None:
        waiting = self._waiting[lane]
        while waiting:
            try:
                await waiting.popleft()()
            except Exception:  # a fault of ours must not hold up the lane
                log.exception("something that came in could not be handled")
        del self._waiting[lane]

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._waiting.clear()


async def insist(attempt: Work, sleep: Sleep, event: str, given_up: Callable[[], bool]) -> bool:
    """Try until it is taken. False when nobody waits for it any more."""
    for failures in count():
        if given_up():
            return False
        try:
            await attempt()
        except Exception as error:  # its words may be somebody's
            name = type(error).__name__
            log.warning("not received; it is taken again", extra={"event": event, "error": name})
            await sleep(backoff(failures))
        else:
            return True
    raise AssertionError("unreachable")


def never() -> bool:
    return False


def backoff(failures: int) -> float:
    """One second doubling to thirty, a little apart from everybody else's."""
    return min(2.0 ** min(failures, DOUBLINGS), LONGEST_WAIT) * random.uniform(0.8, 1.2)
