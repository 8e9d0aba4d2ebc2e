"""F1-F4: killed at any moment the desk loses nothing, does nothing twice, and repeats at most the
send that was on its way. Killed in the same way, a plain bot fails: so the harness can tell.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from benchmarks.processes import Fake, fake_telegram, start_echo
from tests.faults import program
from tests.faults.waiting import until

pytestmark = pytest.mark.alone

KILLS, MESSAGES = 12, 120
SEED = 20261122
LONGEST_LIFE = 0.3
"""Seconds from the first request for updates to the kill, at most."""

INBOX = "SELECT count(*), count(DISTINCT text) FROM inbox"
OUTBOX = "SELECT count(*), count(DISTINCT cause) FROM outbox"
NOT_SENT = "SELECT 60 - count(*) FROM outbox WHERE state = 'sent'"

Start = Callable[[], Awaitable[program.Process]]


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with fake_telegram() as one:
        yield one


async def live_and_die(fake: Fake, start: Start, choose: random.Random) -> None:
    process = await start()
    try:
        await program.until_polling(fake, process)
        await asyncio.sleep(choose.uniform(0, LONGEST_LIFE))
    finally:
        await program.end(process)


async def count_faults(fake: Fake, messages: int) -> tuple[int, int]:
    """Of messages that Telegram no longer holds: how many nobody answered; how many answers were
    one too many.
    """
    waiting = (await fake.get("stats"))["pending"]
    heard = Counter(await program.heard_by(fake))
    return max(messages - waiting - len(heard), 0), sum(heard.values()) - len(heard)


@pytest.mark.timeout(240)  # thirteen starts
async def test_twelve_kills_lose_nothing_and_repeat_at_most_what_was_on_its_way(
    fake: Fake, tmp_path: Path
) -> None:
    choose = random.Random(SEED)
    each = MESSAGES // KILLS
    amid_work = 0
    for number in range(KILLS):
        await program.put_messages(fake, each, number * each)
        await live_and_die(fake, lambda: program.start(fake, tmp_path), choose)
        waiting = (await fake.get("stats"))["pending"]
        amid_work += bool(waiting or program.unsent(tmp_path))
    async with program.running(fake, tmp_path):
        await program.until_answered(fake, tmp_path)
    program.check_database(tmp_path, MESSAGES)
    lost, repeated = await count_faults(fake, MESSAGES)
    assert lost == 0
    assert repeated <= KILLS
    assert amid_work >= KILLS // 3, "most kills came when there was nothing to do"


async def test_kills_of_a_desk_on_postgresql_lose_nothing_either(
    fake: Fake, tmp_path: Path, new_postgres_database: Callable[[], str]
) -> None:
    url = new_postgres_database()
    choose = random.Random(SEED)

    def start() -> Awaitable[program.Process]:
        return program.start(fake, tmp_path, FRONTDESK_DATABASE_URL=url)

    for number in range(2):
        await program.put_messages(fake, 30, number * 30)
        await live_and_die(fake, start, choose)
    with closing(psycopg.connect(plain(url), autocommit=True)) as database:
        async with program.running(fake, tmp_path, FRONTDESK_DATABASE_URL=url):
            await until(lambda: database.execute(NOT_SENT).fetchone() == (0,))
            await fake.get("wait?pending=0")
        assert database.execute(INBOX).fetchone() == (60, 60)
        assert database.execute(OUTBOX).fetchone() == (60, 60)
    lost, repeated = await count_faults(fake, 60)
    assert lost == 0
    assert repeated <= 2


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def test_a_plain_bot_loses_or_repeats_within_a_handful_of_the_same_kills(fake: Fake) -> None:
    choose = random.Random(SEED)
    each, faults = 80, (0, 0)
    for number in range(10):
        await program.put_messages(fake, each, number * each)
        await live_and_die(fake, lambda: start_echo(fake.url), choose)
        faults = await count_faults(fake, (number + 1) * each)
        if any(faults):
            break
    assert any(faults)
