"""The library's rate limits, made to let through what Discord allows.

It refuses a call whenever the window that it counts in lasts longer than it may wait, also while
calls are left in it: of ten an hour it would make one.
"""

from typing import Any

from discord.http import HTTPClient, Ratelimit


class Bucket(Ratelimit):
    async def acquire(self) -> None:
        if self.is_expired():
            self.reset()  # type: ignore[no-untyped-call]  # the library says nothing of it
        if self.remaining <= 0:
            return await super().acquire()
        self._last_request = self._loop.time()
        self.remaining -= 1
        self.outgoing += 1
        return None


class Client(HTTPClient):
    _buckets: dict[str, Any]

    def get_ratelimit(self, key: str) -> Ratelimit:
        if key not in self._buckets:
            self._try_clear_expired_ratelimits()
            self._buckets[key] = Bucket(self.max_ratelimit_timeout)
        return super().get_ratelimit(key)
