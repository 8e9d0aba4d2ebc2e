"""That a reply is due stands where the ticket is worked on, too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.staffdesk import hired, looks, open_ticket
from tests.dialogs.talk import PACK, Room, Talk
from tests.fakes.memory import MemoryAdapter

DUE, SUBJECT = "Tuesday 24 November, 11:00 +0100", "Video bleibt stehen"


@pytest.fixture
async def talk(tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    clock.now = clock.now.replace(day=23, hour=10)
    room = Room(Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none")), clock)
    room.adapter = MemoryAdapter(rooms="staff")
    await room.open()
    yield Talk(room, "Kim")
    await room.close()


def reminders(talk: Talk, place: str) -> list[str]:
    """What was said of a time, in a chat or in all rooms."""
    return [one.text for one in talk.room.adapter.sent
            if one.address.chat == place and "⏰" in one.text]  # fmt: skip


async def test_a_room_is_told_in_time_and_when_it_is_late_once_each(
    talk: Talk, clock: Clock
) -> None:
    sam = await hired(talk, "sam")
    await sam.says("/duty on")
    first = await open_ticket(talk)
    await looks(talk, clock, 18)
    soon = f"⏰ A reply to ticket {first} is due {DUE}.\n{SUBJECT}"
    assert [reminders(talk, place) for place in ("staff", "sam-chat")] == [[soon]] * 2
    await talk.restart()
    await looks(talk, clock, 1)
    assert reminders(talk, "staff") == [soon]
    await looks(talk, clock, 5)
    await talk.restart()
    await looks(talk, clock, 1)
    late = f"⏰ Late: a reply to ticket {first} was due {DUE}.\n{SUBJECT}"
    assert [reminders(talk, place) for place in ("staff", "sam-chat")] == [[soon, late]] * 2


async def test_only_the_room_of_that_ticket_is_told(talk: Talk, clock: Clock) -> None:
    first, second = await open_ticket(talk), await open_ticket(talk.another("Lee"))
    sam = await hired(talk, "sam")
    await sam.says(f"/reply {first} Hello")
    await looks(talk, clock, 18)
    (told,) = [one for one in talk.room.adapter.sent if "⏰" in one.text]
    assert talk.room.adapter.rooms[told.address.thread].startswith(f"#{second}")
    assert "⏰" not in str([one.text for one in talk.heard])
