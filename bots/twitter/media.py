"""Files that came in, from X's own places and nowhere else.

https://docs.x.com/x-api/direct-messages/media/introduction: what an older address names can be had
with OAuth 2.0 from the interface itself; with OAuth 1.0a only at that address.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from urllib.parse import urlsplit

from bots.twitter.failures import Denied, Trouble
from bots.twitter.signing import Keys
from bots.twitter.tokens import Tokens
from bots.twitter.wire import Headers, Redirect, Wire
from core.adapter import FetchError, Gone, TooLarge
from core.messages import Attachment

PLACES = (
    *("https://ton.twitter.com", "https://ton.x.com"),
    *("https://pbs.twimg.com", "https://video.twimg.com"),
)
OLDER = re.compile(r"https://ton\.(?:twitter|x)\.com/1\.1/ton/data/dm/(\d+)/(\d+)/([\w.-]{1,50})")
NEWER = re.compile(r"https?://[^/]+/2/dm_conversations/media/(\d+)/(\d+)/([\w.-]{1,50})")
HOPS = 3
NO_LONGER = "X no longer has the file"


class Media:
    """`root` is X's interface; `limit` is in bytes."""

    def __init__(self, root: str, wire: Wire, keys: Keys, tokens: Tokens, limit: int) -> None:
        self._root = root
        self._wire = wire
        self._keys = keys
        self._tokens = tokens
        self._limit = limit
        self._places = (*PLACES, origin(root))

    async def fetch(self, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        if (attachment.size or 0) > self._limit:
            raise TooLarge(self._limit)
        failure: FetchError = Gone("X gives no link to the file")
        denials: list[int] = []
        async for url, headers in self._ways(attachment.handle.partition(" ")[2], denials):
            try:
                async with aclosing(self._counted(url, headers)) as blocks:
                    async for block in blocks:
                        yield block
                return
            except Trouble as trouble:
                failure = to_fetch_error(trouble)
                if not isinstance(trouble, Denied) or trouble.status not in (401, 403):
                    break
                denials.append(trouble.status)
        raise failure

    async def _ways(self, link: str, denials: list[int]) -> AsyncIterator[tuple[str, Headers]]:
        """Where the file is, with what authorises us there; the next one when we are not let in,
        as `denials` tells.
        """
        if not self._is_xs(link):
            return
        named = OLDER.fullmatch(link) or NEWER.fullmatch(link)
        if named and self._tokens.are_set:
            url = f"{self._root}/2/dm_conversations/media/{'/'.join(named.groups())}"
            headers = await self._token()
            if headers:
                yield url, headers
            if denials == [401]:
                yield url, await self._token(refused=headers)
        if not NEWER.fullmatch(link):
            yield link, self._sign(link)

    def _sign(self, link: str) -> Headers:
        try:
            return self._keys.sign("GET", link)
        except ValueError:
            raise Gone("X gives no link to the file") from None

    async def _token(self, refused: Headers | None = None) -> Headers:
        """Nothing when there is none to be had: the older way may do."""
        try:
            return await self._tokens.header(refused=refused)
        except Trouble:
            return {}

    async def _counted(self, url: str, headers: Headers) -> AsyncGenerator[bytes, None]:
        """X does not say how long a file is."""
        size = 0
        async with aclosing(self._download(url, headers)) as blocks:
            async for block in blocks:
                size += len(block)
                if size > self._limit:
                    raise TooLarge(self._limit)
                yield block

    async def _download(self, url: str, headers: Headers) -> AsyncGenerator[bytes, None]:
        """What authorises us stays with the first place: whoever it sends us to gets nothing."""
        for _ in range(HOPS):
            on = ""
            async with aclosing(self._wire.download(url, headers)) as blocks:
                async for block in blocks:
                    if isinstance(block, Redirect):
                        on = block.url
                    else:
                        yield block
            if not on:
                return
            if not self._is_xs(on):
                raise FetchError("X sent us elsewhere for the file")
            url, headers = on, {}
        raise FetchError("X sent us around in circles for the file")

    def _is_xs(self, link: str) -> bool:
        try:
            return origin(link) in self._places
        except ValueError:
            return False


def origin(link: str) -> str:
    """Raises `ValueError` for what is no link."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}"


def to_fetch_error(trouble: Trouble) -> FetchError:
    if isinstance(trouble, Denied) and trouble.status in (404, 410):
        return Gone(NO_LONGER)
    return FetchError(f"X did not give the file ({trouble})")
