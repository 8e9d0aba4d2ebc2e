"""The people of the desk: who they are, and what they may."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from core.models import Place, Staff
from tests.conftest import Clock
from tests.dialogs.staffdesk import (
    code_for,
    dismissed,
    open_ticket,
    sam,
    ticket,
)
from tests.dialogs.talk import Talk

__all__ = ["sam"]


async def test_a_code_is_good_once(talk: Talk) -> None:
    code = await code_for(talk, "sam")
    await talk.another("sam", "en").says(f"/join {code.lower()}")
    assert [one.name for one in await talk.rows(select(Staff))] == ["sam"]
    await talk.says(f"/join {code}")
    assert "gilt nicht" in talk.last.text
    assert len(await talk.rows(select(Place).where(col(Place.staff_id).is_not(None)))) == 1


async def test_a_code_ends_after_ten_minutes(talk: Talk, clock: Clock) -> None:
    code = await code_for(talk, "sam")
    clock.now += timedelta(minutes=10)
    await talk.says(f"/join {code}")
    assert await talk.rows(select(Staff)) == []


async def test_five_wrong_tries_end_a_code(talk: Talk) -> None:
    code = await code_for(talk, "sam")
    for _ in range(5):
        await talk.says(f"/join {code[:5]}AAAAAAAA")
    await talk.says(f"/join {code}")
    assert await talk.rows(select(Staff)) == []


async def test_a_code_in_a_group_is_not_taken(talk: Talk) -> None:
    code = await code_for(talk, "sam")
    await talk.says(f"/join {code}", private=False)
    assert await talk.rows(select(Staff)) == []


async def test_one_person_may_write_from_several_places(talk: Talk, sam: Talk) -> None:
    other = talk.another("sam-elsewhere", "en")
    await other.says(f"/join {await code_for(talk, 'sam')}")
    assert len(await talk.rows(select(Staff))) == 1
    await other.says("/queue")
    assert other.last.text == "Nothing waits."


async def test_whoever_is_removed_is_nobody_at_their_next_message(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/reply {number}")

    await dismissed(talk, "sam")
    before = len(talk.heard)
    await sam.says("This must not reach Kim")
    await sam.says("/queue")
    assert "I do not know that command" in sam.last.text
    assert len(talk.heard) == before


@pytest.mark.parametrize("command", ["queue", "show 1", "reply 1 hi", "solve 1", "stats", "staff"])
async def test_for_everybody_else_there_are_no_such_commands(talk: Talk, command: str) -> None:
    await open_ticket(talk)
    await talk.says(f"/{command}")
    assert "Diesen Befehl kenne ich nicht" in talk.last.text
    await talk.presses_value("staff:show:1")
    assert "nicht mehr aktuell" in talk.last.text
    assert (await ticket(talk, 1)).state == "open"


async def test_a_forwarded_command_does_nothing(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/solve {number}", forwarded=True)
    assert (await ticket(talk, number)).state == "open"


async def wrote(talk: Talk, count: int) -> None:
    """So many messages in the minute that runs."""

    def note(session: Session) -> None:
        place = session.exec(select(Place).where(Place.chat == talk.address.chat)).one()
        place.minute, place.heard = talk.clock.now, count
        session.add(place)

    await talk.room.parts.store.write(note)


async def test_staff_may_write_five_times_as_much(talk: Talk, sam: Talk) -> None:
    await wrote(sam, 149)
    assert [one.text for one in await sam.says("/queue")] == ["Nothing waits."]
    (said,) = await sam.says("/queue")
    assert "stopped reading for a minute" in said.text
    assert await sam.says("/queue") == []
    await talk.says("/help")
    await wrote(talk, 30)
    (said,) = await talk.says("/help")
    assert "eine Minute" in said.text
