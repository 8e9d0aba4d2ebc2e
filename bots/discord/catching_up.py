"""Reading for ourselves what was said while we did not listen.

Discord tells a new session nothing of the past. So, before anything new from a private channel, or
a room of the staff, is taken, what stands in it after the last message that we received is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from itertools import count

from bots.discord.failures import Denied, Trouble
from bots.discord.lanes import Lanes, Sleep, backoff, insist, never
from bots.discord.parse import PLATFORM, Json, Me, Unreadable, newest_last
from bots.discord.rest import Rest
from core.adapter import Lookup, Receive
from core.messages import Inbound

log = logging.getLogger(__name__)

LastHeard = Callable[[], Awaitable[dict[str, str]]]

PAGE = 100
READERS = 4
"""Channels read at once: answers to those who write now should not wait for it."""


async def last_heard_in_private(desk: Lookup | None, me: Me) -> dict[str, str]:
    known = await desk.last_heard(PLATFORM, me.id) if desk else {}
    return {
        address.chat: message
        for address, message in known.items()
        if not address.thread and message.isdecimal()
    }


class Unreceived:
    """Private channels of which something came and was not received yet, with the id before."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}
        self._newest: dict[str, str] = {}

    def note(self, channel: str, message: str) -> None:
        self._before.setdefault(channel, str(int(message) - 1))
        self._newest[channel] = message

    def received(self, channel: str, message: str) -> None:
        if self._newest.get(channel) == message:
            del self._before[channel], self._newest[channel]

    def before(self) -> dict[str, str]:
        return dict(self._before)


class CatchingUp:
    """`last_heard` tells of each channel after which message it is to be read; `read_message` what
    one says to us.
    """

    def __init__(
        self,
        rest: Rest,
        lanes: Lanes,
        receive: Receive,
        last_heard: LastHeard,
        read_message: Callable[[Json], Inbound | None],
        unreceived: Unreceived,
        sleep: Sleep,
    ) -> None:
        self._rest = rest
        self._lanes = lanes
        self._receive = receive
        self._last_heard = last_heard
        self._read_message = read_message
        self._unreceived = unreceived
        self._sleep = sleep
        self._missed: dict[str, str] = {}
        """The channels still to be read, and after which message."""
        self._known = asyncio.Event()
        self._known.set()
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """A session begins: until we know where something may have been missed, all wait."""
        if self._running:
            self._running.cancel()
        self._known.clear()
        self._running = asyncio.create_task(self._run(self._unreceived.before()))

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    def is_due(self, channel: str) -> bool:
        """Whether `read` must come first."""
        return not self._known.is_set() or channel in self._missed

    async def _run(self, unreceived: dict[str, str]) -> None:
        heard: dict[str, str] = {}

        async def ask() -> None:
            heard.update(await self._last_heard())

        await insist(ask, self._sleep, "last heard", never)
        missed = unreceived | heard
        self._missed = dict(sorted(missed.items(), key=lambda one: int(one[1]), reverse=True))
        self._known.set()
        await asyncio.gather(*(self._read_all() for _ in range(READERS)))

    async def _read_all(self) -> None:
        """Those first who wrote last: they are the likeliest to have written again."""
        while self._missed:
            channel = next(iter(self._missed))
            done = asyncio.Event()
            self._lanes.put(channel, partial(self.read, channel, self._missed.pop(channel), done))
            await done.wait()

    async def read(
        self, channel: str, after: str | None = None, done: asyncio.Event | None = None
    ) -> None:
        """In the channel's lane, before what is new in it."""
        try:
            await self._known.wait()
            after = after or self._missed.pop(channel, None)
            while after:
                after = await self._read_page(channel, after)
        finally:
            if done:
                done.set()

    async def _read_page(self, channel: str, after: str) -> str | None:
        """The last message on a full page; None when there is nothing more."""
        messages = await self._ask(channel, after)
        for message in messages:
            await self._take(message)
        return str(messages[-1]["id"]) if len(messages) == PAGE else None

    async def _ask(self, channel: str, after: str) -> list[Json]:
        """Until there is an answer; of a channel that is gone there is nothing to read."""
        for failures in count():
            try:
                return newest_last(
                    await self._rest.call(
                        "GET",
                        "/channels/{channel_id}/messages",
                        query={"after": after, "limit": PAGE},
                        channel_id=channel,
                    )
                )
            except Denied as denied:
                if denied.status in (403, 404):
                    log.info("a channel is gone", extra={"channel": channel})
                    return []
                await self._wait(failures, denied, denied.after)
            except (Trouble, Unreadable) as error:
                await self._wait(failures, error)
        raise AssertionError("unreachable")

    async def _wait(self, failures: int, error: Exception, asked: float = 0) -> None:
        log.warning("what was missed cannot be read; trying again", extra={"error": str(error)})
        await self._sleep(asked or backoff(failures))

    async def _take(self, message: Json) -> None:
        try:
            inbound = self._read_message(message)
        except Unreadable:
            log.warning("a message was not understood", extra={"id": message["id"]})
            return
        if inbound:
            attempt: Callable[[], Awaitable[None]] = partial(self._receive, inbound)
            await insist(attempt, self._sleep, inbound.event, never)
