"""Answers to a mention: they go into a thread, so that the channel stays readable."""

from collections.abc import Awaitable, Callable

from bots.discord.failures import THREAD_EXISTS, UNKNOWN_CHANNEL, Denied
from bots.discord.parse import THREAD_TYPES, Json, number
from bots.discord.recent import Recent
from bots.discord.repeats import MESSAGES, Repeats
from bots.discord.rest import Rest
from core.i18n import Speech, mark
from core.messages import Address, Outbound

NAME = 100
A_DAY = 1440
REMEMBERED = 10_000
SUPPORT = mark("Support")
SpeechAt = Callable[[Address], Awaitable[Speech]]
"""The language of whoever reads at an address, as far as the desk knows it."""


class Threads:
    def __init__(self, rest: Rest, repeats: Repeats, speech_at: SpeechAt) -> None:
        self._rest = rest
        self._repeats = repeats
        self._speech_at = speech_at
        self._parents: Recent[str, str] = Recent(REMEMBERED)

    async def parent_of(self, channel: str) -> str:
        """The channel in which this thread is; empty for what is no thread. Raises `Trouble`."""
        known = self._parents.get(channel)
        if known is not None:
            return known
        told = await self._rest.call("GET", "/channels/{channel_id}", channel_id=channel)
        is_thread = told.get("type") in THREAD_TYPES and told.get("parent_id")
        parent = number(told["parent_id"]) if is_thread else ""
        self.note(channel, parent)
        return parent

    def note(self, channel: str, parent: str) -> None:
        self._parents.put(channel, parent)

    async def send(self, outbound: Outbound, body: Json) -> str:
        """Into the thread, which is made if there is none; where that is not allowed, as a reply
        in the channel.
        """
        channel, thread = outbound.address.chat, outbound.address.thread
        try:
            return await self._say(thread, body, outbound)
        except Denied as denied:
            if denied.code != UNKNOWN_CHANNEL:
                raise
        if await self._make(channel, thread, await self._name(outbound)):
            return await self._say(thread, body, outbound)
        reply = {"message_id": thread, "fail_if_not_exists": False}
        return await self._say(channel, body | {"message_reference": reply}, outbound)

    async def _say(self, channel: str, body: Json, outbound: Outbound) -> str:
        return await self._repeats.find(channel, outbound, body) or await self._rest.create(
            MESSAGES, body, channel_id=channel, file=outbound.file
        )

    async def _name(self, outbound: Outbound) -> str:
        """Nobody's own words: they would stand in the channel when the message is deleted."""
        title = outbound.title.strip()[:NAME]
        return title or (await self._speech_at(outbound.address)).t(SUPPORT)

    async def _make(self, channel: str, message: str, name: str) -> bool:
        """A thread made from a message has the message's id:
        https://docs.discord.com/developers/resources/channel#start-thread-from-message
        """
        try:
            await self._rest.call(
                "POST",
                "/channels/{channel_id}/messages/{message_id}/threads",
                {"name": name, "auto_archive_duration": A_DAY},
                channel_id=channel,
                message_id=message,
            )
        except Denied as denied:
            if denied.status == 429 or denied.status >= 500 or denied.bad_token:
                raise
            return denied.code == THREAD_EXISTS
        return True
