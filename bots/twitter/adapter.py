"""X as a platform: direct messages, asked for or called with, and our public timeline."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Collection
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bots.twitter import webhook
from bots.twitter.budget import Budget, Clock, Sleep
from bots.twitter.calls import Calls
from bots.twitter.discretion import keep_quiet
from bots.twitter.doubts import CLOCKS_APART, Doubts
from bots.twitter.failures import (
    Trouble,
    to_delivery_error,
    to_error_apart,
    to_start_error,
)
from bots.twitter.hearing import Hearing, Progress
from bots.twitter.limits import x_limits
from bots.twitter.media import Media
from bots.twitter.parse import PLATFORM, read_call
from bots.twitter.polling import Polling
from bots.twitter.posts import CHAT
from bots.twitter.reading import Reading
from bots.twitter.shape import number
from bots.twitter.signing import Keys
from bots.twitter.subscribing import Subscribing
from bots.twitter.timeline import Timeline
from bots.twitter.tokens import Tokens
from bots.twitter.upload import Upload
from bots.twitter.ways import Way, to_ways
from bots.twitter.wire import Wire
from core.adapter import (
    Adapter,
    LooksUp,
    Lookup,
    Publishes,
    Receive,
    Refused,
    Retry,
    Unknown,
    Unsupported,
)
from core.messages import Address, Attachment, Outbound
from core.settings import Wrong, X

log = logging.getLogger(__name__)

EVER = datetime(2006, 3, 21, tzinfo=UTC)
"""Before it there was no X."""
UPLOAD_PATIENCE = 240.0
"""Seconds for a file's way to X, and X's own look through a video."""
PATIENCE = 8.0
"""Seconds that a call waits for what came before it: X hangs up after ten."""


class XAdapter(Adapter, LooksUp, Publishes):
    """Asks, or, where the settings say so, is called at `routes`. `data` is where the OAuth 2.0
    token is kept. Raises `Wrong` for settings with which it cannot start.
    """

    platform = PLATFORM
    account = ""

    def __init__(
        self,
        settings: X,
        public_url: str,
        data: Path,
        *,
        connector: aiohttp.BaseConnector | None = None,
        clock: Clock = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        keys = Keys(settings)
        if settings.webhook and not public_url.startswith("https://"):
            raise Wrong(
                "FRONTDESK_WEB__PUBLIC_URL: a webhook needs the https:// address at which X "
                "reaches this desk; without FRONTDESK_X__WEBHOOK the desk asks and needs no address"
            )
        keep_quiet()
        root = settings.api_url.rstrip("/")
        self.limits = x_limits(settings)
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._desk: Lookup | None = None
        self._progress = Progress()
        self._hearing: Hearing | None = None
        self._polling: Polling | None = None
        self._wire = Wire(connector)
        self._calls = Calls(root, keys, self._wire)
        self._reads = Budget(settings.reads_per_quarter_hour, clock)
        self._doubts = Doubts(self._calls, Budget(settings.reads_per_quarter_hour, clock), clock)
        self._timeline = Timeline(self._calls, clock)
        self._upload = Upload(self._calls, sleep)
        self._tokens = tokens = Tokens(settings, data, self._calls, clock)
        self._media = Media(root, self._wire, keys, tokens, self.limits.file_in)
        self._secrets = webhook.Secrets(keys.consumer_secret, settings.client_secret)
        url = public_url.rstrip("/") + webhook.PATH
        self._subscribing = Subscribing(self._calls, keys, tokens, self._secrets, url)

    def look_up(self, desk: Lookup) -> None:
        self._desk = desk

    @property
    def public_place(self) -> Address | None:
        return Address(PLATFORM, self.account, CHAT) if self._settings.news else None

    async def open(self) -> None:
        try:
            self.account = await self._calls.me()
        except Trouble as trouble:
            failure = to_start_error(trouble, self._clock())
        else:
            return
        raise failure

    async def close(self) -> None:
        await self._tokens.close()
        await self._wire.close()

    async def listen(self, receive: Receive) -> None:
        """Raises `Retry` when X no longer accepts the keys: then `open` tells more."""
        self._tell_mode()
        hearing = Hearing(receive, self.account, self._progress, self._desk, self._clock)
        reading = Reading(self._calls, self._reads, self._clock, self._sleep)
        polling = Polling(reading, hearing, self._reads, self._clock, self._sleep)
        self._hearing, self._polling = hearing, polling
        ensure = partial(self._subscribing.ensure, self.account)
        try:
            await polling.run(ensure if self._settings.webhook else None)
        finally:
            self._hearing = self._polling = None

    def _tell_mode(self) -> None:
        if self._settings.webhook:
            log.info("X is to call us", extra={"url": self._subscribing.url})
        else:
            reads = self._settings.reads_per_quarter_hour
            log.info("X is asked for messages", extra={"times_per_quarter_hour": reads})

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Where X calls us; none without the webhook. Before `listen` it is told to come again."""
        if not self._settings.webhook:
            return []
        return webhook.routes(self._secrets, partial(self._take_call, receive))

    async def _take_call(self, receive: Receive, told: dict[str, Any]) -> None:
        hearing, polling = self._hearing, self._polling
        if hearing is None or polling is None:
            raise ConnectionError("not listening yet")
        try:
            async with asyncio.timeout(PATIENCE):
                await hearing.caught_up.wait()
            for message in read_call(told, self.account):
                await replace(hearing, receive=receive).take(message)
        except Exception:
            polling.ring()
            raise

    async def send(self, outbound: Outbound) -> str:
        ways = to_ways(outbound)
        if not ways[-1].text.strip():
            raise Refused("there is nothing to say", gone=False)
        if outbound.address.chat == CHAT:
            return await self._post(outbound, ways)
        if not number(outbound.address.chat):
            raise Refused("this is no user of X")
        return await self._arrived(outbound, ways) or await self._say(outbound.address.chat, ways)

    async def _arrived(self, outbound: Outbound, ways: tuple[Way, ...]) -> str:
        """The id under which an earlier try arrived; empty when none did."""
        if not outbound.doubted:
            return ""
        since = first_try(outbound)
        known = await self._said(outbound, since)
        return await self._doubts.find(self.account, outbound.address.chat, ways, since, known)

    async def _said(self, outbound: Outbound, since: datetime) -> Collection[str]:
        return await self._desk.said(outbound.address, since) if self._desk else ()

    async def _say(self, person: str, ways: tuple[Way, ...]) -> str:
        text, media = await self._prepare(ways, "dm")
        try:
            id = await self._calls.say(person, text, media)
        except Trouble as trouble:
            failure = to_delivery_error(trouble, self._clock())
        else:
            self._progress.said.add(id)
            return id
        raise failure

    async def _post(self, outbound: Outbound, ways: tuple[Way, ...]) -> str:
        if outbound.doubted:
            since = first_try(outbound)
            known = await self._said(outbound, since)
            text, there = await self._timeline.find(self.account, ways, since, known)
            if there:
                return await self._timeline.post(text, there)
        text, media = await self._prepare(ways, "tweet")
        return await self._timeline.post(text, [], media)

    async def _prepare(self, ways: tuple[Way, ...], purpose: str) -> tuple[str, str]:
        """The words, and the file's id. What X cannot use after all is named."""
        best = ways[0]
        if best.file is None:
            return best.text, ""
        try:
            return best.text, await self.upload(best.file.data, best.file.media_type, purpose)
        except (Refused, Unsupported) as failure:
            log.warning("X does not take a file; it is named", extra={"error": str(failure)})
        return ways[-1].text, ""

    async def upload(self, data: bytes, media_type: str, purpose: str = "tweet") -> str:
        """A picture, video or GIF for a post, or with `dm` for a message: the id under which X
        keeps it for a day. Raises a `DeliveryError`; doing it again does no harm.
        """
        try:
            async with asyncio.timeout(UPLOAD_PATIENCE):
                return await repeatable(self._upload.put(data, media_type, purpose), self._clock)
        except TimeoutError:
            raise Retry("X is not done with the file") from None

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        async with aclosing(self._media.fetch(attachment)) as blocks:
            async for block in blocks:
                yield block


def first_try(outbound: Outbound) -> datetime:
    """No try was earlier than this, by X's clock."""
    return (outbound.written or EVER) - CLOCKS_APART


async def repeatable(call: Awaitable[str], clock: Clock) -> str:
    """Where it may have been done it can be done again."""
    try:
        return await call
    except Trouble as trouble:
        failure = to_error_apart(trouble, clock())
        later = Retry(str(failure)) if isinstance(failure, Unknown) else failure
    raise later
