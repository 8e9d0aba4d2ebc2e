"""A faithful imitation of Telegram's Bot API on loopback, for tests, crash tests and benchmarks.

In a test:

    async with TelegramFake() as fake:
        ...  # a bot with the token 42:TEST and fake.url in place of the public address
        anna = fake.person(7, "Anna", language_code="de")
        await anna.says("Hallo")
        [answer] = await anna.hears()

As a process of its own, which lives on while the bot is killed:

    python -m tests.fakes.telegram --port 0

prints its URL as the first line. Under that URL, JSON in and out:

    POST   /control/say         [{"chat": 7, "text": "...", "language_code": "en"}]: people say
                                things, in order
    POST   /control/backlog     {"messages": 2000, "chats": 32, "texts": [...] or "unique"}: all
                                at once, as waiting updates; also language_code and first_chat
    POST   /control/drive       {"chats": 32, "messages": 2000, "texts": [...] or "unique",
                                "warmup": 200, "timeout": 120, ...}: a closed loop; at its end,
                                seconds, answers, unanswered, answers_per_second, p50_ms, p99_ms
    GET    /control/ledger      ?since=N: sends accepted from number N on, and the next N
    GET    /control/stats       confirmed update id, pending updates, sends, faults struck, ...
    GET    /control/wait        ?sends=N&pending=N&timeout=S: the stats, once it is so; else 504
    POST   /control/faults      the fields of telegram_faults.Fault; DELETE clears all
    POST   /control/limits      {"per_second": 30, "per_chat": 1, "per_group_minute": 20}; {} is off
    GET    /control/violations  what disagreed with the specification, with --check

Unlike the platform it accepts webhooks over plain HTTP (loopback only), knows no parse modes, and
does not run a method that a webhook's answer names.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fakes.telegram_calls import Call
from tests.fakes.telegram_control import PREFIX, Control
from tests.fakes.telegram_door import Door
from tests.fakes.telegram_faults import Pace
from tests.fakes.telegram_people import Crowd
from tests.fakes.telegram_screen import Shown, look_at
from tests.fakes.telegram_spec import Inspector, find_specification
from tests.fakes.telegram_world import World


class TelegramFake:
    """One bot's Telegram, from `async with` to its end.

    `specs` is the folder of the official specification (default: see telegram_spec); with `check`
    every call and answer is held against it and `violations` collects what disagrees.
    `latency` in seconds is spent on each call, half before it is accepted and half after.
    """

    def __init__(
        self,
        token: str = "42:TEST",
        specs: Path | None = None,
        check: bool = True,
        latency: float = 0.0,
        port: int = 0,
    ) -> None:
        self.token = token
        self.url = ""
        self._port = port
        inspector = Inspector(find_specification(specs) if check else None)
        self.world = World(int(token.partition(":")[0]), inspector.check_update)
        crowd = Crowd(self.world)
        self._door = Door(self.world, token, inspector, latency)
        self._control = Control(self.world, crowd, inspector)
        self.person = crowd.person
        self.group = crowd.group
        self.channel = crowd.channel
        self.ledger = self.world.ledger
        self.calls = self.world.calls
        self.faults = self.world.faults
        self.files = self.world.files
        self.updates = self.world.updates
        self.press_answers = self.world.press_answers
        self.profile = self.world.profile
        self.violations = inspector.violations
        self.spec_report = inspector.report

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(
            web.Server(self._answer, access_log=None), shutdown_timeout=0.01
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.world.webhook.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.raw_path.startswith(PREFIX):
            return await self._control.answer(request)
        return await self._door.answer(request)

    def limits(
        self,
        per_second: float = 30,
        per_chat: float = 1,
        per_group_minute: float = 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Switches the platform's limits on; `math.inf` leaves one off. `clock` gives seconds."""
        self.world.pace = Pace(per_second, per_chat, per_group_minute, clock)

    @property
    def next_update_id(self) -> int:
        return self.updates.next_id

    @next_update_id.setter
    def next_update_id(self, value: int) -> None:
        self.updates.next_id = value

    async def until(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:
        """Waits until `condition()`, looked at after every call and every confirmation."""
        await self.world.bell.until(condition, timeout)

    async def is_polled(self, timeout: float = 5.0) -> None:
        """Waits until a bot waits in a long poll; one killed there counts until the next comes."""
        await self.until(lambda: self.updates.polled, timeout)

    async def all_confirmed(self, timeout: float = 5.0) -> None:
        """Waits until the bot has confirmed every update."""
        await self.until(lambda: not self.updates.pending, timeout)

    def screen(self, chat: int, thread: int | None = None) -> list[Shown]:
        """What people see there of what the bot said; `thread` is one topic, 0 the general one."""
        return look_at(self.world, self.world.rooms[chat], thread)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]


async def serve(options: argparse.Namespace) -> None:
    async with TelegramFake(
        options.token, check=options.check, latency=options.latency, port=options.port
    ) as fake:
        sys.stdout.write(f"{fake.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tests.fakes.telegram", description="Telegram on loopback"
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="42:TEST")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a call")
    parser.add_argument("--check", action="store_true", help="check against the specification")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
