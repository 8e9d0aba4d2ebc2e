"""What Discord takes away from a bot that asks too often: a day's session starts, and the right to
ask at all. We stop long before.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp

from core.adapter import Retry

log = logging.getLogger(__name__)

WINDOW = 600.0
INVALID = (401, 403, 429)
BRAKE = 1_000
"""Invalid requests in ten minutes from which on we ask nothing. At 10,000 Discord bans our address:
https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""
FEW, TOO_FEW = 500, 100
"""Session starts left. At 0 Discord makes the token invalid:
https://docs.discord.com/developers/events/gateway#session-start-limit
"""


class InvalidRequests:
    """Counts every answer that was one, those that the library asks again by itself too."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._times: deque[float] = deque(maxlen=BRAKE)
        self._monotonic = monotonic
        self._braking = False

    def __len__(self) -> int:
        return len(self._times)

    def trace(self) -> aiohttp.TraceConfig:
        """For the session whose answers are counted."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._look_at)
        return config

    async def _look_at(self, _session: object, _context: object, ended: Any) -> None:
        self.note(ended.response.status, ended.response.headers.get("X-RateLimit-Scope", ""))

    def note(self, status: int, scope: str = "") -> None:
        """What other bots share with us does not count."""
        if status in INVALID and scope != "shared":
            self._times.append(self._monotonic())

    @property
    def pause(self) -> float:
        """Seconds for which nothing may be asked."""
        full = len(self._times) == BRAKE
        wait = self._times[0] + WINDOW - self._monotonic() if full else 0.0
        if (wait > 0) is not self._braking:
            self._braking = wait > 0
            if self._braking:
                log.error(
                    "Discord refused %s calls in ten minutes: nothing is sent until that is over, "
                    "so that it does not ban us",
                    BRAKE,
                    extra={"seconds": round(wait)},
                )
        return max(wait, 0.0)


def check_starts(left: int, reset_after: float) -> None:
    """Raises `Retry` when another session start would put the token at risk. `reset_after` in
    seconds.
    """
    if left < TOO_FEW:
        raise Retry(
            f"only {left} of a day's session starts are left at Discord. The desk stays away until "
            "there are more, since Discord makes the token invalid at none. Something starts it "
            "again and again: look for that",
            max(reset_after, 1.0),
        )
    if left < FEW:
        log.warning(
            "of a day's session starts at Discord %s are left: is the desk started again and "
            "again?",
            left,
        )
