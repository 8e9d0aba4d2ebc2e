"""An X that answers as a test wants, where an answer is asked for that the imitation would not
give. It keeps what it was asked.
"""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bots.twitter.adapter import XAdapter
from core.settings import X
from tests.fakes.x_tls import ToLoopback

ME, ANN = "100", "1001"
NOW = 1_800_000_000.0

Json = dict[str, Any]
Answer = web.StreamResponse | Awaitable[web.StreamResponse]
Reply = web.StreamResponse | Callable[[web.Request], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Time:
    """Stands still until somebody sleeps; each sleep is noted and over at once."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Stage:
    """Answers for a path: what was put there first, and the last of it again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections: set[asyncio.Transport] = set()
        self._answers: dict[str, deque[Reply]] = {}
        self.put("/2/users/me", {"data": {"id": ME, "name": "Desk"}})

    def put(self, path: str, *answers: Json | Reply) -> None:
        made = (to_response(one) if isinstance(one, dict) else one for one in answers)
        self._answers[path] = deque(made)

    def calls(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(
            Asked(
                request.method,
                request.path,
                dict(request.query),
                dict(request.headers),
                await request.read(),
            )
        )
        assert request.transport
        self.connections.add(request.transport)
        waiting = self._answers[request.path]
        reply = waiting.popleft() if len(waiting) > 1 else waiting[0]
        if isinstance(reply, web.StreamResponse):
            return copy_of(reply)
        made = reply(request)
        return made if isinstance(made, web.StreamResponse) else await made

    async def hang_up(self) -> None:
        """A connection under TLS is otherwise closed in its own time, which a test may not have."""
        for connection in self.connections:
            connection.abort()
        await asyncio.sleep(0)


def to_response(told: object, status: int = 200, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response(told, status=status, headers=named)


def html(status: int) -> web.Response:
    return web.Response(text="<h1>Over capacity</h1>", content_type="text/html", status=status)


def cut(request: web.Request) -> web.Response:
    """Hangs up without an answer."""
    assert request.transport
    request.transport.abort()
    return web.Response()


def copy_of(response: web.StreamResponse) -> web.Response:
    """A response is good for one request."""
    assert isinstance(response, web.Response)
    headers = {
        name: value
        for name, value in response.headers.items()
        if name.lower() not in ("content-length", "date", "server")
    }
    return web.Response(status=response.status, body=response.body, headers=headers)


def settings(url: str, **more: Any) -> X:
    return X(
        consumer_key=SecretStr("CANARY-ck"),
        consumer_secret=SecretStr("CANARY-cs"),
        access_token=SecretStr("100-CANARY-at"),
        access_secret=SecretStr("CANARY-as"),
        api_url=url,
        **more,
    )


@asynccontextmanager
async def on_stage(
    stage: Stage, folder: Path, time: Time, public_url: str = "", /, **more: Any
) -> AsyncIterator[XAdapter]:
    """An opened adapter whose X is the stage."""
    app = web.Application(client_max_size=50_000_000)
    app.router.add_route("*", "/{path:.*}", stage.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        root = str(server.make_url("/")).rstrip("/")
        adapter = XAdapter(settings(root, **more), public_url, folder, clock=time, sleep=time.sleep)
        await adapter.open()
        yield adapter
        await adapter.close()
        await stage.hang_up()


@asynccontextmanager
async def under_its_names(
    stage: Stage, names: tuple[str, ...], folder: Path, time: Time, **more: Any
) -> AsyncIterator[XAdapter]:
    """As `on_stage`, by TLS and under X's own names."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    app = web.Application(client_max_size=50_000_000)
    app.router.add_route("*", "/{path:.*}", stage.answer)
    server = TestServer(app, host="127.0.0.1", scheme="https")
    await server.start_server(ssl=context)
    async with server:
        assert server.port
        made = settings("https://api.x.com", **more)
        connector = aiohttp.TCPConnector(resolver=ToLoopback(server.port), ssl=trust)
        adapter = XAdapter(made, "", folder, connector=connector, clock=time, sleep=time.sleep)
        await adapter.open()
        yield adapter
        await adapter.close()
        await stage.hang_up()
