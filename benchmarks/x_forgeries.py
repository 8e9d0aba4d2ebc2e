"""Calls that X never made: none may have any effect on a desk at work.

`python -m benchmarks.x_forgeries [--each 1000]`. The program runs as it is, with X's imitation;
each forged call tells of a message of its own. True calls before and after show that the door was
open all the while.
"""

import argparse
import asyncio
import os
import socket
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash import unsent
from tests.fakes.x import XFake
from tests.fakes.x_forgeries import FORGERIES
from tests.fakes.x_world import Message, between

PUBLIC = "https://desk.example"
HOOK = f"{PUBLIC}/x"
SIDE_BY_SIDE = 20
PLENTY = "100000"
PATIENCE = 60.0
TABLES = ("inbox", "outbox", "contact", "asked", "ticket")


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    calls: int
    statuses: dict[int, int]
    effects: int
    """Rows of the database that were not there before, and messages to anybody."""


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(fake: XFake, folder: Path, port: int) -> dict[str, str]:
    ca = folder / "ca.pem"
    fake.authority.write(ca)
    keys = ("consumer_key", "consumer_secret", "access_token", "access_secret", "client_id",
            "client_secret", "refresh_token")  # fmt: skip
    return {
        **os.environ,
        **{f"FRONTDESK_X__{name.upper()}": str(getattr(fake.keys, name)) for name in keys},
        "SSL_CERT_FILE": str(ca),
        "FRONTDESK_DATA": str(folder / "data"),
        "FRONTDESK_X__API_URL": fake.here,
        "FRONTDESK_X__WEBHOOK": "true",
        "FRONTDESK_X__PER_QUARTER_HOUR": PLENTY,
        "FRONTDESK_X__PER_DAY": PLENTY,
        "FRONTDESK_WEB__PORT": str(port),
        "FRONTDESK_WEB__PUBLIC_URL": PUBLIC,
        "FRONTDESK_LOG_LEVEL": "error",
    }


@asynccontextmanager
async def desk_at_work(fake: XFake, folder: Path) -> AsyncIterator[Path]:
    """Until X calls it. Its database."""
    port = free_port()
    fake.limits.off()
    fake.calling.leads[PUBLIC] = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk", "run", env=environment(fake, folder, port)
    )
    try:
        await until_heard(fake, "before")
        yield folder / "data" / "frontdesk.db"
    finally:
        process.terminate()
        await process.wait()


async def until_heard(fake: XFake, text: str) -> None:
    """Somebody writes, the desk is called, and answers."""
    before, end = len(fake.ledger), time.monotonic() + PATIENCE
    person = fake.person(7, "Anna")
    while len(fake.ledger) == before:
        event = fake.account_activity(await person.says(text))
        await fake.call(HOOK, event)
        await asyncio.sleep(1)
        if time.monotonic() > end:
            raise TimeoutError("the desk does not hear X")


async def settle(fake: XFake, database: Path) -> int:
    """Until nothing has changed for three seconds. All there is then."""
    seen, since = (-1, -1), time.monotonic()
    end = since + PATIENCE
    while time.monotonic() - since < 3:
        await asyncio.sleep(0.5)
        if time.monotonic() > end:
            raise TimeoutError(f"{unsent(database)} rows are still to be sent")
        now = (count(database), len(fake.ledger))
        if now != seen or unsent(database):
            seen, since = now, time.monotonic()
    return sum(seen)


def count(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return sum(
            int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in TABLES
        )


def never_said(fake: XFake, number: int) -> Message:
    """X itself does not know of it: no look-up may find it either."""
    person = str(10_000 + number)
    conversation = between(fake.user_id, person)
    clock = fake.clock
    return Message(
        clock.new_id(), clock.now(), person, fake.user_id, conversation, f"forged {number}"
    )


async def forge(fake: XFake, database: Path, kind: str, each: int, first: int) -> Row:
    before, sent = count(database), len(fake.ledger)
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(number: int) -> int:
        async with gate:
            shape = (fake.account_activity, fake.activity)[number % 2]
            return await fake.forge(HOOK, shape(never_said(fake, number)), kind)

    statuses = Counter(await asyncio.gather(*map(one, range(first, first + each))))
    effects = count(database) - before + len(fake.ledger) - sent
    return Row(kind, each, dict(statuses), effects)


def show(rows: list[Row], effects: int, seconds: float) -> None:
    print("| forgery | calls | answered with | effects |\n| --- | --- | --- | --- |")
    for row in rows:
        statuses = ", ".join(f"{status}: {n}" for status, n in sorted(row.statuses.items()))
        print(f"| {row.kind} | {row.calls} | {statuses} | {row.effects} |")
    calls = sum(row.calls for row in rows)
    print(
        f"{len(rows)} kinds, {calls} calls in {seconds:.0f} s: {effects} effects once all is quiet"
    )


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=1000)
    each = parser.parse_args().each
    with tempfile.TemporaryDirectory() as folder:
        async with XFake() as fake, desk_at_work(fake, Path(folder)) as database:
            before, began = await settle(fake, database), time.monotonic()
            rows = [
                await forge(fake, database, kind, each, place * each)
                for place, kind in enumerate(FORGERIES)
            ]
            seconds = time.monotonic() - began
            effects = await settle(fake, database) - before
            show(rows, effects, seconds)
            await until_heard(fake, "after")
    if effects:
        raise SystemExit("a forgery had an effect")


if __name__ == "__main__":
    asyncio.run(main())
