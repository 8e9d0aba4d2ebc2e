"""How long an announcement still takes, by how fast it was of late. Pure."""

from collections import deque
from collections.abc import Mapping

from core.announcements.figures import Figures
from core.announcements.wording import seconds_for
from core.limits import Limits

MEASURED = 30.0
"""Seconds over which the pace is measured: no longer, so that what slowed it down is soon past."""


class Forecast:
    """Of one announcement. `limits` are each platform's."""

    def __init__(self, limits: Mapping[str, Limits]) -> None:
        self._limits = limits
        self._begun: dict[str, int] = {}
        """How much each platform had done at the first look."""
        self._seen: dict[str, deque[tuple[float, int]]] = {}
        """Of each platform: when how much was done."""

    def seconds(self, counted: Figures, now: float) -> float:
        """To go. `now` is in seconds of a clock that never goes back; ask every few of them."""
        times = (
            self._take(name, left, counted.sends_done.get(name, 0), now)
            for name, left in counted.sends_left.items()
        )
        return max(times, default=0.0)

    def _take(self, platform: str, left: int, done: int, now: float) -> float:
        """By what the platform allows as long as nothing is measured, and where it is metered."""
        begun = self._begun.setdefault(platform, done)
        seen = self._seen.setdefault(platform, deque())
        if len(seen) == 1 and seen[0][1] == begun:
            seen.clear()  # it had yet to begin, and nobody knows when it did since
        seen.append((now, done))
        while seen[0][0] < now - MEASURED:
            seen.popleft()
        limits, (since, before) = self._limits[platform], seen[0]
        if done == before or limits.windows:
            return seconds_for(left, limits)
        return left * (now - since) / (done - before)
