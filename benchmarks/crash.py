"""SIGKILL at random moments with a backlog: what is lost and what is repeated, here and elsewhere.

`python -m benchmarks.crash [--kills 200] [--messages 2000] [--seed 1]`. The desk runs at its
default pace, so that what is on its way at a kill is what would be on its way in earnest. A tenth
of the messages wait at the beginning, the others come between the lives, so that every life takes
messages in and sends answers; half the lives end within a tenth of a second. The plain bot, which
only has to show that the harness finds losses, is given a tenth of it all.
"""

import argparse
import asyncio
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.processes import Fake, fake_telegram, start_desk, start_echo
from benchmarks.questions import unseen

CHATS = 100
LIVES = (0.1, 0.7)
"""Seconds between the first request for updates and the kill, at most; either is as likely."""

Start = Callable[[], Awaitable[asyncio.subprocess.Process]]


async def kill_often(
    fake: Fake, start: Start, texts: list[str], kills: int, seed: int, left: Callable[[], int]
) -> int:
    """How often it was killed while there was work left."""
    choose = random.Random(seed)
    await put(fake, texts[: len(texts) // 10])
    rest = texts[len(texts) // 10 :]
    for number in range(kills):
        share = -(-len(rest) // (kills - number))
        await put(fake, rest[:share])
        rest = rest[share:]
        process = await start()
        await until_polling(fake, process)
        await asyncio.sleep(choose.uniform(0, choose.choice(LIVES)))
        process.kill()
        await process.wait()
        if (number + 1) % 20 == 0:
            stats = await fake.get("stats")
            progress = f"{stats['pending']} waiting, {stats['sends']} sent, {left()} to send"
            print(f"  {number + 1} kills, {progress}", flush=True)
            if not rest and not stats["pending"] and not left():
                return number + 1
    return kills


async def until_polling(fake: Fake, process: asyncio.subprocess.Process) -> None:
    before = (await fake.get("stats"))["polls"]
    while (await fake.get("stats"))["polls"] == before:
        if process.returncode is not None:
            raise RuntimeError("the bot ended by itself")
        await asyncio.sleep(0.01)


async def desk(kills: int, messages: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with fake_telegram() as fake:
            pace = {"FRONTDESK_TELEGRAM__PER_SECOND": "30", "FRONTDESK_TELEGRAM__PER_CHAT": "1"}

            async def start() -> asyncio.subprocess.Process:
                return await start_desk(fake.url, data, **pace)

            left = partial(unsent, data / "frontdesk.db")
            done = await kill_often(fake, start, unseen(messages, seed), kills, seed, left)
            last = await start()
            await until_quiet(fake, data / "frontdesk.db")
            last.terminate()
            await last.wait()
            report(await ledger(fake), data / "frontdesk.db", messages, done)


async def put(fake: Fake, texts: list[str]) -> None:
    if texts:
        body = {"messages": len(texts), "chats": CHATS, "texts": texts}
        await fake.post("backlog", body)


def unsent(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        row = connection.execute(
            "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')"
        ).fetchone()
    return int(row[0])


async def until_quiet(fake: Fake, database: Path) -> None:
    """Nothing is waiting, and nothing was left to send for a while."""
    quiet = 0
    while quiet < 8:
        await asyncio.sleep(0.5)
        stats = await fake.get("stats")
        quiet = 0 if stats["pending"] or unsent(database) else quiet + 1


async def ledger(fake: Fake) -> list[str]:
    return [entry["text"] for entry in (await fake.get("ledger?since=0"))["sent"]]


def report(sent: list[str], database: Path, messages: int, kills: int) -> None:
    with closing(sqlite3.connect(database)) as connection:

        def count(sql: str) -> Any:
            return connection.execute(sql).fetchone()[0]

        heard = count("SELECT count(*) FROM inbox")
        answered = count("SELECT count(DISTINCT cause) FROM outbox WHERE state = 'sent'")
        effects = count("SELECT count(*) FROM asked")
        rows = count("SELECT count(*) FROM outbox WHERE state = 'sent'")
        sound = count("PRAGMA integrity_check")
    print(
        f"desk: {kills} kills, {messages} messages: lost {messages - answered}, duplicated effects "
        f"{heard - messages + effects - messages}, repeated sends {len(sent) - rows} "
        f"({(len(sent) - rows) / kills:.2f} a kill), integrity {sound}"
    )


async def echo(kills: int, messages: int, seed: int) -> None:
    async with fake_telegram() as fake:
        texts = unseen(messages, seed)
        done = await kill_often(fake, lambda: start_echo(fake.url), texts, kills, seed, lambda: 0)
        heard = Counter(await ledger(fake))
        waiting = (await fake.get("stats"))["pending"]
        lost, repeated = messages - len(heard) - waiting, sum(heard.values()) - len(heard)
        print(f"plain echo: {done} kills, {messages} messages: lost {lost}, repeated {repeated}")


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    await echo(chosen.kills // 10, chosen.messages // 10, chosen.seed)
    await desk(chosen.kills, chosen.messages, chosen.seed)


if __name__ == "__main__":
    asyncio.run(main())
