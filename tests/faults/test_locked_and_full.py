"""F8, F9: while the database cannot be written nothing is acknowledged and nothing is half there;
afterwards everything is taken in, in order, by itself.
"""

import asyncio
from pathlib import Path

import pytest

from tests.fakes.telegram import TelegramFake
from tests.faults.desks import check_effects, desk_on_telegram, heard, query, sizes
from tests.faults.trouble import locked, set_pragma
from tests.faults.waiting import until

AGAIN = "not received; it is taken again"
STALL = 0.25
"""Seconds for which the event loop may be held up."""


async def say(telegram: TelegramFake, words: list[str]) -> None:
    """Two people, by turns."""
    people = [telegram.person(number, language_code="en") for number in (7, 8)]
    for number, text in enumerate(words):
        await people[number % 2].says(text)


async def test_what_is_written_while_the_database_is_locked_is_taken_in_afterwards_in_order(
    telegram: TelegramFake, tmp_path: Path, stalls: list[float]
) -> None:
    words = [f"forgot my password {number}" for number in range(10)]
    async with desk_on_telegram(telegram, tmp_path) as parts:
        await telegram.is_polled()
        stalls.clear()
        async with locked(tmp_path / "frontdesk.db"):
            await say(telegram, words)
            await asyncio.sleep(1.5)  # shorter than SQLite's patience
            assert len(telegram.updates.pending) == 10
            assert await heard(parts) == []
        await telegram.all_confirmed()
        assert max(stalls) < STALL
        taken = await heard(parts)
        assert [text for text in taken if text in words[::2]] == words[::2]
        assert [text for text in taken if text in words[1::2]] == words[1::2]
        await check_effects(parts, 10)


async def test_a_lock_longer_than_our_patience_is_outlived(
    telegram: TelegramFake, tmp_path: Path, stalls: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    words = [f"forgot my password {number}" for number in range(10)]
    async with desk_on_telegram(telegram, tmp_path) as parts:
        await telegram.is_polled()
        await set_pragma(parts, "busy_timeout", 50)
        async with locked(tmp_path / "frontdesk.db"):
            await say(telegram, words)
            await until(lambda: caplog.messages.count(AGAIN) > 2)
            assert len(telegram.updates.pending) == 10
            assert await heard(parts) == []
        await telegram.all_confirmed(10)
        assert max(stalls) < STALL
        taken = await heard(parts)
        assert [text for text in taken if text in words[::2]] == words[::2]
        await check_effects(parts, 10)


async def test_a_full_disk_acknowledges_nothing_and_keeps_nothing_half(
    telegram: TelegramFake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    people = [telegram.person(number, language_code="en") for number in range(100, 140)]
    async with desk_on_telegram(telegram, tmp_path) as parts:
        await telegram.is_polled()
        before = await set_pragma(parts, "max_page_count", 1)  # taken as: no more than now
        for person in people:
            await person.says("forgot my password " + "x" * 3000)
        await until(lambda: AGAIN in caplog.messages)
        there = await sizes(parts)
        assert there["inbox"] == there["outbox"] < 40
        assert len(telegram.updates.pending) >= 40 - there["inbox"]
        await set_pragma(parts, "max_page_count", before)
        await telegram.all_confirmed(30)
        await check_effects(parts, 40)
        assert [len(person.inbox) for person in people] == [1] * 40
        assert await query(parts, "PRAGMA integrity_check") == [("ok",)]
