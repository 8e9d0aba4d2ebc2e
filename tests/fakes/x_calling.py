"""X calling a webhook: https://docs.x.com/x-api/webhooks/introduction"""

import asyncio
import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from tests.fakes.telegram_bell import Bell
from tests.fakes.x_calls import Json
from tests.fakes.x_forgeries import FORGERIES, HEADER, Headers, sign
from tests.fakes.x_keys import Keys
from tests.fakes.x_tls import Authority

NEWER_HEADER = "x-twitter-webhooks-signature-oauth2"
PATIENCE = 10.0
"""Seconds after which X hangs up."""
SIGNERS = ("consumer", "client", "both")


@dataclass(frozen=True, slots=True)
class Delivery:
    """`status` is 0 where no answer came. `challenge` where it was asked to prove itself."""

    url: str
    body: bytes
    status: int
    challenge: bool = False


class Calling:
    """`signs_with` tells which secrets sign: "consumer" (the older header), "client" (the newer
    one) or "both". X's documents differ about the challenge: its answer is held against the client
    secret where `signs_with` is "client", else against the consumer secret.

    Names lead nowhere on loopback: `leads` maps a public root to where it really is.
    """

    def __init__(self, keys: Keys, me: str, authority: Authority) -> None:
        self._keys = keys
        self._me = me
        self._authority = authority
        self._session: aiohttp.ClientSession | None = None
        self.signs_with = "consumer"
        self.leads: dict[str, str] = {}
        self.deliveries: list[Delivery] = []

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    def headers(self, body: bytes) -> Headers:
        if self.signs_with not in SIGNERS:
            raise ValueError(f"{self.signs_with!r} is none of {', '.join(SIGNERS)}")
        keys = self._keys
        older = [(HEADER, sign(keys.consumer_secret, body))]
        newer = [(NEWER_HEADER, sign(keys.client_secret, body))]
        return {"consumer": older, "client": newer, "both": older + newer}[self.signs_with]

    async def call(self, url: str, event: Json | bytes, times: int = 1) -> list[int]:
        """The answers' status to each delivery of the same body; 0 where none came."""
        body = to_body(event)
        return [await self._post(url, body, self.headers(body)) for _ in range(times)]

    async def forge(self, url: str, event: Json | bytes, kind: str) -> int:
        """A call as one of `FORGERIES`. The answer's status."""
        body, headers = FORGERIES[kind](to_body(event), self._keys.consumer_secret, self._me)
        return await self._post(url, body, headers)

    async def challenge(self, url: str) -> bool:
        """Whether who answers there knows the secret."""
        token = secrets.token_urlsafe(24)
        key = self._keys.consumer_secret
        if self.signs_with == "client":
            key = self._keys.client_secret
        status, told = 0, None
        try:
            query = {"crc_token": token}
            async with self._open().get(self._real(url), params=query) as answer:
                status, told = answer.status, json.loads(await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            told = None
        self.deliveries.append(Delivery(url, token.encode(), status, challenge=True))
        right = {"response_token": sign(key, token.encode())}
        return status == 200 and isinstance(told, dict) and right.items() <= told.items()

    async def _post(self, url: str, body: bytes, headers: Headers) -> int:
        typed = CIMultiDict([("content-type", "application/json"), *headers])
        status = 0
        try:
            async with self._open().post(self._real(url), data=body, headers=typed) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            status = 0
        self.deliveries.append(Delivery(url, body, status))
        return status

    def _real(self, url: str) -> URL:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        return URL(self.leads.get(root, root) + url.removeprefix(root))

    def _open(self) -> aiohttp.ClientSession:
        """A connection for each call: an idle one would be closed under TLS in its own time."""
        if self._session is None:
            connector = aiohttp.TCPConnector(ssl=self._authority.client_context(), force_close=True)
            timeout = aiohttp.ClientTimeout(total=PATIENCE)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        return self._session


def to_body(event: Json | bytes) -> bytes:
    if isinstance(event, bytes):
        return event
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


class Telling:
    """Calls in the background, in the order of what happened. X calls again where none answered
    with 200; here at once, `retries` times. `told` counts those that were answered so.
    """

    def __init__(self, calling: Calling, bell: Bell) -> None:
        self._calling = calling
        self._bell = bell
        self._waiting: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self.retries = 0
        self.told = 0

    def put(self, url: str, event: Json) -> None:
        self._waiting.put_nowait((url, event))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while True:
            url, event = await self._waiting.get()
            for _ in range(1 + self.retries):
                if await self._calling.call(url, event) == [200]:
                    self.told += 1
                    break
            self._waiting.task_done()
            self._bell.ring()

    async def done(self, timeout: float = 15.0) -> None:
        """Waits until everything was told, or given up."""
        async with asyncio.timeout(timeout):
            await self._waiting.join()

    async def close(self) -> None:
        if self._worker:
            self._worker.cancel()
            await asyncio.wait({self._worker})
