"""SIGKILL at random moments on Discord: nothing may be lost, and nothing said twice.

`python -m benchmarks.discord_crash [--kills 200] [--messages 2000] [--seed 1]`. People whom the
desk knows write all the time, between its lives too, and there is always something left to send;
half the lives end within a tenth of a second. A bare echo under the same harness shows that it
finds losses; it is given a tenth of it all.
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

from benchmarks.crash import CHATS, LIVES, unsent
from benchmarks.discord_processes import fake_discord, start_desk, start_echo
from benchmarks.processes import Fake
from benchmarks.questions import unseen

PACE = {"FRONTDESK_DISCORD__PER_SECOND": "40", "FRONTDESK_DISCORD__PER_ADDRESS": "1"}
"""The default: what is on its way at a kill is what would be on its way in earnest."""

Start = Callable[[], Awaitable[asyncio.subprocess.Process]]


async def kill_often(
    fake: Fake, start: Start, texts: list[str], kills: int, seed: int, left: Callable[[], int]
) -> None:
    choose = random.Random(seed)
    rest = texts
    for number in range(kills):
        share = -(-len(rest) // (kills - number))
        await put(fake, rest[:share])
        rest = rest[share:]
        process = await start()
        await fake.get("wait?connected&timeout=60")
        await asyncio.sleep(choose.uniform(0, choose.choice(LIVES)))
        process.kill()
        await process.wait()
        if (number + 1) % 20 == 0:
            stats = await fake.get("stats")
            print(f"  {number + 1} kills, {stats['sends']} sent, {left()} to send", flush=True)


async def put(fake: Fake, texts: list[str]) -> None:
    if texts:
        await fake.post("backlog", {"messages": len(texts), "chats": CHATS, "texts": texts})


async def desk(kills: int, messages: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "frontdesk.db"
        async with fake_discord() as fake:

            async def start() -> asyncio.subprocess.Process:
                return await start_desk(fake.url, Path(folder), **PACE)

            first = await start()
            await fake.get("wait?connected")
            await put(fake, ["hello"] * CHATS)
            await fake.get(f"wait?sends={CHATS}")
            first.terminate()
            await first.wait()
            texts = unseen(messages, seed)
            await kill_often(fake, start, texts, kills, seed, partial(unsent, database))
            last = await start()
            await until_quiet(fake, database)
            last.terminate()
            await last.wait()
            sends = (await fake.get("stats"))["sends"]
        report(database, sends, messages, kills)


async def until_quiet(fake: Fake, database: Path) -> None:
    await fake.get("wait?connected")
    quiet = 0
    while quiet < 8:
        await asyncio.sleep(0.5)
        quiet = 0 if unsent(database) else quiet + 1


def report(database: Path, sends: int, messages: int, kills: int) -> None:
    with closing(sqlite3.connect(database)) as connection:

        def count(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        heard = count("SELECT count(*) FROM inbox") - CHATS
        effects = count("SELECT count(*) FROM asked")
        rows = count("SELECT count(*) FROM outbox WHERE state = 'sent'")
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    print(
        f"desk: {kills} kills, {messages} messages: lost {messages - heard}, duplicated effects "
        f"{max(effects - heard, 0)}, messages at Discord {sends} for {rows} rows, integrity {sound}"
    )


async def echo(kills: int, messages: int, seed: int) -> None:
    async with fake_discord() as fake:
        texts = unseen(messages, seed)
        await kill_often(fake, lambda: start_echo(fake.url), texts, kills, seed, lambda: 0)
        sent = (await fake.get("ledger?since=0"))["sent"]
        heard = Counter(one["text"] for one in sent)
        print(f"bare echo: {kills} kills, {messages} messages: lost {messages - len(heard)}")


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
