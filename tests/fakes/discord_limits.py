"""How often the bot may call: buckets, the global limit, and the count of calls that went wrong.

https://docs.discord.com/developers/topics/rate-limits
"""

import hashlib
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import cache

from tests.fakes.discord_calls import Call, Refusal

Rule = tuple[int, float]
"""Calls, in so many seconds."""
OPEN: Rule = (10_000, 1.0)
"""What is told while the limits are off, or libraries would send one call at a time."""
REAL: dict[str, Rule] = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "GET /channels/{channel_id}/messages": (5, 5.0),
    "POST /channels/{channel_id}/typing": (5, 5.0),
    "POST /channels/{channel_id}/messages/{message_id}/crosspost": (10, 3600.0),
}
"""As they were seen in the wild. Discord publishes none and may change them at any time."""
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_id")
INVALID_LIMIT, INVALID_SECONDS = 10_000, 600.0
INVALID = (401, 403, 429)
GRACE = 0.05
"""Calls that were on their way when a 429 was answered come within so many seconds."""

Key = tuple[str, ...]
EVERYTHING: Key = ("*",)


class TooMany(Refusal):
    """https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit"""

    def __init__(self, seconds: float, is_global: bool = False, scope: str = "user") -> None:
        more = {"retry_after": seconds, "global": is_global}
        super().__init__(429, 0, "You are being rate limited.", **more)
        self.seconds = seconds
        self.is_global = is_global
        self.scope = "global" if is_global else scope

    def headers(self) -> dict[str, str]:
        told = {"Retry-After": str(math.ceil(self.seconds)), "X-RateLimit-Scope": self.scope}
        return told | ({"X-RateLimit-Global": "true"} if self.is_global else {})


@cache
def bucket_of(route: str) -> str:
    return hashlib.md5(route.encode(), usedforsecurity=False).hexdigest()


def _key(call: Call) -> Key:
    return (call.route, *(call.ids[name] for name in MAJOR if name in call.ids))


def _is_exempt(call: Call) -> bool:
    """Interactions are outside the global limit."""
    return call.route.startswith("POST /interactions/") or "{webhook_token}" in call.route


class Limits:
    """Off until `set`; but every answer carries the headers of its bucket, and `blame` is told of
    each call that comes before a 429 allowed it.
    """

    def __init__(self, blame: Callable[[str], None]) -> None:
        self.refused = 0
        self.early = 0
        self._blame = blame
        self.invalid: deque[float] = deque()
        """When calls were answered with 401, 403 or 429, in the last ten minutes."""
        self._rules: Mapping[str, Rule] = {}
        self._per_second, self._second = math.inf, 1.0
        self._windows: dict[Key, tuple[float, int]] = {}
        self._told: dict[Key, tuple[float, float]] = {}

    def set(
        self, per_second: float = 50, routes: Mapping[str, Rule] = REAL, second: float = 1.0
    ) -> None:
        """From now on; `math.inf` leaves out the global one. A test of what is refused makes the
        `second` longer than its machine can be slow.
        """
        self._per_second, self._rules, self._second = per_second, routes, second

    def clear(self) -> None:
        self.set(math.inf, {})

    @property
    def banned(self) -> bool:
        """Too many invalid calls: the proxy refuses everything for a while."""
        return len(self.invalid) > INVALID_LIMIT and self.count_invalid() > INVALID_LIMIT

    def count_invalid(self) -> int:
        since = time.monotonic() - INVALID_SECONDS
        while self.invalid and self.invalid[0] < since:
            self.invalid.popleft()
        return len(self.invalid)

    def arrive(self, call: Call) -> None:
        """Notes a call that should not have come yet."""
        if not self._told:
            return
        key = _key(call)
        for told in (key, EVERYTHING):
            since, until = self._told.get(told, (0.0, 0.0))
            if since + GRACE < call.at < until - 0.001:
                self.early += 1
                self._blame(f"{call.route} came {until - call.at:.3f} s before a 429 allowed it")

    def check(self, call: Call) -> None:
        """Counts the call, or raises the `Refusal` that tells how long to wait."""
        if not _is_exempt(call) and self._per_second < math.inf:
            self._enter(EVERYTHING, (int(self._per_second), self._second), call.at)
        if rule := self._rules.get(call.route):
            self._enter(_key(call), rule, call.at)

    def _enter(self, key: Key, rule: Rule, now: float) -> None:
        limit, seconds = rule
        end, used = self._windows.get(key, (0.0, 0))
        if now >= end:
            end, used = now + seconds, 0
        if used >= limit:
            self.refused += 1
            raise TooMany(math.ceil((end - now) * 1000) / 1000, key is EVERYTHING)
        self._windows[key] = end, used + 1

    def note(self, call: Call, status: int, refusal: Refusal | None = None) -> None:
        """What was answered: 401, 403 and 429 count as invalid, and a 429 must be obeyed."""
        too_many = refusal if isinstance(refusal, TooMany) else None
        if status in INVALID and not (too_many and too_many.scope == "shared"):
            self.invalid.append(time.monotonic())
        if too_many:
            now = time.monotonic()
            key = EVERYTHING if too_many.is_global else _key(call)
            self._told[key] = now, now + too_many.seconds

    def headers(self, call: Call) -> dict[str, str]:
        """https://docs.discord.com/developers/topics/rate-limits#header-format"""
        limit, seconds = self._rules.get(call.route, OPEN)
        end, used = self._windows.get(_key(call), (call.at + seconds, 1))
        left = max(end - time.monotonic(), 0.0)
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - used),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": bucket_of(call.route),
        }
