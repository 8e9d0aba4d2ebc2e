"""F16-F18, F21: whatever is delivered more than once, at once or in disorder, has one effect, and
what somebody says stays in the order in which they said it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.messages import Address, Inbound, Sender
from frontdesk.app import Parts
from tests.conftest import Clock
from tests.fakes.telegram import TelegramFake
from tests.faults.desks import check_effects, deaf_desk, desk_on_telegram, heard, query, sizes

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PEOPLE, EACH = 20, 4


@pytest.fixture
async def parts(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Parts]:
    async with deaf_desk(database_url, tmp_path, clock) as opened:
        yield opened


def words_of(person: int) -> list[Inbound]:
    chat = f"person{person}"
    address, sender = Address("memory", "desk", chat), Sender(chat, chat, "en")
    return [
        Inbound(f"{chat} {number}", address, sender, AT, text=f"{chat} asks {number}")
        for number in range(EACH)
    ]


async def say_each_thrice(parts: Parts, words: list[Inbound]) -> None:
    for one in words:
        await asyncio.gather(*(parts.desk.receive(one) for _ in range(3)))


async def test_each_message_thrice_at_once_has_one_effect_in_the_order_it_was_said(
    parts: Parts,
) -> None:
    talks = [words_of(person) for person in range(PEOPLE)]
    await asyncio.gather(*(say_each_thrice(parts, words) for words in talks))
    taken = await heard(parts)
    for words in talks:
        said = [one.text for one in words]
        assert [text for text in taken if text in said] == said
    assert await query(parts, "SELECT count(DISTINCT cause), count(*) FROM outbox") == [
        (PEOPLE * EACH, PEOPLE * EACH)
    ]


async def test_old_messages_delivered_again_in_any_order_change_nothing(parts: Parts) -> None:
    everything = [one for person in range(PEOPLE) for one in words_of(person)]
    for one in everything:
        await parts.desk.receive(one)
    before = await sizes(parts)
    random.Random(20261122).shuffle(everything)
    changed = [replace(one, text="something else", choice="ticket:new") for one in everything]
    await asyncio.gather(*(parts.desk.receive(one) for one in everything + changed))
    assert await sizes(parts) == before


async def test_two_desks_on_one_database_that_hear_the_same_do_it_once(
    new_postgres_database: Callable[[], str], tmp_path: Path, clock: Clock
) -> None:
    url = new_postgres_database()
    async with AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(deaf_desk(url, tmp_path / name, clock))
            for name in ("one", "two")
        ]
        for number in range(EACH):
            words = [words_of(person)[number] for person in range(PEOPLE)]
            await asyncio.gather(*(desk.desk.receive(one) for one in words for desk in desks))
        whole = (PEOPLE * EACH,)
        assert await query(desks[0], "SELECT count(*) FROM inbox WHERE state = 'done'") == [whole]
        assert await query(desks[0], "SELECT count(*) FROM outbox") == [whole]
        assert await query(desks[0], "SELECT count(*) FROM contact") == [(PEOPLE,)]


async def test_people_new_to_two_desks_at_once_are_not_told_of_a_fault(
    new_postgres_database: Callable[[], str], tmp_path: Path, clock: Clock
) -> None:
    """Their first two messages, each heard by another desk."""
    url = new_postgres_database()
    async with AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(deaf_desk(url, tmp_path / name, clock))
            for name in ("one", "two")
        ]
        for person in range(PEOPLE):
            pair = zip(desks, words_of(person), strict=False)
            await asyncio.gather(*(desk.desk.receive(one) for desk, one in pair))
        assert await query(desks[0], "SELECT count(*), min(state), max(state) FROM inbox") == [
            (PEOPLE * 2, "done", "done")
        ]


async def test_updates_that_begin_anew_at_any_number_are_taken(
    telegram: TelegramFake, tmp_path: Path
) -> None:
    kim = telegram.person(7, language_code="en")
    async with desk_on_telegram(telegram, tmp_path) as parts:
        for first in (900_000_000, 5, 400_000_000):
            await telegram.is_polled()
            await telegram.all_confirmed()
            telegram.next_update_id = first
            await kim.says("forgot my password")
            await kim.hears()
        await telegram.all_confirmed()
        await check_effects(parts, 3)
