"""What we said is said otherwise, or taken back."""

from bots.discord.failures import ARCHIVED, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, Denied
from bots.discord.parse import Json, Me
from bots.discord.render import to_change
from bots.discord.repeats import MESSAGES
from bots.discord.rest import Rest
from bots.discord.whispers import Whispers
from core.messages import Address, Outbound

MESSAGE = f"{MESSAGES}/{{message_id}}"


class Changing:
    """All that it does can be done again."""

    def __init__(self, rest: Rest, whispers: Whispers, me: Me) -> None:
        self._rest = rest
        self._whispers = whispers
        self._me = me

    async def edit(self, outbound: Outbound, message: str) -> None:
        """Raises `Trouble`."""
        await self._change("PATCH", outbound.address, message, to_change(outbound))

    async def withdraw(self, address: Address, message: str) -> None:
        """Raises `Trouble`, but none when the message is gone already."""
        try:
            await self._change("DELETE", address, message)
        except Denied as denied:
            if denied.code != UNKNOWN_MESSAGE:
                raise

    async def _change(
        self, verb: str, address: Address, message: str, body: Json | None = None
    ) -> None:
        if await self._whispers.change(verb, message, body):
            return None
        thread = address.thread
        if thread.startswith("@"):
            private = await self._whispers.private_with(thread.removeprefix("@"))
            return await self._call(verb, private, message, body)
        try:
            return await self._in_thread(verb, thread or address.chat, message, body)
        except Denied as denied:
            may_be_above = thread and not self._me.has_room(address)
            if denied.code != UNKNOWN_CHANNEL or not may_be_above:
                raise
        # no thread could be made: it is a reply in the channel
        return await self._call(verb, address.chat, message, body)

    async def _in_thread(self, verb: str, channel: str, message: str, body: Json | None) -> None:
        """In an archived thread nothing can be changed; it is opened for that."""
        try:
            await self._call(verb, channel, message, body)
        except Denied as denied:
            if denied.code != ARCHIVED:
                raise
            await self._rest.call(
                "PATCH", "/channels/{channel_id}", {"archived": False}, channel_id=channel
            )
            await self._call(verb, channel, message, body)

    async def _call(self, verb: str, channel: str, message: str, body: Json | None) -> None:
        await self._rest.call(verb, MESSAGE, body, channel_id=channel, message_id=message)
