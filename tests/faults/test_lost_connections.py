"""F10: PostgreSQL goes away in the midst of it; the desk goes on by itself, with nothing lost and
nothing twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import OperationalError

from frontdesk.app import Parts
from tests.fakes.telegram import TelegramFake
from tests.faults.desks import check_effects, desk_on_telegram
from tests.faults.waiting import until

MESSAGES = 60
CUTS = 12
CUT_ALL = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def url(new_postgres_database: Callable[[], str]) -> str:
    return new_postgres_database()


@pytest.fixture
async def parts(url: str, telegram: TelegramFake, tmp_path: Path) -> AsyncIterator[Parts]:
    async with desk_on_telegram(telegram, tmp_path, database_url=SecretStr(url)) as desk:
        await telegram.is_polled()
        yield desk


async def admin(url: str) -> psycopg.AsyncConnection[tuple[int]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return await psycopg.AsyncConnection.connect(plain, autocommit=True)


async def test_connections_cut_amid_traffic_lose_nothing_and_repeat_nothing(
    parts: Parts, telegram: TelegramFake, url: str
) -> None:
    people = [telegram.person(number, language_code="en") for number in range(MESSAGES)]
    cut = 0
    async with await admin(url) as connection:
        for number, person in enumerate(people):
            await person.says("forgot my password")
            if number % (MESSAGES // CUTS) == 0:
                row = await (await connection.execute(CUT_ALL)).fetchone()
                cut += row[0] if row else 0
            await asyncio.sleep(0.01)
    last_cut = time.monotonic()
    await until(lambda: all(person.inbox for person in people))
    assert time.monotonic() - last_cut < 10
    assert cut >= CUTS
    await telegram.all_confirmed()
    await check_effects(parts, MESSAGES)
    assert [len(person.inbox) for person in people] == [1] * MESSAGES


@pytest.mark.parametrize(
    "words",
    ["INSERT INTO inbox", "fence=(outbox.fence +", "platform_id="],
    ids=["received", "claimed", "marked"],
)
async def test_a_connection_lost_between_a_commit_and_its_answer_does_nothing_twice(
    parts: Parts, telegram: TelegramFake, words: str
) -> None:
    cut = CutAtCommit(parts.store.engine, words)
    kim = telegram.person(7, language_code="en")
    await kim.says("forgot my password")
    await kim.hears(timeout=10)
    await until(lambda: cut.done)
    await telegram.all_confirmed()
    await check_effects(parts, 1)
    assert len(kim.inbox) == 1


class CutAtCommit:
    """The first commit of a statement with these words is done, but nobody hears of it."""

    def __init__(self, engine: Engine, words: str) -> None:
        self.done = False
        self._words = words
        event.listen(engine, "before_cursor_execute", self._see)
        event.listen(engine, "begin", lambda connection: connection.info.pop("seen", None))
        event.listen(engine, "commit", self._cut)

    def _see(self, connection: Connection, _cursor: object, sql: str, *_: Any) -> None:
        if self._words in sql:
            connection.info["seen"] = True

    def _cut(self, connection: Connection) -> None:
        if self.done or "seen" not in connection.info:
            return
        self.done = True
        connection.connection.commit()
        connection.invalidate()
        lost = psycopg.OperationalError("the connection is lost")
        raise OperationalError("COMMIT", None, lost, connection_invalidated=True)
