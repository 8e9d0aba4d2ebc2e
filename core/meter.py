"""What may still be sent where each message counts: spans of time over a clock in seconds. Pure."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence

from core.limits import Window

SHORT = 0.1
"""Of what the longest span allows: with less left, people are told other ways to reach us."""
SPARE = 1 / 3
"""Of what each span allows: so much is left to answers when news goes out."""


class Meter:
    """Without windows everything goes. Another thread may ask what is left."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = sorted(windows, key=lambda window: window.seconds)
        self._sent: list[float] = []

    def begin(self, sent: Iterable[float]) -> None:
        """With what was sent before, such as in an earlier life."""
        self._sent = sorted(sent)

    def note(self, now: float) -> None:
        if not self._windows:
            return
        insort(self._sent, now)
        self._sent = self._sent[bisect_right(self._sent, now - self._windows[-1].seconds) :]

    def give_back(self) -> None:
        """The last one was not sent after all."""
        if self._sent:
            self._sent = self._sent[:-1]

    def room(self, now: float) -> float:
        """How many may go now."""
        return min((self._left(window, now) for window in self._windows), default=float("inf"))

    def wait(self, now: float) -> float:
        """Seconds until one may go."""
        return max((self._wait(window, now) for window in self._windows), default=0.0)

    def is_short(self, now: float) -> bool:
        if not self._windows:
            return False
        longest = self._windows[-1]
        return self._left(longest, now) <= longest.count * SHORT

    def has_spare(self, now: float) -> bool:
        return all(self._left(window, now) > window.count * SPARE for window in self._windows)

    def left(self, now: float) -> list[tuple[Window, int]]:
        """Of each span, the shortest first."""
        return [(window, self._left(window, now)) for window in self._windows]

    def _left(self, window: Window, now: float) -> int:
        sent = self._sent
        return window.count - len(sent) + bisect_right(sent, now - window.seconds)

    def _wait(self, window: Window, now: float) -> float:
        sent = self._sent
        if len(sent) < window.count:
            return 0.0
        return max(sent[-window.count] + window.seconds - now, 0.0)
