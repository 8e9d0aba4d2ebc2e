"""The gateway through the library: it connects, resumes, beats and shards; we take the events.

The library would keep a copy of every server, channel, member and message, and wrap each event into
objects and tasks. We need none of that, and an event that we do not use must not be able to end the
connection: so only our own ears are given to it.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
import yarl
from discord.gateway import KeepAliveHandler

from bots.discord.failures import to_closing
from core.adapter import DeliveryError, Retry
from core.settings import Discord

Json = dict[str, Any]
Ears = Mapping[str, Callable[[Json], None]]
"""By the name of an event: https://docs.discord.com/developers/events/gateway-events"""
Pause = Callable[[bool], Awaitable[None]]
"""Called before a session is started, with whether it is the first."""


class Paced:
    """What both kinds of client have in common."""

    pause: Pause

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002
        await self.pause(initial)


class Line(Paced, discord.Client):
    """All of a bot in one process."""


class ShardedLine(Paced, discord.AutoShardedClient):
    """Some shards of a large one. The library would try to launch one without end, even against our
    will: so what we will is asked before, and a second try is ours.
    """

    _launching = -1

    async def launch_shard(
        self, gateway: yarl.URL, shard_id: int, *, initial: bool = False
    ) -> None:
        if shard_id == self._launching:
            raise Retry("a shard's connection to Discord could not be begun")
        await self.pause(initial)
        self._launching = shard_id
        await super().launch_shard(gateway, shard_id, initial=initial)
        self._launching = -1

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        if shard_id != self._launching:
            await super().before_identify_hook(shard_id, initial=initial)


def intents_of(settings: Discord) -> discord.Intents:
    """No more than is used: interactions come without any."""
    in_servers = settings.mentions or bool(settings.staff_channel)
    return discord.Intents(
        guilds=True,
        dm_messages=True,
        guild_messages=in_servers,
        message_content=in_servers,
    )


def dial(settings: Discord, ears: Ears, pause: Pause) -> Line | ShardedLine:
    intents = intents_of(settings)
    line: Line | ShardedLine
    if settings.shard_count:
        shards = list(settings.shard_ids) or list(range(settings.shard_count))
        line = ShardedLine(
            intents=intents,
            max_messages=None,
            shard_count=settings.shard_count,
            shard_ids=shards,
        )
    else:
        line = Line(intents=intents, max_messages=None)
    line.pause = pause
    line._connection.parsers = dict(ears)  # the library's only place to put them
    return line


async def listen(settings: Discord, token: str, ears: Ears, pause: Pause) -> None:
    """Until cancelled. Raises `Refused` when we are not let in, `Retry` after other trouble."""
    line = dial(settings, ears, pause)
    failure: DeliveryError = Retry("the connection to Discord ended")
    try:
        async with line:
            await line.http.static_login(token)
            await line.connect()
    except Exception as error:  # whatever ended it: its words may quote headers
        failure = to_closing(error)
    finally:
        await hang_up(line)
    raise failure


async def hang_up(line: discord.Client) -> None:
    """The library forgets a connection that is given up before it was let in, and its thread: that
    would go on beating, and end in a fault once the loop has gone.
    """
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is line._connection:
            await thread.ws.close(1000)
            await asyncio.to_thread(thread.join)
