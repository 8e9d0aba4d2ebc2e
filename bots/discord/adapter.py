"""Discord as a platform: private messages, commands in servers, threads under a mention, rooms of
the staff, and news.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Collection
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bots.discord import commands, gateway
from bots.discord.acknowledging import Acknowledging
from bots.discord.answering import QUICK, Answering, Quoted
from bots.discord.budget import InvalidRequests, check_starts
from bots.discord.catching_up import CatchingUp, Unreceived, last_heard_in_private
from bots.discord.changing import Changing
from bots.discord.discretion import keep_quiet
from bots.discord.failures import NO_INTENT, Trouble, to_delivery_error, to_start_error
from bots.discord.files import Files
from bots.discord.hearing import Hearing
from bots.discord.lanes import Lanes, Sleep
from bots.discord.limits import discord_limits
from bots.discord.parse import PLATFORM, Json, Me, number, to_inbound
from bots.discord.recent import Locales
from bots.discord.repeats import Repeats
from bots.discord.rest import Rest, redirect
from bots.discord.rooms import Rooms
from bots.discord.saying import Saying
from bots.discord.threads import Threads
from bots.discord.whispers import Whispers
from core.adapter import (
    Adapter,
    DeliveryError,
    Edits,
    LooksUp,
    Lookup,
    OpensRooms,
    Publishes,
    Receive,
    Refused,
    Withdraws,
)
from core.i18n import Languages, Speech
from core.messages import Address, Attachment, Outbound
from core.settings import Discord, Wrong

log = logging.getLogger(__name__)

START_GAP = 5.0
"""Seconds between session starts: https://docs.discord.com/developers/events/gateway#rate-limiting
"""
CONTENT_GRANTED = 1 << 18 | 1 << 19
"""https://docs.discord.com/developers/resources/application#application-object-application-flags"""
QUOTED = 1_000
SPEAKERS = 10_000


class DiscordAdapter(Adapter, LooksUp, Edits, Withdraws, OpensRooms, Publishes):
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
        self._me = Me("", settings.staff_channel, settings.mentions)
        self._application = ""
        self._locales: Locales = Locales(SPEAKERS)
        self._quoted: Quoted = Quoted(QUOTED)
        self._unreceived = Unreceived()
        self._invalid = InvalidRequests()
        self._rest = Rest(settings.token.get_secret_value(), self._invalid)
        self._acknowledging = Acknowledging(self._rest)
        repeats = Repeats(self._rest, self._said)
        self._threads = Threads(self._rest, repeats, self._speech_at)
        self._whispers = Whispers(self._rest, self._acknowledging, repeats, self._speech_at)
        self._rooms = Rooms(self._rest, self._threads, settings.staff_channel)
        self._saying = Saying(
            self._rest, self._threads, self._whispers, repeats, self._me, settings.news_channel
        )
        self._changing = Changing(self._rest, self._whispers, self._me)
        self._files = Files(self._rest, settings.file_limit, other_places(settings))

    def look_up(self, desk: Lookup) -> None:
        self._desk = desk

    async def _speech_at(self, address: Address) -> Speech:
        """The desk's own where it does not know the reader's, or not now."""
        tag = ""
        try:
            tag = await self._desk.language(address) if self._desk else ""
        except Exception as error:
            log.warning("the desk could not be asked", extra={"error": type(error).__name__})
        return self._languages.speak(tag)

    async def _said(self, address: Address, since: datetime) -> Collection[str]:
        return await self._desk.said(address, since) if self._desk else ()

    async def open(self) -> None:
        redirect(self._settings.api_url.rstrip("/"), self._settings.gateway_url)
        me = await ask(self._rest.log_in())
        application = await ask(self._rest.call("GET", "/applications/@me"))
        reads_along = self._settings.mentions or self.has_rooms
        if reads_along and not (application.get("flags") or 0) & CONTENT_GRANTED:
            raise Refused(NO_INTENT)
        self._application = self._whispers.application = number(application["id"])
        self.account = number(me["id"])
        self._me = Me(self.account, self._settings.staff_channel, self._settings.mentions)
        await self._check_starts()
        await ask(self._rooms.look())
        await commands.show(
            self._rest, self._application, self._languages, self._settings.guild, self._rooms.guild
        )

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
        desk, me = self._desk, self._me
        catching_up = CatchingUp(
            self._rest,
            lanes,
            receive,
            partial(last_heard_in_private, desk, me),
            partial(to_inbound, me=me),
            self._unreceived,
            self._sleep,
        )
        catching_up_in_rooms = CatchingUp(
            self._rest,
            lanes,
            receive,
            partial(self._rooms.last_heard, desk, me),
            partial(to_inbound, me=me, parent=me.staff_channel),
            Unreceived(),
            self._sleep,
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
            me,
            lanes,
            catching_up,
            catching_up_in_rooms,
            answering,
            self._threads,
            self._rooms,
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
        if not outbound.file and not (outbound.text + outbound.title).strip():
            raise Refused("there is nothing to say", gone=False)
        try:
            return await self._saying.say(outbound)
        except Trouble as error:
            failure = to_delivery_error(error, keyed=bool(outbound.nonce))
        raise failure

    async def edit(self, outbound: Outbound, message: str) -> None:
        await deliver(self._changing.edit(outbound, message))

    async def withdraw(self, address: Address, message: str) -> None:
        await deliver(self._changing.withdraw(address, message))

    @property
    def has_rooms(self) -> bool:
        return bool(self._settings.staff_channel)

    async def open_room(self, title: str) -> Address:
        try:
            return await self._rooms.open(title, self._me)
        except Trouble as error:
            failure = to_delivery_error(error, keyed=False)
        raise failure

    @property
    def public_place(self) -> Address | None:
        channel = self._settings.news_channel
        return Address(PLATFORM, self.account, channel) if channel else None

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
        return dict(answer or {})
    raise failure


async def deliver(change: Awaitable[None]) -> None:
    """A change that can be made again. Raises a `DeliveryError`."""
    failure: DeliveryError
    try:
        return await change
    except Trouble as error:
        failure = to_delivery_error(error, keyed=True)
    raise failure


def other_places(settings: Discord) -> tuple[str, ...]:
    """An interface of one's own serves its files itself."""
    if settings.api_url == Discord().api_url:
        return ()
    parts = urlsplit(settings.api_url)
    return (f"{parts.scheme}://{parts.netloc}",)
