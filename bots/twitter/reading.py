"""Looking up what was said to us: https://docs.x.com/x-api/direct-messages/lookup/introduction

X shows thirty days, the newest first, and cannot be asked for what came after a message: so pages
are turned back to what is known.
"""

from bots.twitter.budget import Budget, Clock, Sleep
from bots.twitter.calls import Calls
from bots.twitter.failures import Denied
from bots.twitter.parse import Message, Page, read_page

FEW, PAGE = 10, 100
"""X counts money for each message shown, once a day: a look that finds nothing new shows few."""


class Reading:
    def __init__(self, calls: Calls, budget: Budget, clock: Clock, sleep: Sleep) -> None:
        self._calls = calls
        self._budget = budget
        self._clock = clock
        self._sleep = sleep

    async def after(self, known: int, me: str, first: int = FEW) -> list[Message]:
        """All with a larger id, the oldest first. Waits for reads where there are none. Raises
        `Trouble`.
        """
        found: dict[str, Message] = {}
        token, size = "", first
        while True:
            page = await self._page(size, token, me)
            found |= {one.id: one for one in page.messages if int(one.id) > known}
            token, size = page.next, PAGE
            if not token or page.oldest is None or page.oldest <= known:
                return sorted(found.values(), key=lambda one: int(one.id))

    async def _page(self, size: int, token: str, me: str) -> Page:
        while True:
            await self._budget.turn(self._sleep)
            try:
                return read_page(await self._calls.events(size, token), me)
            except Denied as denied:
                if denied.status != 429:
                    raise
                self._budget.shut(denied.reset or self._clock() + self._budget.span)
