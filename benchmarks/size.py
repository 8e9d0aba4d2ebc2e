"""Does a full database slow the desk down? A message's time, against an empty one.

`python -m benchmarks.size [--messages 1000000]`. The full one holds a tenth
as many contacts and tickets, too.
"""

import argparse
import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.processes import fake_telegram, running, start_desk
from benchmarks.questions import repeated
from benchmarks.throughput import MESSAGES, RUNS, WARM_UP, Figure, drive
from core.migration import migrate
from core.store import open_engine

DAY = "2026-01-01 00:00:00.000000"


def fill(path: Path, messages: int) -> None:
    """A database with a past, written in bulk."""
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    people = messages // 10
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        put(
            connection,
            "contact",
            ("id", "name", "language", "chose_language", "audience", "created_at"),
            ((n, f"Person {n}", "en", 0, "user", DAY) for n in range(1, people + 1)),
        )
        put(
            connection,
            "address",
            (
                "id",
                "contact_id",
                "platform",
                "account",
                "chat",
                "thread",
                "sender",
                "reachable",
                "subscribed",
                "created_at",
                "dialog",
                "state",
                "offers",
                "heard",
            ),
            (
                (n, n, "telegram", "1", f"past{n}", "", f"past{n}", 1, 0, DAY, "", "{}", "[]", 0)
                for n in range(1, people + 1)
            ),
        )
        put(
            connection,
            "ticket",
            (
                "id",
                "contact_id",
                "kind",
                "username",
                "subject",
                "audience",
                "description",
                "language",
                "state",
                "created_at",
                "due_at",
            ),
            (
                (n, n, "", "", f"Matter {n}", "user", "x" * 200, "en", "open", DAY, DAY)
                for n in range(1, people + 1)
            ),
        )
        put(
            connection,
            "inbox",
            (
                "id",
                "platform",
                "account",
                "event",
                "address_id",
                "kind",
                "text",
                "choice",
                "message",
                "reply_to",
                "album",
                "at",
                "received_at",
                "state",
                "reason",
            ),
            (
                (
                    n,
                    "telegram",
                    "1",
                    f"past{n}",
                    n % people + 1,
                    "message",
                    "how do i log in",
                    "",
                    f"{n}",
                    "",
                    "",
                    DAY,
                    DAY,
                    "done",
                    "",
                )
                for n in range(1, messages + 1)
            ),
        )
        put(connection, "outbox", (
            "id", "cause", "address_id", "platform", "part", "rank", "title", "text", "choices",
            "columns", "reply_to", "state", "reason", "attempts", "fence", "not_before",
            "platform_id", "created_at", "sent_at",
        ), sent(messages, people))  # fmt: skip


def sent(messages: int, people: int) -> Iterator[tuple[object, ...]]:
    for n in range(1, messages + 1):
        yield (n, f"in:{n}/0", n % people + 1, "telegram", 0, "2 answer", "",
               "Open the sign-in page.", "[]", 1, "", "sent", "", 1, 1, DAY, f"{n}",
               DAY, DAY)  # fmt: skip


def put(
    connection: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Iterator[tuple[object, ...]],
) -> None:
    places = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


async def measure(data: Path, run: int) -> Figure:
    async with fake_telegram() as fake, running(await start_desk(fake.url, data)) as process:
        return await drive(fake, process, repeated(WARM_UP + MESSAGES, run))


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    messages = parser.parse_args().messages
    empty: list[float] = []
    full: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        past = Path(folder, "past")
        await asyncio.to_thread(fill, past / "frontdesk.db", messages)
        for run in range(RUNS):
            empty.append(1 / (await measure(Path(folder, f"empty{run}"), run)).per_second)
            copy = await asyncio.to_thread(shutil.copytree, past, Path(folder, f"full{run}"))
            full.append(1 / (await measure(copy, run)).per_second)
    print(
        f"empty {median(empty) * 1000:.2f} ms, with {messages} messages "
        f"{median(full) * 1000:.2f} ms a message: ratio {median(full) / median(empty):.2f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
