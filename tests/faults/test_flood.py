"""B14: who floods the desk is told so once and slows nobody else down; all of it is kept."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person
from tests.faults.desks import desk_on_telegram, query

pytestmark = pytest.mark.alone

FLOOD, PEOPLE, ALLOWED = 200, 10, 30
WALL = 2.0
"""Seconds in which everybody behind two hundred messages that came at one moment is answered:
twelve seconds' worth of a thousand a minute. That rate itself must not be noticed: see the second
test."""
NOTICEABLE = 0.3
"""Seconds that a person may wait in any case."""


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    """One that does not look at each update for its form: that takes longer than to answer it."""
    async with TelegramFake(check=False) as fake:
        yield fake


async def ask(person: Person, text: str) -> float:
    """Seconds until the answer."""
    began = time.monotonic()
    await person.says(text)
    await person.hears()
    return time.monotonic() - began


async def ask_all(people: list[Person], text: str) -> float:
    """How long people wait, the one in the middle, when all ask at once."""
    return median(await asyncio.gather(*(ask(person, text) for person in people)))


async def test_a_flood_is_kept_answered_with_one_notice_and_slows_nobody_else(
    telegram: TelegramFake, tmp_path: Path
) -> None:
    people = [telegram.person(number, language_code="en") for number in range(10, 10 + PEOPLE)]
    flooder = telegram.person(99, language_code="en")
    async with desk_on_telegram(telegram, tmp_path) as parts:
        await telegram.is_polled()
        await ask_all(people, "forgot my password, to begin with")
        alone = await ask_all(people, "forgot my password, alone")
        for number in range(FLOOD):
            await flooder.says(f"forgot my password {number}")
        beside = await ask_all(people, "forgot my password, beside a flood")
        assert beside < WALL, (beside, alone)
        await telegram.all_confirmed(20)
        await parts.settle()
        assert len(flooder.inbox) == ALLOWED + 1
        notices = [said for said in flooder.inbox if "a lot at once" in said["text"]]
        assert notices == flooder.inbox[-1:]
        assert await query(
            parts, "SELECT state, count(*) FROM inbox GROUP BY state ORDER BY state"
        ) == [("done", ALLOWED + 3 * PEOPLE), ("dropped", FLOOD - ALLOWED)]
        assert [len(person.inbox) for person in people] == [3] * PEOPLE


async def test_other_people_are_answered_all_the_time_while_somebody_goes_on_flooding(
    telegram: TelegramFake, tmp_path: Path
) -> None:
    kim, flooder = (telegram.person(number, language_code="en") for number in (7, 99))
    async with desk_on_telegram(telegram, tmp_path):
        await telegram.is_polled()
        waits = []
        for number in range(10):
            for burst in range(25):
                await flooder.says(f"forgot my password {number} {burst}")
            waits.append(await ask(kim, f"forgot my password {number}"))
        assert median(waits) < NOTICEABLE, waits
        await telegram.all_confirmed(20)
