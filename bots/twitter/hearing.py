"""Messages on their way to the desk, from the look-up and from X's calls: each is received at least
once, and what was missed before what is new.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bots.twitter.parse import PLATFORM, Message, id_at, moment_of, to_inbound
from bots.twitter.recent import Recent
from core.adapter import Lookup, Receive
from core.messages import Address

log = logging.getLogger(__name__)

OVERLAP = timedelta(hours=1)
"""Read once more at a start: of what came at the same time not all may have been received. What was
is recognised by its id.
"""
FIRST_LOOK = timedelta(days=1)
"""How far back a desk looks that never heard anything: what is older was answered elsewhere."""
SURE = timedelta(minutes=1)
REMEMBERED = 10_000


@dataclass(slots=True)
class Progress:
    """What lasts from one listening to the next."""

    known: int = 0
    """Every message up to this id was received; 0 when nothing is known yet."""
    heard: Recent = field(default_factory=lambda: Recent(REMEMBERED))
    said: Recent = field(default_factory=lambda: Recent(REMEMBERED))
    """Ids of what we said ourselves."""


@dataclass(frozen=True, slots=True)
class Hearing:
    receive: Receive
    me: str
    progress: Progress
    desk: Lookup | None
    clock: Callable[[], float]
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self) -> None:
        """Find out from where on nothing may have been received."""
        if self.progress.known:
            return
        heard = await self.desk.last_heard(PLATFORM, self.me) if self.desk else {}
        ids = [int(id) for id in heard.values() if id.isascii() and id.isdecimal()]
        start = moment_of(str(max(ids))) - OVERLAP if ids else self._now() - FIRST_LOOK
        self.progress.known = id_at(start)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    async def take_all(self, messages: Iterable[Message]) -> bool:
        """The oldest first; up to the first that cannot be received, and False then."""
        for message in messages:
            try:
                await self.take(message)
            except Exception as error:
                log.warning(
                    "not received; it is taken again",
                    extra={"id": message.id, "error": type(error).__name__},
                )
                return False
            self.progress.known = max(self.progress.known, int(message.id))
        return True

    async def take(self, message: Message) -> None:
        if message.id in self.progress.heard:
            return
        inbound = to_inbound(message, self.me)
        if inbound and not await self._is_ours(message):
            await self.receive(inbound)
        self.progress.heard.add(message.id)

    async def _is_ours(self, message: Message) -> bool:
        """Where X does not tell who wrote: we must never answer ourselves."""
        if message.sender:
            return False
        address = Address(PLATFORM, self.me, message.person)
        known = await self.desk.said(address, message.at - SURE) if self.desk else ()
        return message.id in self.progress.said or message.id in known
