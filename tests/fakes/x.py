"""A faithful imitation of X's direct messages on loopback, for tests, crash tests and benchmarks.

In a test:

    async with XFake() as fake:
        ...  # tweepy's AsyncClient with fake.keys and a session on fake.connector()
        anna = fake.person(7, "Anna")
        await anna.says("Hallo")
        [answer] = await anna.hears()

Everything goes over real TLS: `connector()` leads each of X's names, api.x.com and api.twitter.com
among them, here, and trusts the imitation's own authority. OAuth 1.0a signatures and OAuth 2.0
tokens are really looked at; limits are X's own until `limits` says otherwise.

Where its parts are told of: people in x_people.py, orders for trouble in x_faults.py, limits in
x_limits.py, tokens in x_grants.py, webhooks in x_webhooks.py and x_calling.py, uploads in
x_uploads.py.

As a process of its own, which lives on while the desk is killed:

    python -m tests.fakes.x --port 0 --ca ca.pem

prints the URL of its control, plain HTTP, as the first line; what is there x_control.py tells.

Unlike the platform it knows one account and one app; no likes, follows or searches; no deleting; no
groups but those that people write in; pages of a look-up only forwards; of subscriptions no stream
and no replay; all scopes are granted. A signature's time is held against this machine's clock, all
else against `clock`.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from tests.fakes.x_calling import Calling, Telling
from tests.fakes.x_calls import Call
from tests.fakes.x_clock import Clock
from tests.fakes.x_control import Control, Levers
from tests.fakes.x_door import Door
from tests.fakes.x_forgeries import FORGERIES
from tests.fakes.x_grants import Grants
from tests.fakes.x_keys import Keys
from tests.fakes.x_lookup import Lookup
from tests.fakes.x_people import Crowd
from tests.fakes.x_posts import Posts
from tests.fakes.x_proof import Proof
from tests.fakes.x_routes import Routes
from tests.fakes.x_shapes import Shapes
from tests.fakes.x_tls import Authority, connector_to
from tests.fakes.x_uploads import Uploads
from tests.fakes.x_webhooks import Webhooks
from tests.fakes.x_world import User, World

LARGEST = 600_000_000


class XFake:
    """One account's X, from `async with` to its end.

    `url` is what the interface is called by its own name, for clients with `connector()`; `here`
    the same without one, for whoever trusts `authority`. `latency` in seconds is spent on each
    call, half before it is accepted and half after. `now` tells the platform's time.
    """

    user_id = "100"
    screen_name = "desk"
    url = "https://api.x.com"
    forgeries = tuple(FORGERIES)

    def __init__(
        self,
        keys: Keys | None = None,
        now: Callable[[], float] = time.time,
        latency: float = 0.0,
        port: int = 0,
    ) -> None:
        self.keys = keys or Keys()
        self.here = ""
        self.authority = Authority()
        self.clock = Clock(now)
        self.world = World(User(self.user_id, "Desk", self.screen_name), self.clock)
        self.grants = Grants(self.keys, self.clock)
        self.uploads = Uploads(self.world)
        self.posting = Posts(self.world)
        self.calling = Calling(self.keys, self.user_id, self.authority)
        self.telling = Telling(self.calling, self.world.bell)
        shapes = Shapes(self.world)
        self.webhooks = Webhooks(self.world, self.calling, self.telling, shapes)
        self.proof = Proof(self.keys, self.grants)
        self.lookup = Lookup(self.world)
        routes = Routes(
            self.world, self.grants, self.lookup, self.uploads, self.posting, self.webhooks
        )
        self._door = Door(self.world, routes, self.proof, latency)
        self._port = port
        self._transports: set[asyncio.Transport] = set()
        self.crowd = Crowd(self.world)
        self.person = self.crowd.person
        self.activity = shapes.activity
        self.account_activity = shapes.account_activity
        self.call = self.calling.call
        self.forge = self.calling.forge
        self.challenge = self.calling.challenge
        self.all_told = self.telling.done
        self.faults = self._door.faults
        self.limits = self._door.limits
        self.ledger = self.world.ledger
        self.posts = self.world.posts
        self.calls = self.world.calls
        self.files = self.world.files
        self.deliveries = self.calling.deliveries

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        context = self.authority.server_context()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=context).start()
        self._port = self._runner.addresses[0][1]
        self.here = f"https://localhost:{self._port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.telling.close()
        await self.calling.close()
        await self.hang_up()
        await self._runner.cleanup()

    async def hang_up(self) -> None:
        """Cuts every connection: under TLS it would be closed in its own time."""
        for transport in self._transports:
            transport.abort()
        self._transports.clear()
        await asyncio.sleep(0)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.transport and request.transport not in self._transports:
            self._transports = {one for one in self._transports if not one.is_closing()}
            self._transports.add(request.transport)
        return await self._door.answer(request)

    def connector(self) -> aiohttp.TCPConnector:
        """For a client's session: X's names lead here."""
        return connector_to(self._port, self.authority)

    @property
    def now(self) -> Callable[[], float]:
        return self.clock.source

    @now.setter
    def now(self, source: Callable[[], float]) -> None:
        self.clock.source = source

    @property
    def naming(self) -> str:
        """ "tweet" or "post": see `Lookup`."""
        return self.lookup.naming

    @naming.setter
    def naming(self, generation: str) -> None:
        if generation not in ("tweet", "post"):
            raise ValueError(f"{generation!r} is neither tweet nor post")
        self.lookup.naming = generation

    def levers(self, ca: Path) -> Levers:
        """For the control; `ca` is where the authority's certificate stands."""
        where = {
            "url": self.here,
            "ca": str(ca.absolute()),
            "keys": asdict(self.keys),
            "user_id": self.user_id,
        }
        return Levers(
            self.world,
            self.crowd,
            self.faults,
            self.limits,
            self.grants,
            self.proof,
            self.calling,
            self.telling,
            where,
        )

    async def until(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:
        """Waits until `condition()`, looked at after every call and every message."""
        await self.world.bell.until(condition, timeout)

    def calls_of(self, method: str, path: str) -> list[Call]:
        return [call for call in self.calls if (call.method, call.path) == (method, path)]


async def serve(options: argparse.Namespace) -> None:
    async with XFake(latency=options.latency, port=options.port) as fake:
        with tempfile.TemporaryDirectory() as folder:
            ca = options.ca or Path(folder) / "ca.pem"
            fake.authority.write(ca)
            async with Control(fake.levers(ca)) as control:
                sys.stdout.write(f"{control.url}\n")
                sys.stdout.flush()
                await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.fakes.x", description="X on loopback")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ca", type=Path, help="where the authority's certificate is written")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a call")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
