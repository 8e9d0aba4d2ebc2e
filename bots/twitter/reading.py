"""Looking up what was said to us: https://docs.x.com/x-api/direct-messages/lookup/introduction

X shows thirty days, the newest first, and cannot be asked for what came after a message: so pages
are turned back to what is known.
"""

from dataclasses import dataclass

from bots.twitter.budget import Budget, Clock, Sleep
from bots.twitter.calls import Calls
from bots.twitter.failures import Denied, Trouble
from bots.twitter.parse import Message, Page, read_page

FEW, PAGE = 10, 100
"""X counts money for each message shown, once a day: a look that finds nothing new shows few."""
TRIES = 5
"""For a page behind the first one, since all pages before it would have to be read once more."""


@dataclass(frozen=True, slots=True)
class Found:
    """`messages` oldest first; `newest` of all events, also of those that are none for us."""

    messages: tuple[Message, ...]
    newest: int


class Reading:
    def __init__(self, calls: Calls, budget: Budget, clock: Clock, sleep: Sleep) -> None:
        self._calls = calls
        self._budget = budget
        self._clock = clock
        self._sleep = sleep

    async def after(self, known: int, me: str, first: int = FEW) -> Found:
        """All with a larger id. Waits for reads where there are none. Raises `Trouble`."""
        found: dict[str, Message] = {}
        token, size, newest = "", first, known
        while True:
            page = await self._page(size, token, me)
            found |= {one.id: one for one in page.messages if int(one.id) > known}
            token, size, newest = page.next, PAGE, max(newest, page.newest or 0)
            if not token or page.oldest is None or page.oldest <= known:
                messages = sorted(found.values(), key=lambda one: int(one.id))
                return Found(tuple(messages), newest)

    async def _page(self, size: int, token: str, me: str) -> Page:
        tries = 0
        while True:
            await self._budget.turn(self._sleep)
            try:
                return read_page(await self._calls.events(size, token), me)
            except Trouble as trouble:
                if isinstance(trouble, Denied) and trouble.status == 429:
                    self._budget.shut(trouble.reset or self._clock() + self._budget.span)
                    continue
                tries += 1
                is_final = isinstance(trouble, Denied) and trouble.status < 500
                if is_final or not token or tries == TRIES:
                    raise
            await self._sleep(2.0**tries)
