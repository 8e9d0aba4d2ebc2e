"""What is said: to one person, in a thread, in a room of the staff, or for all."""

import asyncio
import logging

from bots.discord.failures import CROSSPOSTED, Denied, Trouble
from bots.discord.parse import Me
from bots.discord.render import to_body
from bots.discord.repeats import MESSAGES, Repeats
from bots.discord.rest import Rest
from bots.discord.threads import Threads
from bots.discord.whispers import Whispers
from core.messages import Outbound

log = logging.getLogger(__name__)

ANNOUNCEMENTS = 5
"""The type of a channel that others can follow."""
PUBLISHING = 5.0
"""Seconds that it may take to publish news further: what was sent counts already."""


class Saying:
    def __init__(
        self,
        rest: Rest,
        threads: Threads,
        whispers: Whispers,
        repeats: Repeats,
        me: Me,
        news_channel: str,
    ) -> None:
        self._rest = rest
        self._repeats = repeats
        self._threads = threads
        self._whispers = whispers
        self._me = me
        self._news_channel = news_channel
        self._is_followed: bool | None = None

    async def say(self, outbound: Outbound) -> str:
        """The id of the message. Raises `Trouble`, or a `DeliveryError`."""
        place = outbound.address
        if place.thread.startswith("@"):
            return await self._whispers.send(outbound)
        if self._me.has_room(place):
            return await self._say_in_room(outbound)
        if place.thread:  # where a thread begins is no message of the thread
            reply_to = "" if outbound.reply_to == place.thread else outbound.reply_to
            return await self._threads.send(outbound, to_body(outbound, reply_to=reply_to))
        said = await self._write(place.chat, outbound)
        if place.chat == self._news_channel:
            await self._publish(said)
        return said

    async def _say_in_room(self, outbound: Outbound) -> str:
        """To whoever pressed or commanded, for as long as they can be answered; else to all in the
        room. Words wake an archived thread.
        """
        return await self._whispers.answer(outbound) or await self._write(
            outbound.address.thread, outbound
        )

    async def _write(self, channel: str, outbound: Outbound) -> str:
        body = to_body(outbound, reply_to="" if outbound.answer_to else outbound.reply_to)
        return await self._repeats.find(channel, outbound, body) or await self._rest.create(
            MESSAGES, body, channel_id=channel, file=outbound.file
        )

    async def _publish(self, message: str) -> None:
        """To the servers that follow the channel; Discord takes ten an hour:
        https://docs.discord.com/developers/resources/message#crosspost-message
        """
        try:
            async with asyncio.timeout(PUBLISHING):
                if await self._can_be_followed():
                    await self._rest.call(
                        "POST",
                        f"{MESSAGES}/{{message_id}}/crosspost",
                        channel_id=self._news_channel,
                        message_id=message,
                    )
        except (Trouble, TimeoutError) as error:
            if not (isinstance(error, Denied) and error.code == CROSSPOSTED):
                reason = str(error) or "no answer came"
                log.warning("news is in our channel only", extra={"error": reason})

    async def _can_be_followed(self) -> bool:
        if self._is_followed is None:
            channel = await self._rest.call(
                "GET", "/channels/{channel_id}", channel_id=self._news_channel
            )
            self._is_followed = channel.get("type") == ANNOUNCEMENTS
        return self._is_followed
