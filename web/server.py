"""The one HTTP server: webhooks of platforms, and whether and how the desk is well."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Protocol, runtime_checkable

from aiohttp import web

from core.adapter import Receive

LARGEST = 1_000_000
"""Bytes of a request that are read at all: an update of a platform is far below."""
PATIENCE = 1.0
"""Seconds that an answer under way gets when the server ends, and once more that long until it is
let go of: whoever loads a large file must not hold up what is still to be sent.
"""

HEALTH = "/health"
Healthy = Callable[[], Awaitable[bool]]


@runtime_checkable
class ServesHttp(Protocol):
    """An extra of a platform: places at which it is called."""

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """None when it is not called at all."""
        ...


def build(routes: Iterable[web.AbstractRouteDef], healthy: Healthy) -> web.Application:
    """`/health` is 200 while the database answers, else 503."""

    async def health(_request: web.Request) -> web.Response:
        if await healthy():
            return web.Response(text="well\n")
        return web.Response(status=503, text="the database does not answer\n")

    application = web.Application(client_max_size=LARGEST)
    application.add_routes([*routes, web.get(HEALTH, health)])
    return application


@asynccontextmanager
async def serving(application: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve until the block ends. Tells the root URL; port 0 takes one that is free."""
    runner = web.AppRunner(
        application,
        access_log=None,
        keepalive_timeout=75,
        handler_cancellation=False,
        shutdown_timeout=PATIENCE,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0]
        yield f"http://{bound[0]}:{bound[1]}"
    finally:
        await runner.cleanup()
