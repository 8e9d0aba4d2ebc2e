"""A faithful imitation of Discord on loopback, for tests, crash tests and benchmarks.

In a test:

    async with DiscordFake() as fake:
        ...  # discord.py with fake.token, fake.url and fake.gateway_url
        anna = fake.person(7, "Anna", locale="de")
        await anna.says("Hallo")
        [answer] = await anna.hears()

People say, edit, press, choose, run commands and submit modals as discord_people.py tells; servers
are those of discord_guilds.py, orders for trouble those of discord_faults.py, discord_limits.py and
discord_gateway.py.

discord.py is turned to it by three attributes of its classes (see `pointed_at` in
discord_client.py); nothing of the library is replaced.

As a process of its own, which lives on while the bot is killed:

    python -m tests.fakes.discord --port 0

prints the URL of its root as the first line. Under it are /api/v10, /gw/, and, JSON in and out:

    POST   /control/say         [{"chat": 7, "text": "...", "locale": "en-US"}]: people say things
                                in private, in order
    POST   /control/press       {"chat": 7, "button": "Yes"}: whether it was answered in 3 s
    POST   /control/backlog     {"messages": 2000, "chats": 32, "texts": [...] or "unique"}: all
                                at once; also locale and first_chat
    POST   /control/drive       {"chats": 32, "messages": 2000, "texts": [...] or "unique",
                                "warmup": 200, "timeout": 120, ...}: a closed loop; at its end,
                                seconds, answers, unanswered, answers_per_second, p50_ms, p99_ms
    GET    /control/ledger      ?since=N: sends accepted from number N on, and the next N
    POST   /control/report      {"texts": [...]} or {"nonces": [...]}: which of them are lost, which
                                came more than once, and how many others came
    GET    /control/history     ?chat=7: what stands in somebody's private channel
    GET    /control/stats       connected, identifies, resumes, sends, faults struck, early calls
    GET    /control/wait        ?sends=N&resumes=N&connected&timeout=S: the stats, once it is so
    POST   /control/faults      the fields of discord_faults.Fault; DELETE clears all
    POST   /control/limits      {}: those of the real Discord; {"per_second": 50}; {"off": true}
    POST   /control/gateway     {"do": "reconnect"}: an order of Gateway in discord_gateway.py, with
                                what it takes, such as {"do": "drop", "forget": true}
    POST   /control/clock       {"seconds": 3600}: the platform's clock moves on
    GET    /control/violations  what disagreed with the specification, with --check

Unlike the platform it shows no voice, reactions, polls, pins, stickers, webhooks of its own, audit
log or moderation; permissions are those of the bot alone, by channel; menus of users, roles and
channels are drawn, but nobody chooses from them outside modals; interactions come by the gateway
only, never as HTTP calls.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

if sys.platform == "win32":
    from asyncio import run as run_loop
else:
    from uvloop import run as run_loop  # a fifth less work for each message

from tests.fakes.discord_callbacks import Callbacks
from tests.fakes.discord_calls import Call, Json
from tests.fakes.discord_channels import Channels
from tests.fakes.discord_commands import Commands
from tests.fakes.discord_control import PREFIX, Control
from tests.fakes.discord_directory import Directory
from tests.fakes.discord_door import BASE, Door
from tests.fakes.discord_downloads import Downloads
from tests.fakes.discord_files import CDN
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_guilds import Guild
from tests.fakes.discord_interactions import Interactions
from tests.fakes.discord_people import Crowd, Shown, screen
from tests.fakes.discord_seats import Seats
from tests.fakes.discord_settings import Settings
from tests.fakes.discord_spec import Inspector, find_specification
from tests.fakes.discord_threads import Threads
from tests.fakes.discord_world import Channel, World

GATEWAY = "/gw/"
TOKEN = "MTIz.fake.token"


class DiscordFake:
    """One bot's Discord, from `async with` to its end.

    `url` is the root of the REST interface, `gateway_url` where its websocket is.
    `specs` is the folder of the official specification (default: see discord_spec); with `check`
    every call and answer is held against it, and `violations` collects what disagrees and what a
    correct client never does. `latency` in seconds is spent on each call, half before it is
    accepted and half after.
    """

    def __init__(
        self,
        token: str = TOKEN,
        specs: Path | None = None,
        check: bool = True,
        latency: float = 0.0,
        port: int = 0,
    ) -> None:
        self.token = token
        self.url = ""
        self.gateway_url = ""
        self._port = port
        self.world = World(self._publish)
        self.gateway = Gateway(self.world, token)
        self._guilds: dict[int, Guild] = {}
        interactions, commands = Interactions(self.world), Commands(self.world)
        crowd = Crowd(self.world, interactions, commands)
        self.interactions = interactions
        self.commands = commands
        self.channels = Channels(self.world)
        starts = {"GET /gateway": self._tell_gateway, "GET /gateway/bot": self._tell_bot_gateway}
        inspector = Inspector(find_specification(specs) if check else None)
        callbacks = Callbacks(self.world, interactions)
        handlers = {**starts, **self.channels.routes, **callbacks.routes, **commands.routes}
        for calls in (Directory, Threads, Seats, Settings):
            handlers |= calls(self.world, self._guilds).routes
        self._door = Door(self.world, token, handlers, inspector, latency)
        self._control = Control(self.world, crowd, self._door, self.gateway, inspector)
        self._downloads = Downloads(self.world.files, self._door.faults)
        self.faults = self._door.faults
        self.limits = self._door.limits
        self.violations = inspector.violations
        self.spec_report = inspector.report
        self.person = crowd.person
        self.clock = self.world.clock
        self.files = self.world.files
        self.ledger = self.world.ledger
        self.calls = self.world.calls

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(
            web.Server(self._answer, access_log=None), shutdown_timeout=0.01
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.root = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = self.root + BASE
        self.gateway_url = self.root.replace("http", "ws", 1) + GATEWAY
        self.world.files.root = self.root
        self.gateway.url = self.gateway_url
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for link in list(self.gateway.links):
            await link.socket.close(code=1001)
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.raw_path.startswith(GATEWAY):
            return await self.gateway.connect(request)
        if request.raw_path.startswith(CDN):
            return await self._downloads.answer(request)
        if request.raw_path.startswith(PREFIX):
            return await self._control.answer(request)
        return await self._door.answer(request)

    def _publish(self, event: str, data: Json, guild: int | None) -> bool:
        return self.gateway.publish(event, data, guild)

    def _tell_gateway(self, _: Call) -> Json:
        return {"url": self.gateway_url}

    def _tell_bot_gateway(self, _: Call) -> Json:
        return self.gateway.limits()

    def guild(self, id: int, name: str = "Haus", locale: str = "de") -> Guild:
        """The server with this id; the first call makes it and brings the bot in."""
        if id not in self._guilds:
            guild = self._guilds[id] = Guild(self.world, id, name, locale)
            self.world.guilds[id] = guild
            self.world.publish("GUILD_CREATE", guild.snapshot(joined=True), id)
        return self._guilds[id]

    def screen(self, channel: Channel) -> list[Shown]:
        """What its members see, oldest first."""
        return screen(self.world, channel)

    async def until(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:
        """Waits until `condition()`, looked at after every call and everything on the gateway."""
        await self.world.bell.until(condition, timeout)

    async def is_connected(self, timeout: float = 5.0) -> None:
        """Waits until a bot is connected and told what happens."""
        await self.until(lambda: self.gateway.ready, timeout)

    def calls_of(self, route: str) -> list[Call]:
        """Such as "POST /channels/{channel_id}/messages"."""
        return [call for call in self.calls if call.route == route]


async def serve(options: argparse.Namespace) -> None:
    async with DiscordFake(
        options.token, check=options.check, latency=options.latency, port=options.port
    ) as fake:
        sys.stdout.write(f"{fake.root}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.fakes.discord", description="Discord on loopback")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a call")
    parser.add_argument("--check", action="store_true", help="check against the specification")
    run_loop(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
