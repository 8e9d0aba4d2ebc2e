"""What one person wrote in a hurry arrives together: it is taken in its order, whatever fails."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from core.messages import Address, Attachment, Inbound, Sender
from frontdesk.app import Parts
from tests.conftest import Clock
from tests.faults.desks import deaf_desk, heard, query
from tests.faults.trouble import BadDisk

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FORM = ("/ticket", "kim_1", "Picture stays black", "I watch", "Today at nine", "Done", "Send")
WORDS = [f"forgot my password {number}" for number in range(12)]


@pytest.fixture
async def parts(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Parts]:
    async with deaf_desk(database_url, tmp_path, clock) as opened:
        yield opened


def said(person: str, number: int, text: str, **more: object) -> Inbound:
    place = Address("memory", "desk", person)
    return Inbound(f"{person}/{number}", place, Sender(person, person, "en"), AT, text=text, **more)  # type: ignore[arg-type]  # fields of Inbound, by name


async def hand_over(parts: Parts, messages: list[Inbound]) -> list[Inbound]:
    """All at once, as a platform's adapter does. Those that were not received."""
    outcomes = await asyncio.gather(*map(parts.desk.receive, messages), return_exceptions=True)
    return [one for one, outcome in zip(messages, outcomes, strict=True) if outcome]


async def test_a_form_filled_in_one_breath_is_one_ticket(parts: Parts) -> None:
    people = ("kim", "lee")
    messages = [said(name, *step) for step in enumerate(FORM) for name in people]
    assert await hand_over(parts, messages) == []
    tickets = await query(parts, "SELECT subject, username, description FROM ticket")
    assert tickets == [("Picture stays black", "kim_1", "Today at nine")] * 2


async def test_an_album_that_comes_at_once_is_answered_once(parts: Parts) -> None:
    file = Attachment("h", "photo")
    album = [said("kim", number, "", group="album", attachments=(file,)) for number in range(4)]
    assert await hand_over(parts, album) == []
    assert await query(parts, "SELECT count(*) FROM evidence") == [(4,)]
    assert await query(parts, "SELECT count(*) FROM outbox") == [(1,)]


async def test_nobody_overtakes_what_was_given_up_while_it_was_looked_up(parts: Parts) -> None:
    """As when the desk is stopped: the platform delivers all three again."""
    messages = [said("kim", *one) for one in enumerate(WORDS[:3])]
    tasks = [asyncio.create_task(parts.desk.receive(one)) for one in messages]
    await asyncio.sleep(0)
    tasks[1].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    kept = [text for text, outcome in zip(WORDS, outcomes, strict=False) if outcome is None]
    assert await heard(parts) == kept == WORDS[: len(kept)]
    assert await hand_over(parts, messages) == []
    assert await heard(parts) == WORDS[:3]


@pytest.mark.parametrize("failing", [2, 5, 9, 14, 30])
async def test_nobody_overtakes_what_could_not_be_kept(parts: Parts, failing: int) -> None:
    """The disk fails for so many statements, beginning anywhere; the platform delivers again."""
    disk = BadDisk(parts.store.engine)
    for start in (1, 3, 6):
        person = f"{failing}-{start}"
        messages = [said(person, *one) for one in enumerate(WORDS)]
        disk.strike(start, count=failing)
        left = messages
        for _ in count():
            left = await hand_over(parts, left)
            if not left:
                break
            assert left == messages[-len(left) :]
        disk.heal()
        taken = await heard(parts)
        assert taken[-len(WORDS) :] == WORDS
    assert await query(parts, "SELECT DISTINCT state FROM inbox") == [("done",)]
