"""The platform's time, and the ids that tell it."""

import time
from datetime import UTC, datetime

EPOCH = 1_420_070_400_000
"""Milliseconds from 1970 to Discord's first: https://docs.discord.com/developers/reference#snowflakes."""


class Clock:
    """In seconds since 1970; a test may move it forward."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._last_id = 0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def stamp(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat()

    def new_id(self) -> int:
        """A snowflake: grows, and tells the time."""
        moment = int(self.now() * 1000) - EPOCH << 22
        self._last_id = max(self._last_id + 1, moment)
        return self._last_id
