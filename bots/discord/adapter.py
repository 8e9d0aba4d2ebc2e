"""Discord as a platform: private messages, commands in servers, and threads under a mention."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bots.discord import commands, gateway
from bots.discord.acknowledging import Acknowledging
from bots.discord.answering import QUICK, Answering, Quoted
from bots.discord.budget import InvalidRequests, check_starts
from bots.discord.catching_up import CatchingUp, Unreceived
from bots.discord.discretion import keep_quiet
from bots.discord.failures import NO_INTENT, Trouble, to_delivery_error, to_start_error
from bots.discord.files import Files
from bots.discord.hearing import Hearing
from bots.discord.lanes import Lanes, Sleep
from bots.discord.limits import discord_limits
from bots.discord.parse import PLATFORM, Json, Me, number
from bots.discord.recent import Locales
from bots.discord.render import to_body
from bots.discord.rest import Rest, redirect
from bots.discord.threads import MESSAGES, Threads
from bots.discord.whispers import Whispers
from core.adapter import Adapter, LooksUp, Lookup, Receive, Refused
from core.i18n import Languages
from core.messages import Attachment, Outbound
from core.settings import Discord, Wrong

log = logging.getLogger(__name__)

T = TypeVar("T")

START_GAP = 5.0
"""Seconds between session starts: https://docs.discord.com/developers/events/gateway#rate-limiting
"""
CONTENT_GRANTED = 1 << 18 | 1 << 19
"""https://docs.discord.com/developers/resources/application#application-object-application-flags"""
QUOTED = 1_000
SPEAKERS = 10_000


class DiscordAdapter(Adapter, LooksUp):
    """Raises `Wrong` for settings with which it cannot start. `quick` is for how many seconds an
    interaction may wait to be received before it is acknowledged.
    """

    platform = PLATFORM
    account = ""

    def __init__(
        self,
        settings: Discord,
        languages: Languages,
        *,
        sleep: Sleep = asyncio.sleep,
        quick: float = QUICK,
    ) -> None:
        if settings.token is None:
            raise Wrong("FRONTDESK_DISCORD__TOKEN: it is not set")
        keep_quiet()
        self.limits = discord_limits(settings)
        self._settings = settings
        self._token = settings.token
        self._languages = languages
        self._sleep = sleep
        self._quick = quick
        self._desk: Lookup | None = None
        self._me = Me("")
        self._application = ""
        self._locales: Locales = Locales(SPEAKERS)
        self._quoted: Quoted = Quoted(QUOTED)
        self._unreceived = Unreceived()
        self._invalid = InvalidRequests()
        self._rest = Rest(settings.token.get_secret_value(), self._invalid)
        self._acknowledging = Acknowledging(self._rest)
        self._threads = Threads(self._rest)
        self._whispers = Whispers(self._rest, self._acknowledging, languages, self._locales)
        self._files = Files(self._rest, settings.file_limit, other_places(settings))

    def look_up(self, desk: Lookup) -> None:
        self._desk = desk

    async def open(self) -> None:
        redirect(self._settings.api_url.rstrip("/"), self._settings.gateway_url)
        me = await ask(self._rest.log_in())
        application = await ask(self._rest.call("GET", "/applications/@me"))
        if self._settings.mentions and not (application.get("flags") or 0) & CONTENT_GRANTED:
            raise Refused(NO_INTENT)
        self._application = self._whispers.application = number(application["id"])
        self.account = number(me["id"])
        self._me = Me(self.account)
        await self._check_starts()
        await commands.show(self._rest, self._application, self._settings.guild, self._languages)

    async def _check_starts(self) -> None:
        told = await ask(self._rest.call("GET", "/gateway/bot"))
        limit = told["session_start_limit"]
        check_starts(limit["remaining"], limit["reset_after"] / 1000)

    async def close(self) -> None:
        await self._files.close()
        await self._rest.close()

    async def listen(self, receive: Receive) -> None:
        """Raises `Refused` when Discord no longer lets us in, `Retry` when it cannot begin."""
        hearing = self._hearing(receive)
        token = self._token.get_secret_value()
        try:
            await gateway.listen(self._settings, token, hearing.ears, self._before_start)
        finally:
            await hearing.close()

    def _hearing(self, receive: Receive) -> Hearing:
        lanes = Lanes()
        catching_up = CatchingUp(
            self._rest, lanes, receive, self._me, self._desk, self._unreceived, self._sleep
        )
        answering = Answering(
            receive,
            lanes,
            self._acknowledging,
            self._desk,
            self._languages,
            self._application,
            self._quoted,
            self._sleep,
            self._quick,
        )
        return Hearing(
            receive,
            self._me,
            lanes,
            catching_up,
            answering,
            self._threads,
            self._unreceived,
            self._locales,
            self._sleep,
        )

    async def _before_start(self, first: bool) -> None:
        """`open` has looked already before the first."""
        if not first:
            await self._sleep(START_GAP)
            await self._check_starts()

    async def send(self, outbound: Outbound) -> str:
        if not (outbound.text + outbound.title).strip():
            raise Refused("there is nothing to say", gone=False)
        try:
            return await self._say(outbound)
        except Trouble as error:
            failure = to_delivery_error(error, keyed=bool(outbound.nonce))
        raise failure

    async def _say(self, outbound: Outbound) -> str:
        thread = outbound.address.thread
        if thread.startswith("@"):
            return await self._whispers.send(outbound)
        if thread:  # where a thread begins is no message of the thread
            reply_to = "" if outbound.reply_to == thread else outbound.reply_to
            return await self._threads.send(outbound, to_body(outbound, reply_to=reply_to))
        body = to_body(outbound, reply_to=outbound.reply_to)
        return await self._rest.create(MESSAGES, body, channel_id=outbound.address.chat)

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        async with aclosing(self._files.fetch(attachment)) as blocks:
            async for block in blocks:
                yield block


async def ask(call: Awaitable[Any]) -> Json:
    """A call without which nothing works. Raises `Retry` or `Refused`."""
    try:
        answer = await call
    except Trouble as error:
        failure = to_start_error(error)
    else:
        return dict(answer)
    raise failure


def other_places(settings: Discord) -> tuple[str, ...]:
    """An interface of one's own serves its files itself."""
    if settings.api_url == Discord().api_url:
        return ()
    parts = urlsplit(settings.api_url)
    return (f"{parts.scheme}://{parts.netloc}",)
