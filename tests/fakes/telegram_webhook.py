"""The platform's side of a webhook: pushes each update until it is answered with 2xx.

Within a chat one after another, chats side by side. Only loopback is ever contacted.
"""

import asyncio
import re
import time
from collections import deque
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.telegram_bell import Bell
from tests.fakes.telegram_calls import Call, Json, bad
from tests.fakes.telegram_updates import Updates

RETRY_SECONDS = 0.05
"""The platform waits longer; a test has no time for that."""
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Webhook:
    """Off until `set` is called with a URL."""

    def __init__(self, updates: Updates, bell: Bell) -> None:
        self.url = ""
        self.last_error = ""
        self.last_error_at = 0
        self.tries = 0
        self._updates = updates
        self._bell = bell
        self._headers: dict[str, str] = {}
        self._connections = 40
        self._places = asyncio.Semaphore(40)
        self._lanes: dict[str, deque[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def set(self, call: Call) -> None:
        url = call.text("url")
        if not url:
            self.remove()
            return
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise bad("bad webhook: this imitation pushes to loopback only")
        secret = call.text("secret_token")
        if secret and not SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        self.remove()
        self.url = url
        self._headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        self._connections = min(max(call.number("max_connections", 40), 1), 100)
        self._places = asyncio.Semaphore(self._connections)
        self._updates.end_poll("Conflict: terminated by setWebhook request")
        self._updates.push = self._enqueue
        for update in self._updates.pending.values():
            self._enqueue(update)

    def remove(self) -> None:
        self.url = ""
        self._updates.push = None
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()

    async def close(self) -> None:
        self.remove()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def describe(self) -> Json:
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
        }
        if self.url:
            info |= {"max_connections": self._connections}
            info |= {"allowed_updates": sorted(self._updates.allowed)}
        if self.last_error:
            info |= {"last_error_date": self.last_error_at, "last_error_message": self.last_error}
        return info

    def _enqueue(self, update: Json) -> None:
        lane = _chat(update)
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.create_task(self._work(lane, self._lanes[lane]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, lane: str, waiting: deque[Json]) -> None:
        while waiting:
            async with self._places:
                taken = await self._deliver(waiting[0])
            if taken:
                self._updates.confirm(waiting.popleft()["update_id"])
            else:
                self._bell.ring()
                await asyncio.sleep(RETRY_SECONDS)
        del self._lanes[lane]

    async def _deliver(self, update: Json) -> bool:
        self.tries += 1
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        try:
            async with self._session.post(
                self.url, json=update, headers=self._headers, allow_redirects=False
            ) as response:
                if 200 <= response.status < 300:
                    return True
                self.last_error = f"Wrong response from the webhook: {response.status}"
        except (aiohttp.ClientError, TimeoutError):
            self.last_error = "Connection refused"
        self.last_error_at = int(time.time())
        return False


def _chat(update: Json) -> str:
    """What is delivered in order: the updates of one chat."""
    content = next(value for name, value in update.items() if name != "update_id")
    chat = content.get("chat") or content.get("message", {}).get("chat") or content.get("from", {})
    return str(chat.get("id", ""))
