"""The staff's channel, in which each ticket gets a thread of its own: a room."""

import logging

from bots.discord.failures import MISSING_ACCESS, MISSING_PERMISSIONS, Denied
from bots.discord.markdown import plain
from bots.discord.parse import PLATFORM, THREAD_TYPES, Json, Me, Unreadable, number
from bots.discord.render import SILENCE, SUPPRESS_EMBEDS
from bots.discord.rest import Rest
from bots.discord.threads import NAME, Threads
from core.adapter import Lookup
from core.cleaning import clean_line
from core.messages import Address

log = logging.getLogger(__name__)

ANNOUNCEMENTS, FORUMS = 5, (15, 16)
OPEN_TO_FOLLOWERS, OPEN, CLOSED = 10, 11, 12
"""https://docs.discord.com/developers/resources/channel#channel-object-channel-types"""
A_WEEK = 10_080
"""Minutes of silence, the most there is, after which Discord archives a thread."""
NOT_ALLOWED = (MISSING_ACCESS, MISSING_PERMISSIONS)
NO_CHANNEL = (
    "Discord shows us no channel with the id in FRONTDESK_DISCORD__STAFF_CHANNEL: no room can be "
    "opened, and the staff's commands are not shown. Check the id, and that the bot is in that "
    "server and may see the channel"
)


class Rooms:
    def __init__(self, rest: Rest, threads: Threads, channel: str) -> None:
        self._rest = rest
        self._threads = threads
        self._channel = channel
        self._kind = -1
        self.guild = ""
        """Of the channel; empty until it was looked at."""

    async def look(self) -> None:
        """At the channel, if one is set. Raises `Trouble` when it may be seen later."""
        if not self._channel:
            return
        try:
            await self._learn()
        except Denied as denied:
            if denied.status not in (403, 404):
                raise
            log.error(NO_CHANNEL)

    async def _learn(self) -> None:
        if self._kind < 0:
            told = await self._rest.call("GET", "/channels/{channel_id}", channel_id=self._channel)
            self.guild, self._kind = number(told["guild_id"]), told["type"]

    async def open(self, title: str, me: Me) -> Address:
        """Raises `Trouble`. In a forum as a post; else closed to all but those who are let in or
        may manage threads, where that is allowed.
        """
        await self._learn()
        name = clean_line(title, NAME) or "…"
        if self._kind in FORUMS:
            words = {
                "content": plain(name),
                "allowed_mentions": SILENCE,
                "flags": SUPPRESS_EMBEDS,
            }
            return self._address(me, await self._make({"name": name, "message": words}))
        if self._kind == ANNOUNCEMENTS:
            return self._address(me, await self._make({"name": name, "type": OPEN_TO_FOLLOWERS}))
        try:
            made = await self._make({"name": name, "type": CLOSED})
        except Denied as denied:
            if denied.code not in NOT_ALLOWED:
                raise
            made = await self._make({"name": name, "type": OPEN})
        return self._address(me, made)

    async def _make(self, form: Json) -> str:
        made = await self._rest.create(
            "/channels/{channel_id}/threads",
            form | {"auto_archive_duration": A_WEEK},
            channel_id=self._channel,
        )
        self._threads.note(made, self._channel)
        return made

    def _address(self, me: Me, thread: str) -> Address:
        return Address(PLATFORM, me.id, self._channel, thread)

    def may_be(self, message: Json) -> bool:
        """Whether it may have been written in a room. Not every message tells the kind of its
        channel.
        """
        if not self.guild or str(message.get("guild_id")) != self.guild:
            return False
        return message.get("channel_type", OPEN) in THREAD_TYPES

    def are_told_to(self, shard: int, shards: int) -> bool:
        """https://docs.discord.com/developers/events/gateway#sharding"""
        return bool(self.guild) and (int(self.guild) >> 22) % max(shards, 1) == shard

    async def last_heard(self, desk: Lookup | None, me: Me) -> dict[str, str]:
        """By the thread, what was received last. A room of ours in which nobody was heard yet is
        read from its beginning. Raises `Trouble`.
        """
        heard = {one: one for one in await self._active(me)}
        known = await desk.last_heard(PLATFORM, me.id) if desk else {}
        for address, message in known.items():
            if me.has_room(address) and message.isdecimal():
                heard[address.thread] = message
        return heard

    async def _active(self, me: Me) -> list[str]:
        """Our own: in others nothing was said to us before we came."""
        try:
            told = await self._rest.call(
                "GET", "/guilds/{guild_id}/threads/active", guild_id=self.guild
            )
        except Denied as denied:
            if denied.status not in (403, 404):
                raise
            log.warning("the staff's rooms cannot be listed", extra={"error": str(denied)})
            return []
        try:
            return [
                number(thread["id"])
                for thread in told["threads"]
                if thread.get("parent_id") == self._channel and thread.get("owner_id") == me.id
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise Unreadable(type(error).__name__) from None
