"""One connection to the gateway, from the events as they come to what is received."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

from bots.discord.answering import Answering
from bots.discord.catching_up import CatchingUp, Unreceived
from bots.discord.failures import Denied, Trouble
from bots.discord.gateway import Ears
from bots.discord.interactions import Interaction, to_interaction
from bots.discord.lanes import Lanes, Sleep, backoff, insist, never
from bots.discord.parse import Me, Unreadable, is_for, is_from_a_person, own_role, to_inbound
from bots.discord.recent import Locales, Recent
from bots.discord.rooms import Rooms
from bots.discord.threads import Threads
from core.adapter import Receive
from core.messages import Inbound, Kind

log = logging.getLogger(__name__)

Json = dict[str, Any]

REMEMBERED = 2_000
"""Messages in rooms, for the case that they are taken back."""


class Hearing:
    def __init__(
        self,
        receive: Receive,
        me: Me,
        lanes: Lanes,
        catching_up: CatchingUp,
        catching_up_in_rooms: CatchingUp,
        answering: Answering,
        threads: Threads,
        rooms: Rooms,
        unreceived: Unreceived,
        locales: Locales,
        sleep: Sleep,
    ) -> None:
        self._receive = receive
        self._me = me
        self._lanes = lanes
        self._catching_up = catching_up
        self._catching_up_in_rooms = catching_up_in_rooms
        self._answering = answering
        self._threads = threads
        self._rooms = rooms
        self._unreceived = unreceived
        self._locales = locales
        self._sleep = sleep
        self._said_in_rooms: Recent[str, Inbound] = Recent(REMEMBERED)
        self._tasks: set[asyncio.Task[None]] = set()
        self.ears: Ears = {
            "READY": self._begin,
            "GUILD_CREATE": self._meet,
            "GUILD_ROLE_CREATE": lambda data: self._meet({"roles": [data.get("role")]}),
            "MESSAGE_CREATE": self._hear,
            "MESSAGE_UPDATE": partial(self._hear, edited=True),
            "MESSAGE_DELETE": self._miss,
            "MESSAGE_DELETE_BULK": self._miss_many,
            "INTERACTION_CREATE": self._act,
        }

    async def close(self) -> None:
        await self._catching_up.close()
        await self._catching_up_in_rooms.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lanes.close()

    def _begin(self, data: Json) -> None:
        """Private channels are all told to the first shard:
        https://docs.discord.com/developers/events/gateway#sharding
        """
        shard, shards = data.get("shard") or (0, 1)
        if shard == 0:
            self._catching_up.start()
        if self._rooms.are_told_to(shard, shards):
            self._catching_up_in_rooms.start()

    def _meet(self, data: Json) -> None:
        """A server tells of its roles when a session begins, and when we come to it."""
        try:
            self._me.roles.update(own_role(role, self._me) for role in data.get("roles") or ())
        except (KeyError, TypeError, AttributeError):
            log.warning("a server's roles were not understood", extra={"id": data.get("id")})
        self._me.roles.discard("")

    def _hear(self, data: Json, *, edited: bool = False) -> None:
        try:
            if data.get("guild_id"):
                self._hear_in_server(data, edited)
            else:
                self._hear_in_private(data, edited)
        except (Unreadable, KeyError, TypeError, ValueError, AttributeError):
            log.warning("a message was not understood", extra={"id": data.get("id")})

    def _hear_in_private(self, data: Json, edited: bool) -> None:
        inbound = to_inbound(data, self._me, edited=edited, language=self._language(data))
        if inbound is None:
            return
        channel = inbound.address.chat
        if self._catching_up.is_due(channel):
            self._lanes.put(channel, partial(self._catching_up.read, channel))
        self._unreceived.note(channel, inbound.message)
        self._lanes.put(channel, partial(self._take, inbound))

    def _hear_in_server(self, data: Json, edited: bool) -> None:
        """Most of what is written there is not for us."""
        if is_from_a_person(data) and (self._rooms.may_be(data) or is_for(data, self._me)):
            self._lanes.put(data["channel_id"], partial(self._take_in_server, data, edited))

    async def _take_in_server(self, data: Json, edited: bool) -> None:
        parent = await self._parent_of(data)
        language = self._language(data)
        inbound = to_inbound(data, self._me, edited=edited, parent=parent, language=language)
        if inbound is None:
            return
        if inbound.in_room:
            self._said_in_rooms.put(inbound.message, inbound)
            await self._catch_up_in_room(inbound.address.thread)
        await insist(partial(self._receive, inbound), self._sleep, inbound.event, never)

    def _miss(self, data: Json) -> None:
        """Words that are taken back in a room are changed to none. Discord tells only which they
        were.
        """
        if self._rooms.may_be(data):
            self._lanes.put(str(data.get("channel_id")), partial(self._take_back, data.get("id")))

    def _miss_many(self, data: Json) -> None:
        for id in data.get("ids") or ():
            self._miss(data | {"id": id})

    async def _take_back(self, message: object) -> None:
        said = self._said_in_rooms.drop(str(message))
        if said:
            gone = replace(
                said,
                event=f"d:{said.message}",
                kind=Kind.EDIT,
                at=datetime.now(UTC),
                text="",
                attachments=(),
            )
            await insist(partial(self._receive, gone), self._sleep, gone.event, never)

    async def _parent_of(self, data: Json) -> str:
        """What may have been said in a room waits until that is known."""
        for failures in count():
            try:
                return await self._threads.parent_of(data["channel_id"])
            except Trouble as error:
                log.warning("a channel cannot be looked at", extra={"error": str(error)})
                is_refused = isinstance(error, Denied) and error.status in (403, 404)
                if is_refused or not self._rooms.may_be(data):
                    break
                await self._sleep(backoff(failures))
        return ""  # taken for a channel, in which the answer opens a thread

    async def _catch_up_in_room(self, thread: str) -> None:
        """In its lane."""
        if self._catching_up_in_rooms.is_due(thread):
            await self._catching_up_in_rooms.read(thread)

    async def _take(self, inbound: Inbound) -> None:
        await insist(partial(self._receive, inbound), self._sleep, inbound.event, never)
        self._unreceived.received(inbound.address.chat, inbound.message)

    def _language(self, data: Json) -> str:
        return self._locales.get(str((data.get("author") or {}).get("id"))) or ""

    def _act(self, data: Json) -> None:
        try:
            interaction = to_interaction(data, self._me)
        except Unreadable as error:
            log.warning("an interaction was not understood", extra={"error": str(error)})
            return
        if interaction:
            self._locales.put(interaction.sender.id, interaction.sender.language)
            self._start(self._respond(interaction))

    async def _respond(self, interaction: Interaction) -> None:
        """In private and in rooms, what was said before the press was missed, too, comes first."""
        channel = interaction.channel
        if interaction.private and self._catching_up.is_due(channel):
            self._lanes.put(channel, partial(self._catching_up.read, channel))
        if interaction.in_room:
            self._lanes.put(channel, partial(self._catch_up_in_room, channel))
        await self._answering.take(interaction)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("an interaction failed", extra={"error": type(error).__name__})
