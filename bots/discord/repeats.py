"""Whether what may have arrived did, once Discord no longer knows its nonce.

https://docs.discord.com/developers/resources/message#create-message: it is remembered for a few
minutes, and a desk may be down for longer.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bots.discord.failures import Denied
from bots.discord.parse import EPOCH, Json, Unreadable, newest_last, number
from bots.discord.rest import Rest
from core.messages import Address, Enclosed, Outbound

Said = Callable[[Address, datetime], Awaitable[Collection[str]]]
"""What the desk knows to have arrived: see `core.adapter.Lookup`."""

SURE = timedelta(minutes=2)
"""For which a nonce is known for certain."""
SKEW = timedelta(minutes=1)
"""By which Discord's clock and ours may differ."""
PAGE = 100
MESSAGES = "/channels/{channel_id}/messages"


class Repeats:
    def __init__(self, rest: Rest, said: Said) -> None:
        self._rest = rest
        self._said = said

    async def find(self, channel: str, outbound: Outbound, body: Json) -> str:
        """The id of it in the channel; empty when it is not there, or Discord tells by itself.
        Raises `Trouble`.
        """
        written = outbound.written
        if not outbound.doubted or written is None or datetime.now(UTC) - written < SURE:
            return ""
        since = written - SKEW
        ours = [
            str(message["id"])
            for message in await self._read(channel, since)
            if number(message["author"]["id"]) == outbound.address.account
            and is_same(message, body, outbound.file)
        ]
        known = await self._known(outbound.address, channel, since - 2 * SKEW) if ours else set()
        return next((id for id in ours if id not in known), "")

    async def _read(self, channel: str, since: datetime) -> list[Json]:
        """All that was said there since, the newest last; of a channel that is gone nothing."""
        after, found = first_id(since), list[Json]()
        while True:
            query = {"after": after, "limit": PAGE}
            try:
                told = await self._rest.call("GET", MESSAGES, query=query, channel_id=channel)
                page = newest_last(told)
            except Denied as denied:
                if denied.status not in (403, 404):
                    raise
                return []
            except Unreadable:
                return found
            found += page
            if len(page) < PAGE:
                return found
            after = str(page[-1]["id"])

    async def _known(self, address: Address, channel: str, since: datetime) -> set[str]:
        """Also of what was said in private to somebody who asked in a server, or the other way."""
        there = replace(address, chat=channel, thread="")
        return {*await self._said(address, since), *await self._said(there, since)}


def first_id(at: datetime) -> str:
    """None that was made later is smaller."""
    return str(max(int(at.timestamp() * 1000) - EPOCH, 0) << 22)


def is_same(message: Json, body: Json, file: Enclosed | None) -> bool:
    """Whether it says what `body` does; the names of files are changed by Discord."""
    shown = [embed.get("description") for embed in message.get("embeds") or ()]
    framed = [embed["description"] for embed in body.get("embeds") or ()]
    sizes = [one.get("size") for one in message.get("attachments") or ()]
    words = str(body.get("content") or "").strip()
    return (
        str(message.get("content") or "").strip() == words
        and (bool(words) or shown == framed)
        and sizes == ([len(file.data)] if file else [])
    )
