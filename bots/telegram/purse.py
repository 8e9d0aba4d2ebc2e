"""Whether Telegram takes Stars of us: they run out in the middle of news, and are bought again."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

PAUSE = timedelta(minutes=5)
"""For which none are offered once none were taken: each offer is a call that fails."""


class Purse:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._shut_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether Stars are to be offered now."""
        return self._shut_until is None or self._clock() >= self._shut_until

    def shut(self) -> None:
        """Telegram took none."""
        if self.is_open:
            log.warning("Telegram takes no Stars of us: what was to be paid for goes as the rest")
            self._shut_until = self._clock() + PAUSE
