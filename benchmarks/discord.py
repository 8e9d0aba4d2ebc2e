"""Discord: answers a second against a bare echo, presses answered, and what was written meanwhile.

32 private channels, each waiting for its answer before it writes again, without any limit; 120 with
Discord's limits in force; fifty people who press at once; and twenty times the desk is down while
people write. `python -m benchmarks.discord`.
"""

import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.discord_processes import (
    TOKEN,
    discord_environment,
    fake_discord,
    start_desk,
    start_echo,
)
from benchmarks.processes import Fake, cpu_seconds, running
from benchmarks.questions import repeated, unseen
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_people import Person

CHATS, MESSAGES, WARM_UP, RUNS = 32, 2000, 200, 3
RESTARTS, WRITTEN = 20, 500
PRESSING, ROUNDS = 50, 10
CROWD, SAID = 120, 1500
"""More people than Discord lets a bot answer in a second."""
AS_SET = {"FRONTDESK_DISCORD__PER_SECOND": "45", "FRONTDESK_DISCORD__PER_ADDRESS": "1"}
"""As the desk comes."""

Start = Callable[[], Awaitable[asyncio.subprocess.Process]]


async def drive(fake: Fake, start: Start, texts: list[str]) -> tuple[float, float]:
    """Answers a second, and milliseconds of CPU an answer."""
    async with running(await start()) as process:
        await fake.get("wait?connected")
        await converse(fake, texts[:WARM_UP])
        before = cpu_seconds(process)
        result = await converse(fake, texts[WARM_UP:])
        if result["unanswered"]:
            raise RuntimeError(f"{result['unanswered']} messages went unanswered")
        cpu = (cpu_seconds(process) - before) * 1000 / MESSAGES
        return result["answers_per_second"], cpu


async def converse(fake: Fake, texts: list[str]) -> Any:
    return await fake.post("drive", {"chats": CHATS, "messages": len(texts), "texts": texts})


async def throughput() -> None:
    total = WARM_UP + MESSAGES
    rows: dict[str, list[tuple[float, float]]] = {}
    for run in range(RUNS):
        for name, texts in (
            ("bare echo", unseen(total, run)),
            ("desk, unseen", unseen(total, run)),
            ("desk, repeated", repeated(total, run)),
        ):
            with tempfile.TemporaryDirectory() as folder:
                async with fake_discord() as fake:
                    start = starter(name, fake.url, Path(folder))
                    rows.setdefault(name, []).append(await drive(fake, start, texts))
    base = median(speed for speed, _ in rows["bare echo"])
    print(" " * 16 + " answers/s  ratio  CPU ms")
    for name, figures in rows.items():
        speed, cpu = median(one for one, _ in figures), median(one for _, one in figures)
        print(f"{name:16}{speed:10.0f}{speed / base:7.2f}{cpu:8.2f}")


def starter(name: str, url: str, folder: Path, **more: str) -> Start:
    if name == "bare echo":
        return lambda: start_echo(url)
    return lambda: start_desk(url, folder, **more)


async def limited() -> None:
    """With the limits that Discord has: nobody answers faster than that, but what gets lost?"""
    print("in force:        answers/s  refused  unanswered")
    for name in ("bare echo", "desk, unseen", "desk, repeated"):
        texts = (repeated if name == "desk, repeated" else unseen)(CROWD + SAID, 5)
        with tempfile.TemporaryDirectory() as folder:
            async with fake_discord() as fake:
                await fake.post("limits", {})
                start = starter(name, fake.url, Path(folder), **AS_SET)
                async with running(await start()):
                    await fake.get("wait?connected")
                    plan = {"chats": CROWD, "messages": SAID, "warmup": CROWD, "texts": texts}
                    result = await fake.post("drive", plan)
                stats = await fake.get("stats")
        print(f"{name:16}{result['answers_per_second']:10.1f}{stats['refused_by_limits']:9}"
              f"{result['unanswered']:12}"
              )  # fmt: skip


async def restarts() -> None:
    """People whom the desk knows write while it is down."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with fake_discord() as fake:
            await live(fake, data, ["hello"] * CHATS, CHATS)
            share = WRITTEN // RESTARTS
            texts = unseen(WRITTEN, 7)
            for number in range(RESTARTS):
                part = texts[number * share : (number + 1) * share]
                await fake.post("backlog", {"messages": share, "chats": CHATS, "texts": part})
                await live(fake, data, [], CHATS + (number + 1) * share)
            stats = await fake.get("stats")
        with closing(sqlite3.connect(data / "frontdesk.db")) as connection:
            heard = connection.execute("SELECT count(*), count(DISTINCT event) FROM inbox")
            print(f"restarts: {RESTARTS}; taken in {[one - CHATS for one in heard.fetchone()]} of "
                  f"{WRITTEN}, answers {stats['sends'] - CHATS}, identifies {stats['identifies']}"
                  )  # fmt: skip


async def live(fake: Fake, data: Path, texts: list[str], sends: int) -> None:
    """One life of the desk, until it has said so much in all."""
    async with running(await start_desk(fake.url, data)):
        await fake.get("wait?connected")
        if texts:
            await fake.post("backlog", {"messages": len(texts), "chats": CHATS, "texts": texts})
        await fake.get(f"wait?sends={sends}&timeout=60")


async def presses() -> None:
    """From a press to the moment at which its button stops waiting."""
    with tempfile.TemporaryDirectory() as folder:
        async with DiscordFake(TOKEN, check=False) as fake:
            environment = discord_environment(fake.root, Path(folder))
            desk = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "frontdesk", "run", env=dict(os.environ) | environment
            )
            async with running(desk):
                await until_ready(fake)
                people = [fake.person(number, f"P{number}", "en-US") for number in range(1, 51)]
                await asyncio.gather(*map(greet, people))
                times = []
                for _ in range(ROUNDS):
                    times += await asyncio.gather(*map(press, people[:PRESSING]))
    times.sort()
    print(f"presses: {PRESSING} at once, {len(times)} in all: p50 {median(times) * 1000:.0f} ms, "
          f"p99 {quantiles(times, n=100)[98] * 1000:.0f} ms, worst {times[-1] * 1000:.0f} ms"
          )  # fmt: skip


async def until_ready(fake: DiscordFake) -> None:
    async with asyncio.timeout(30):
        while not fake.gateway.ready:
            await asyncio.sleep(0.05)


async def greet(person: Person) -> None:
    await person.says("/help")
    await person.hears(timeout=30)


async def press(person: Person) -> float:
    message = person.inbox[-1]
    heard = len(person.inbox)
    began = time.perf_counter()
    interaction = await person.presses("🏠 Menu", message)
    await interaction.answered(timeout=30)
    took = time.perf_counter() - began
    await person.bell.until(lambda: len(person.inbox) > heard, timeout=30)
    await person.says("/help")
    await person.bell.until(lambda: len(person.inbox) > heard + 1, timeout=30)
    return took


async def main() -> None:
    await throughput()
    await limited()
    await restarts()
    await presses()


if __name__ == "__main__":
    asyncio.run(main())
