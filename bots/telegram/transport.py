"""The wire to Telegram: python-telegram-bot's requests over aiohttp, five times as fast as its own.

The URL of every call holds the token, and libraries log and quote URLs. So the library is given a
stand-in, and the real token is put in here, at the last moment, in what nobody sees.
"""

import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from io import BytesIO
from typing import Any
from urllib.parse import quote

import aiohttp
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bots.telegram.failures import Garbled, Lost, NotConnected, read_denial
from core.cleaning import clean_file_name
from core.messages import Enclosed

STAND_IN = "0:TOKEN"
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 30.0
CONNECTIONS = 100
BLOCK = 64 * 1024
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)
UPDATE_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})\b')


class Transport(BaseRequest):
    """One session with connections kept open. Failures are raised without the one that caused
    them, since aiohttp's quote the URL.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return READ_TIMEOUT

    async def initialize(self) -> None:
        self._open()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )
        return self._session

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,  # noqa: ARG002  # the library's signature
        connect_timeout: object = None,  # noqa: ARG002
        pool_timeout: object = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        patience = read_timeout if isinstance(read_timeout, int | float) else READ_TIMEOUT
        answer = await self._exchange(method, url, *encode(request_data), patience)
        if isinstance(answer, TelegramError):
            raise answer
        return 200, answer

    async def ask(self, url: str, fields: dict[str, Any], patience: float) -> Any:
        """The result as it came. The library's way there would take each value apart first, which
        is half of what a call costs.
        """
        body = json.dumps(fields, ensure_ascii=False).encode(errors="replace")
        return self._result(await self._exchange("POST", url, body, JSON, patience))

    async def upload(self, url: str, fields: dict[str, Any], name: str, file: Enclosed) -> Any:
        """As `ask`, with a file in the field `name`."""
        form = aiohttp.FormData(quote_fields=False)
        for key, value in fields.items():
            form.add_field(key, value if isinstance(value, str) else json.dumps(value))
        form.add_field(
            name,
            BytesIO(file.data),
            filename=clean_file_name(file.name),
            content_type=file.media_type or "application/octet-stream",
        )
        return self._result(await self._exchange("POST", url, form, {}, READ_TIMEOUT))

    def _result(self, answer: bytes | TelegramError) -> Any:
        if isinstance(answer, TelegramError):
            raise answer
        return self.parse_json_payload(answer)["result"]

    async def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | aiohttp.FormData | None,
        headers: dict[str, str],
        patience: float,
    ) -> bytes | TelegramError:
        try:
            async with self._open().request(
                method,
                self._real(url),
                data=body,
                headers=headers,
                timeout=timeout(patience),
                allow_redirects=False,
            ) as response:
                answer = await response.read()
        except NOT_SENT as error:
            return NotConnected(type(error).__name__)
        except Exception as error:  # whatever it is, it may quote the URL
            return Lost(type(error).__name__)
        return answer if response.status == 200 else read_denial(response.status, answer)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Unlike the library's, logs nothing: answers hold what people wrote."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if isinstance(answer, dict) and "result" in answer:
            return answer
        update = UPDATE_ID.search(payload)
        raise Garbled(int(update[1]) if update else None)

    async def download(self, url: str) -> AsyncGenerator[bytes, None]:
        """Blocks of a file. Raises as a call does."""
        failure: TelegramError
        try:
            async with self._open().get(
                self._real(url), timeout=timeout(READ_TIMEOUT), allow_redirects=False
            ) as response:
                if response.status == 200:
                    async for block in response.content.iter_chunked(BLOCK):
                        yield block
                    return
                failure = read_denial(response.status, b"")
        except (aiohttp.ClientError, OSError) as error:
            failure = Lost(type(error).__name__)
        raise failure

    def _real(self, url: str) -> str:
        return url.replace(STAND_IN, self._token, 1)


class WireBot(Bot):
    """The library's bot on our transport, with what the library does not hand out: answers as they
    came, and files in blocks.
    """

    def __init__(self, root: str, token: str) -> None:
        transport = Transport(token)
        super().__init__(STAND_IN, f"{root}/bot", f"{root}/file/bot", transport, transport)
        self._files = f"{root}/file/bot{STAND_IN}/"
        self._transport = transport

    async def call(
        self, method: str, fields: dict[str, Any], patience: float = READ_TIMEOUT
    ) -> Any:
        """The answer as it came, without the objects that the library would make of it."""
        return await self._transport.ask(f"{self.base_url}/{method}", fields, patience)

    async def upload(self, method: str, fields: dict[str, Any], name: str, file: Enclosed) -> Any:
        return await self._transport.upload(f"{self.base_url}/{method}", fields, name, file)

    async def file(self, handle: str) -> AsyncGenerator[bytes, None]:
        """Only ever from Telegram's own root, whatever the path looks like."""
        told = await self.call("getFile", {"file_id": handle})
        path = told.get("file_path") if isinstance(told, dict) else None
        if not isinstance(path, str):
            raise Lost("no path to the file")
        async with aclosing(self._transport.download(self._files + quote(path))) as blocks:
            async for block in blocks:
                yield block

    async def hang_up(self) -> None:
        await self._transport.shutdown()


def timeout(patience: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT, sock_read=patience)


def encode(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """A request's body and headers."""
    if data is None:
        return None, {}
    if not data.contains_files:
        return data.url_encoded_parameters({"errors": "replace"}).encode(), FORM
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form, {}
