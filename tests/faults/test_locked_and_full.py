"""F8, F9: while the database cannot be written nothing is acknowledged and nothing is half there;
afterwards everything is taken in, in order, by itself.
"""

import asyncio
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import faq
from tests.fakes.telegram import TelegramFake
from tests.faults.desks import check_effects, desk_on_telegram, heard, query, sizes
from tests.faults.door import KEY, called_desk, update
from tests.faults.trouble import BadDisk, locked, set_pragma
from tests.faults.waiting import until

pytestmark = pytest.mark.alone

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
            await until(lambda: AGAIN in caplog.messages)
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


async def test_a_disk_without_room_is_told_to_telegram_and_to_who_asks_for_our_health(
    telegram: TelegramFake, tmp_path: Path
) -> None:
    people = [telegram.person(number, language_code="en") for number in range(10, 20)]
    calls = [json.dumps(update(person.id, chat=person.id)).encode() for person in people]
    async with called_desk(telegram, tmp_path) as door:
        assert await door.health() == 200
        before = await sizes(door.parts)
        with no_more_room(tmp_path / "frontdesk.db-wal"):
            for call in calls:
                assert await door.call(call, KEY) == 503
            assert await sizes(door.parts) == before
            assert await door.health() == 503
        for call in calls:
            assert await door.call(call, KEY) == 200
        assert await door.health() == 200
        await check_effects(door.parts, 10)
        assert [len(person.inbox) for person in people] == [1] * 10


async def test_changes_of_the_faq_are_followed_after_the_database_was_out_of_order(
    telegram: TelegramFake, tmp_path: Path
) -> None:
    question = "is there a programme for parrots"
    async with desk_on_telegram(telegram, tmp_path) as parts:
        disk = BadDisk(parts.store.engine)
        disk.strike(1, count=1000)
        await until(lambda: disk.struck > 0)
        disk.heal()
        entries = await parts.store.read(faq.export_entries)
        wording = entries[0].texts["en"].model_copy(update={"question": question})
        changed = entries[0].model_copy(update={"texts": {**entries[0].texts, "en": wording}})
        await parts.store.write(lambda session: faq.import_entries(session, [changed]))

        async def is_known() -> bool:
            return (await parts.answers.find(question, "en")).verdict == "answer"

        await until(is_known, 5)


@contextmanager
def no_more_room(file: Path) -> Iterator[None]:
    """The file cannot grow: its system refuses, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
