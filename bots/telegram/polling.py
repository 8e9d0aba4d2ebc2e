"""Asking Telegram for updates. Invariant: an update is confirmed only after it was received."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import TelegramError

from bots.telegram.failures import BAD_TOKEN, Denied, Garbled, Lost
from bots.telegram.parse import update_number
from core.adapter import Refused

log = logging.getLogger(__name__)

Json = dict[str, Any]
Ask = Callable[[int, int], Awaitable[Any]]
"""From an offset (0: from the first unconfirmed), at most so many updates."""
Take = Callable[[Json], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

BATCH = 100
LONGEST_WAIT = 30.0
DOUBLINGS = 5
PATIENCE = 3
"""How often one and the same answer must be unreadable before an update is passed by."""


class Polling:
    """Updates of one chat are handed over in order, chats side by side."""

    def __init__(self, ask: Ask, take: Take, sleep: Sleep) -> None:
        self._ask = ask
        self._take = take
        self._sleep = sleep
        self._offset = 0
        self._limit = BATCH
        self._received: set[int] = set()
        """Received but not confirmed, since an earlier update of another chat could not be."""
        self._failures = 0

    async def run(self) -> None:
        """Until cancelled. Raises `Refused` when the token is not accepted."""
        while True:
            wait = await self._turn()
            self._failures = self._failures + 1 if wait else 0
            if wait:
                await self._sleep(wait)

    async def _turn(self) -> float:
        """Seconds to wait before the next one."""
        try:
            updates = numbered(await self._ask(self._offset, self._limit))
        except Garbled as garbled:
            return self._isolate(garbled)
        except TelegramError as error:
            return self._explain(error)
        self._limit = BATCH
        return await self._receive(updates)

    async def _receive(self, updates: list[Json]) -> float:
        if not updates:
            self._start_over()
            return 0
        taken = await asyncio.gather(*map(self._receive_one, updates))
        held = [number for number in taken if number is not None]
        newest = max(update["update_id"] for update in updates)
        self._offset = min(held, default=newest + 1)
        self._received = {number for number in self._received if number >= self._offset}
        return self._backoff() if held else 0

    async def _receive_one(self, update: Json) -> int | None:
        """Its id, when it could not be received."""
        number: int = update["update_id"]
        if number in self._received:
            return None
        try:
            await self._take(update)
        except Exception as error:
            facts = {"update": number, "error": type(error).__name__}
            log.warning("not received; it is taken again", extra=facts)
            return number
        self._received.add(number)
        return None

    def _start_over(self) -> None:
        """Nothing is unconfirmed. After a quiet week numbers begin anew at any number, so the next
        question names none: https://core.telegram.org/bots/api#update.
        """
        self._offset = 0
        self._received.clear()

    def _isolate(self, garbled: Garbled) -> float:
        """Find the update that cannot be read by asking for one alone; in the end pass it by."""
        if self._limit > 1:
            self._limit = 1
            return 0
        if garbled.update is None or self._failures < PATIENCE:
            return self._explain(garbled)
        log.error("an update could not be read and is passed by", extra={"update": garbled.update})
        self._offset = garbled.update + 1
        return 0

    def _explain(self, error: TelegramError) -> float:
        if isinstance(error, Denied):
            if error.bad_token:
                raise Refused(BAD_TOKEN) from None
            if error.status == 409:
                log.warning(
                    "another process is polling with this token, or a webhook is set for it: stop "
                    "the other one; until then messages go to only one of the two"
                )
                return LONGEST_WAIT
            if error.after:
                return error.after
        log.warning("Telegram could not be asked; trying again", extra={"error": str(error)})
        return self._backoff()

    def _backoff(self) -> float:
        """One second doubling to thirty, a little apart from everybody else's."""
        wait = min(2.0 ** min(self._failures, DOUBLINGS), LONGEST_WAIT)
        return wait * random.uniform(0.8, 1.2)


def numbered(answer: Any) -> list[Json]:
    """The updates that can be confirmed. Raises `Lost` when there is something else instead."""
    updates = answer if isinstance(answer, list) else []
    good = [update for update in updates if update_number(update) is not None]
    if not good and answer != []:
        raise Lost("no updates in the answer")
    return good
