"""Files that came in, from Discord's CDN and nowhere else.

Their links expire; then the message in which the file is gives a fresh one.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bots.discord.failures import Denied, Trouble
from bots.discord.parse import line
from bots.discord.rest import Rest
from core.adapter import FetchError, Gone, TooLarge
from core.messages import Attachment

Json = dict[str, Any]

CDN = ("https://cdn.discordapp.com", "https://media.discordapp.net")
"""https://docs.discord.com/developers/reference#image-formatting"""
BLOCK = 64 * 1024
CONNECT_TIMEOUT, READ_TIMEOUT = 10.0, 30.0
EXPIRED = (403, 404)
NO_LONGER = "Discord no longer has the file"


class Refreshed(Exception):
    """The link has expired."""


class Files:
    """`others` are places that serve files besides the CDN."""

    def __init__(self, rest: Rest, limit: int, others: tuple[str, ...] = ()) -> None:
        self._rest = rest
        self._limit = limit
        self._places = (*CDN, *others)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def fetch(self, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        if (attachment.size or 0) > self._limit:
            raise TooLarge(self._limit)
        where, _, link = attachment.handle.partition(" ")
        try:
            async with aclosing(self._download(link)) as blocks:
                async for block in blocks:
                    yield block
            return
        except Refreshed:
            link = await self._fresh_link(where)
        try:
            async with aclosing(self._download(link)) as blocks:
                async for block in blocks:
                    yield block
        except Refreshed:
            raise Gone(NO_LONGER) from None

    async def _download(self, link: str) -> AsyncGenerator[bytes, None]:
        if not self._is_ours(link):
            raise Gone("this is no link to a file at Discord")
        failure: Exception
        try:
            async with self._open().get(link, allow_redirects=False) as response:
                failure = Refreshed() if response.status in EXPIRED else refused(response.status)
                if response.status == 200:
                    async for block in self._blocks(response):
                        yield block
                    return
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = FetchError(f"Discord did not give the file ({type(error).__name__})")
        raise failure

    async def _blocks(self, response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
        """Counted, since what was declared may be wrong."""
        size = 0
        async for block in response.content.iter_chunked(BLOCK):
            size += len(block)
            if size > self._limit:
                raise TooLarge(self._limit)
            yield block

    def _is_ours(self, link: str) -> bool:
        try:
            parts = urlsplit(link)
        except ValueError:
            return False
        return f"{parts.scheme}://{parts.netloc}" in self._places

    async def _fresh_link(self, where: str) -> str:
        """What came in a form is in no message: it is gone with its link."""
        channel, message, id = (*where.split("/"), "", "")[:3]
        if not message:
            raise Gone(NO_LONGER)
        try:
            told = await self._rest.call(
                "GET",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=channel,
                message_id=message,
            )
        except Denied as denied:
            if denied.status in EXPIRED:
                raise Gone(NO_LONGER) from None
            raise FetchError(f"Discord did not give the file ({denied})") from None
        except Trouble as error:
            raise FetchError(f"Discord did not give the file ({error})") from None
        return find_link(told, id)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUT
                ),
            )
        return self._session


def refused(status: int) -> FetchError:
    return FetchError(f"Discord did not give the file (HTTP {status})")


def find_link(message: Json, id: str) -> str:
    """Of the file in a message, or in what was forwarded with it."""
    shots = [shot["message"] for shot in message.get("message_snapshots") or ()]
    for content in (message, *shots):
        for file in content.get("attachments") or ():
            if file["id"] == id:
                return line(file["url"])
    raise Gone(NO_LONGER)
