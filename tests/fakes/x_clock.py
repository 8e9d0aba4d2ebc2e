"""The platform's time, and the ids that tell it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

EPOCH = 1_288_834_974_657
"""Milliseconds from 1970 to X's first: https://docs.x.com/fundamentals/x-ids"""


class Clock:
    """In seconds since 1970. A test may move it forward, or put another clock in its place."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self.source = source
        self._ahead = 0.0
        self._last_id = 0

    def now(self) -> float:
        return self.source() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def new_id(self) -> str:
        """A snowflake: grows, and tells the time."""
        moment = int(self.now() * 1000) - EPOCH << 22
        self._last_id = max(self._last_id + 1, moment)
        return str(self._last_id)


def stamp(moment: float) -> str:
    """As X writes a time."""
    at = datetime.fromtimestamp(moment, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
