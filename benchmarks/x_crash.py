"""SIGKILL at random moments on X: nothing may be lost, and nothing said twice.

`python -m benchmarks.x_crash [--kills 100] [--messages 500] [--seed 1]`. X is asked for messages,
and its limits and ours are lifted: at fifteen messages in a quarter of an hour nothing would ever
be on its way at a kill. What is in doubt after one is looked up in its conversation.
"""

import argparse
import asyncio
import os
import random
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from benchmarks.crash import LIVES, unsent
from benchmarks.processes import Fake, controlled
from benchmarks.questions import unseen

CHATS = 50
PLENTY = "100000"


@asynccontextmanager
async def fake_x() -> AsyncIterator[tuple[Fake, dict[str, Any]]]:
    """With where it is."""
    async with controlled("-m", "tests.fakes.x", "--port", "0", "--latency", "0.02") as fake:
        await fake.post("limits", {"off": True})
        yield fake, await fake.get("where")


async def start_desk(where: dict[str, Any], data: Path) -> asyncio.subprocess.Process:
    keys = where["keys"]
    environment = {
        **os.environ,
        "SSL_CERT_FILE": where["ca"],
        "FRONTDESK_DATA": str(data),
        "FRONTDESK_X__CONSUMER_KEY": keys["consumer_key"],
        "FRONTDESK_X__CONSUMER_SECRET": keys["consumer_secret"],
        "FRONTDESK_X__ACCESS_TOKEN": keys["access_token"],
        "FRONTDESK_X__ACCESS_SECRET": keys["access_secret"],
        "FRONTDESK_X__API_URL": where["url"],
        "FRONTDESK_X__PER_QUARTER_HOUR": PLENTY,
        "FRONTDESK_X__PER_DAY": PLENTY,
        "FRONTDESK_X__READS_PER_QUARTER_HOUR": PLENTY,
        "FRONTDESK_MESSAGES_PER_MINUTE": "1000000000",
        "FRONTDESK_LOG_LEVEL": "error",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "run", env=environment
    )


async def until_reading(fake: Fake) -> None:
    before = (await fake.get("stats"))["reads"]
    await fake.get(f"wait?reads={before + 1}&timeout=60")


async def kill_often(
    fake: Fake, where: dict[str, Any], data: Path, texts: list[str], kills: int, seed: int
) -> None:
    choose = random.Random(seed)
    rest = texts
    for number in range(kills):
        share = -(-len(rest) // (kills - number))
        await put(fake, rest[:share])
        rest = rest[share:]
        process = await start_desk(where, data)
        await until_reading(fake)
        await asyncio.sleep(choose.uniform(0, choose.choice(LIVES)))
        process.kill()
        await process.wait()
        if (number + 1) % 20 == 0:
            stats, left = await fake.get("stats"), unsent(data / "frontdesk.db")
            print(f"  {number + 1} kills, {stats['sends']} sent, {left} to send", flush=True)


async def put(fake: Fake, texts: list[str]) -> None:
    if texts:
        await fake.post("backlog", {"messages": len(texts), "chats": CHATS, "texts": texts})


async def settle(fake: Fake, where: dict[str, Any], data: Path) -> None:
    """One life in peace."""
    process = await start_desk(where, data)
    await until_reading(fake)
    quiet = 0
    while quiet < 10:
        await asyncio.sleep(0.5)
        quiet = 0 if unsent(data / "frontdesk.db") else quiet + 1
    process.terminate()
    await process.wait()


def report(database: Path, stats: dict[str, Any], messages: int, kills: int) -> None:
    with closing(sqlite3.connect(database)) as connection:

        def count(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        heard = count("SELECT count(*) FROM inbox")
        effects = count("SELECT count(*) FROM asked")
        rows = count("SELECT count(*) FROM outbox WHERE state = 'sent'")
        unknown = count("SELECT count(*) FROM outbox WHERE state = 'unknown'")
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    print(
        f"desk: {kills} kills, {messages} messages: lost {messages - heard}, duplicated effects "
        f"{max(effects - heard, 0)}, messages at X {stats['sends']} for {rows} rows sent and "
        f"{unknown} unknown, {stats['reads']} reads, integrity {sound}"
    )


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with fake_x() as (fake, where):
            await put(fake, ["hello"] * CHATS)
            await settle(fake, where, data)
            texts = unseen(chosen.messages, chosen.seed)
            await kill_often(fake, where, data, texts, chosen.kills, chosen.seed)
            await settle(fake, where, data)
            stats = await fake.get("stats")
        report(data / "frontdesk.db", stats, chosen.messages + CHATS, chosen.kills)


if __name__ == "__main__":
    asyncio.run(main())
