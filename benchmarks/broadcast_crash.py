"""News to 100,000 subscribers through 20 SIGKILLs, people who blocked the desk, people who leave
meanwhile, and a storm of 429: who got it, who twice, who although they had left, how long other
people's answers took, how good the time to go was, and what memory did.

`python -m benchmarks.broadcast_crash [--subscribers 100000] [--kills 20] [--per-second 300]`. The
imitation runs here and outlives the desk; its ledger is what is believed. One of 20 has blocked the
desk (403); one of 100 leaves while the news is sent, by the button or by `/unsubscribe`, and is
wronged by news accepted more than a second after their leaving was confirmed; for 30 s three sends
of ten are refused with 429. The first kill falls into the publishing itself, the others anywhere in
the first half.

The time to go is what the publisher reads at each second once a minute has passed, held against
what was really left, while that was more than 30 s. "Undisturbed" is what was read from a minute
after the last kill or storm on: nobody foretells those. "In all" takes each of them, but takes
the seconds in which the desk was dead off what was left.
"""

import argparse
import asyncio
import csv
import io
import json
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import psutil
from sqlmodel import Session

from benchmarks.broadcast import FIRST, fill
from benchmarks.broadcast_account import (
    Life,
    Observed,
    answers,
    memory,
    people,
    times_to_go,
    work,
)
from benchmarks.broadcast_crowd import Asked, Askers, Publisher, leave
from benchmarks.processes import TOKEN, cpu_seconds, desk_environment, start_desk
from core import staff
from core.models import Role
from core.store import open_engine
from tests.fakes.telegram import TelegramFake

NEWS = ("New player", "Neuer Player")
GLANCE = 0.02


class Run:
    def __init__(self, fake: TelegramFake, data: Path, options: argparse.Namespace) -> None:
        self.fake = fake
        self.count: int = options.subscribers
        self.per_second: int = options.per_second
        self._data = data
        self._choose = random.Random(options.seed)
        everybody = range(1, self.count + 1)
        some = self._choose.sample(everybody, self.count // 20 + self.count // 100)
        self.blocked = set(some[: self.count // 20])
        self.leavers = some[self.count // 20 :]
        half = self.count // 2
        later = (self._choose.randrange(half) for _ in range(options.kills - 1))
        self.kills = sorted(later)
        """After how many sends."""
        self.storm = (0.0, 0.0)
        self._storm = min(options.storm, self.count / self.per_second / 5)
        """Seconds; shorter where all of it is over soon."""
        self.lives: list[Life] = []
        self.shown: list[tuple[float, float]] = []
        """What the publisher read when, in seconds."""
        self.loads: list[float] = []
        self.published = 0.0
        self._desk: asyncio.subprocess.Process

    @property
    def sends(self) -> int:
        return len(self.fake.ledger)

    async def start(self) -> None:
        pace = {
            "FRONTDESK_TELEGRAM__PER_SECOND": str(self.per_second),
            "FRONTDESK_TELEGRAM__PER_CHAT": "1",
        }
        polls = self.fake.updates.polls
        self.lives.append(Life(time.monotonic()))
        self._desk = await start_desk(self.fake.url, self._data, **pace)
        while self.fake.updates.polls == polls:
            if self._desk.returncode is not None:
                raise RuntimeError("the desk ended by itself")
            await asyncio.sleep(GLANCE)
        self.lives[-1].ready = time.monotonic()

    async def kill(self) -> None:
        self._desk.kill()
        self.lives[-1].ended = time.monotonic()
        await self._desk.wait()

    async def kill_often(self) -> None:
        await asyncio.sleep(self._choose.uniform(0, 2))
        await self.kill()
        await self.start()
        for moment in self.kills:
            while self.sends < moment:
                await asyncio.sleep(GLANCE)
            await asyncio.sleep(self._choose.uniform(0, 0.1))
            await self.kill()
            await self.start()

    async def blow(self) -> None:
        """The storm."""
        while self.sends < self.count // 5:
            await asyncio.sleep(GLANCE)
        began = time.monotonic()
        self.fake.faults.add(kind="too_many", method="sendMessage", share=0.3, times=None)
        await asyncio.sleep(self._storm)
        self.fake.faults.clear()
        self.storm = (began, time.monotonic())

    async def lose_some(self) -> None:
        for place, number in enumerate(self.leavers, 1):
            while self.sends < place * self.count * 9 // (len(self.leavers) * 10):
                await asyncio.sleep(GLANCE)
            await leave(self.fake, number)

    async def watch(self, publisher: Publisher) -> None:
        """Until it is told that all is done."""
        while not publisher.is_done:
            await asyncio.sleep(1)
            if (seconds := publisher.to_go) is not None:
                self.shown.append((time.monotonic(), seconds))
            with suppress(psutil.NoSuchProcess):  # between two lives
                desk, life = psutil.Process(self._desk.pid), self.lives[-1]
                life.mib.append(desk.memory_info().rss / 2**20)
                life.cpu = cpu_seconds(desk)
            self.loads.append(os.getloadavg()[0])
            if len(self.shown) % 60 == 10:
                print("  ", publisher.shown.replace("\n", " · "), flush=True)

    async def stop(self) -> None:
        self.lives[-1].ended = time.monotonic()
        self._desk.send_signal(signal.SIGTERM)
        await self._desk.wait()

    async def command(self, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "frontdesk", *words, stdout=asyncio.subprocess.PIPE,
            env=desk_environment(self.fake.url, self._data),
        )  # fmt: skip
        said, _ = await process.communicate()
        return said.decode()


def invite(data: Path) -> str:
    engine = open_engine(f"sqlite:///{data / 'frontdesk.db'}", checkpoints=False)
    with Session(engine.execution_options(begin="IMMEDIATE")) as session:
        code = staff.invite(session, "pia", Role.PUBLISHER, datetime.now(UTC))
        session.commit()
    engine.dispose()
    return code


async def broadcast(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        fill(data, options.subscribers)
        code = invite(data)
        async with TelegramFake(TOKEN, check=False) as fake:
            run = Run(fake, data, options)
            for number in range(1, run.count + 1):
                fake.person(FIRST + number).room.blocked = number in run.blocked
            await run.start()
            askers, publisher = Askers(fake), Publisher(fake)
            known = await askers.learn()
            await publisher.write(code)
            fake.limits(run.per_second, 1)
            others = [fake.person(number, "Ada", "en") for number in range(12, 17)]
            run.published = await publisher.send()
            async with asyncio.TaskGroup() as group:
                asking = [
                    group.create_task(askers.ask(person, known, number))
                    for number, person in enumerate(others)
                ]
                acts = [run.kill_often(), run.blow(), run.lose_some()]
                acting = [group.create_task(act) for act in acts]
                await run.watch(publisher)
                for task in (*asking, *acting):
                    task.cancel()
            shown = json.loads(await run.command("announcements", "show", "1", "--json"))
            lines = await run.command("announcements", "show", "1", "--csv")
            await run.stop()
            tell(run, askers.asked, shown, list(csv.DictReader(io.StringIO(lines))))


def tell(run: Run, asked: list[Asked], figures: dict[str, Any], rows: list[dict[str, str]]) -> None:
    seen = Observed(
        run.count, run.blocked, run.leavers, run.published, run.storm, run.lives, run.shown, asked,
        states={int(row["chat"]) - FIRST: row["state"] for row in rows}, figures=figures,
    )  # fmt: skip
    seen.take(run.fake.ledger, FIRST, NEWS)
    seconds = seen.news[-1][1] - run.published
    print(
        f"{run.count:,} subscribers at {run.per_second} a second, {len(run.lives) - 1} kills: "
        f"{seconds:.0f} s (load {fmean(run.loads):.1f})"
    )
    for part in (people, answers, times_to_go, work, memory):
        for name, value in part(seen):
            print(f"  {name}: {value}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscribers", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--per-second", type=int, default=300)
    parser.add_argument("--storm", type=float, default=30, help="seconds of it")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(broadcast(parser.parse_args()))
