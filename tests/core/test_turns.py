"""Of several processes on one PostgreSQL, one sends for each account of a platform."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text

from core.delivery import courier
from core.limits import Window
from core.store import Store, open_engine
from tests.conftest import Clock
from tests.core.post import Post
from tests.fakes.memory import FAST, MemoryAdapter
from tests.faults.waiting import until

WITHIN = 10.0
"""Seconds in which another process must take over."""
END_TURNS = """
    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
async def posts(
    new_postgres_database: Callable[[], str], clock: Clock
) -> AsyncIterator[tuple[Post, Post]]:
    """Two processes, as far as the database can tell."""
    url = new_postgres_database()
    stores = [Store(open_engine(url)) for _ in range(2)]
    yield Post(stores[0], clock), Post(stores[1], clock, first=100)
    for one in stores:
        await one.close()


@asynccontextmanager
async def first_at_work(posts: tuple[Post, Post]) -> AsyncIterator[None]:
    """The first has the turn, and has shown it."""
    async with posts[0].at_work() as ours:
        await posts[0].say("mine")
        ours.wake()  # it may have looked already
        await arrived(posts[0].adapter, 1)
        yield


async def arrived(adapter: MemoryAdapter, count: int) -> None:
    async with asyncio.timeout(WITHIN):
        await adapter.until_sent(count)


async def test_one_sends_and_is_woken_by_what_another_puts_in(
    posts: tuple[Post, Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "CHECK", 600.0)  # nobody looks by himself
    first, second = posts
    async with first_at_work(posts), second.at_work() as theirs:
        for number in range(5):
            await second.say(f"yours {number}")
            theirs.wake()
            await arrived(first.adapter, number + 2)
    assert second.adapter.tried == []


async def test_who_waits_sends_once_the_first_has_stopped(posts: tuple[Post, Post]) -> None:
    second = posts[1]
    async with AsyncExitStack() as working:
        async with first_at_work(posts):
            await working.enter_async_context(second.at_work())
        await second.say("my turn")
        await arrived(second.adapter, 1)


async def test_a_lost_connection_is_a_lost_turn_and_somebody_gets_it(
    posts: tuple[Post, Post],
) -> None:
    first, second = posts
    async with first_at_work(posts), second.at_work() as theirs:
        for number in range(3):
            await second.store.write(lambda session: session.execute(text(END_TURNS)))
            await second.say(f"after the loss {number}")
            theirs.wake()
            await until(lambda: len(first.shown) + len(second.shown) == number + 2, WITHIN)  # noqa: B023  # it ends before the next
    said = [*first.shown, *second.shown]
    assert len(said) == len(set(said)) == 4


async def test_who_waits_knows_that_little_is_left(posts: tuple[Post, Post]) -> None:
    """Else whoever writes to the other process is never told other ways to reach us."""
    first, second = posts
    first.adapter.limits = second.adapter.limits = replace(FAST, windows=(Window(2, 900),))
    async with first_at_work(posts), second.at_work(sweep=0.05) as theirs:
        await first.say("one more")
        await arrived(first.adapter, 2)
        await until(lambda: theirs.is_short("memory"), WITHIN)
        assert not theirs.has_turn("memory")


async def test_each_account_has_a_turn_of_its_own(posts: tuple[Post, Post]) -> None:
    second = posts[1]
    other = MemoryAdapter(platform="other")
    async with first_at_work(posts), second.at_work(other):
        await second.say("over there", platform="other")
        await arrived(other, 1)
    assert second.adapter.tried == []
