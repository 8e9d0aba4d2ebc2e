"""The wire to X: one session with connections kept open, for tweepy and for what tweepy lacks.

Answers are read and judged here, and failures are raised without those that caused them: aiohttp's
quote URLs, and what X answers may quote what people wrote.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from bots.twitter.failures import Denied, Lost, NotConnected, Trouble, read_denial

CONNECT_TIMEOUT, READ_TIMEOUT = 10.0, 30.0
BLOCK = 64 * 1024
LARGEST = 8_000_000
"""Bytes of an answer: a page of a hundred messages is far below."""
NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)
TOLD_BY_STATUS = (401, 429)
"""What these mean is plain whatever the body is, or whoever wrote it on the way."""

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a call that was done."""

    status: int
    headers: Headers = field(repr=False)
    told: Any = field(repr=False)


class Wire:
    """A `connector` may lead elsewhere than names say, and is closed with the session."""

    def __init__(self, connector: aiohttp.BaseConnector | None = None) -> None:
        self._connector = connector
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def call(
        self,
        method: str,
        url: str,
        headers: Headers,
        *,
        body: bytes | aiohttp.FormData | None = None,
    ) -> Answer:
        """Raises `Trouble`. `url` is encoded already, as it was signed."""
        failure: Trouble
        try:
            async with self._open().request(
                method, URL(url, encoded=True), headers=headers, data=body, allow_redirects=False
            ) as response:
                return judge(response, await read(response))
        except Trouble as trouble:
            failure = trouble
        except NOT_SENT as error:
            failure = NotConnected(type(error).__name__)
        except Exception as error:  # whatever it is, it may quote the URL
            failure = Lost(type(error).__name__)
        raise failure

    async def download(
        self, url: str, headers: Headers
    ) -> AsyncGenerator["bytes | Redirect", None]:
        """Blocks of a file, or where it is instead. Raises `Trouble`."""
        failure: Trouble
        try:
            async with self._open().get(
                URL(url, encoded=True), headers=headers, allow_redirects=False
            ) as response:
                if response.status == 200:
                    async for block in response.content.iter_chunked(BLOCK):
                        yield block
                    return
                if response.status in (301, 302, 303, 307, 308):
                    yield Redirect(str(response.url.join(URL(response.headers["Location"]))))
                    return
                failure = Denied(response.status)
        except NOT_SENT as error:
            failure = NotConnected(type(error).__name__)
        except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
            failure = Lost(type(error).__name__)
        raise failure

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUT
                ),
            )
        return self._session


@dataclass(frozen=True, slots=True)
class Redirect:
    """What was asked for is at another place."""

    url: str


async def read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for block in response.content.iter_any():
        body += block
        if len(body) > LARGEST:
            raise Lost("the answer has no end")
    return bytes(body)


def judge(response: aiohttp.ClientResponse, body: bytes) -> Answer:
    """Raises `Trouble` for everything but a success that can be read.

    tweepy 4.17 takes any answer for JSON: a page of HTML, as proxies write them, ends there in
    `aiohttp.ContentTypeError` whatever the status, and JSON of another shape in `AttributeError`
    (asynchronous/client.py, `request`; errors.py, `HTTPException`). It never sees one.
    """
    status = response.status
    try:
        told = json.loads(body) if body else None
    except (ValueError, RecursionError):
        if status in TOLD_BY_STATUS:
            raise read_denial(status, None, response.headers) from None
        raise Lost(f"HTTP {status}, not JSON") from None
    if 200 <= status < 300:
        return Answer(status, response.headers, told)
    if status not in TOLD_BY_STATUS and not isinstance(told, dict):
        raise Lost(f"HTTP {status}, without a reason")
    raise read_denial(status, told, response.headers)
