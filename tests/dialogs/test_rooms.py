"""Rooms of the staff come and go with their tickets, and nobody else is heard in them."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from core.adapter import Refused
from core.messages import Kind, Sender
from core.models import Invitation, Place
from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.roomdesk import PICTURE, desk_with_rooms, room, sam, talk
from tests.dialogs.staffdesk import SECRET, code_for, dismissed, open_ticket
from tests.dialogs.staffdesk import ticket as ticket_row
from tests.dialogs.talk import PACK, Talk
from tests.fakes.memory import FAST

__all__ = ["sam", "talk"]


async def test_a_new_ticket_gets_a_room_with_all_that_is_known(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    assert list(talk.room.adapter.rooms.values()) == [f"#{number} Video bleibt stehen"]
    card = room(talk).last
    assert card.title == f"Ticket {number} · Video bleibt stehen"
    assert "Side: user\nLanguage: de\ndue " in card.text
    assert "Heute um neun" in card.text
    assert "stays in the team" in card.text


async def test_what_the_person_adds_is_read_in_the_room(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    before = len(room(talk).heard)
    await talk.says(f"zu ticket {number}: jetzt auch der Ton")
    told = room(talk).heard[before:]
    assert [(one.title, one.text) for one in told] == [("Kim", "jetzt auch der Ton")]


async def test_who_reads_rooms_is_not_told_in_private_as_well(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    before = len(sam.heard)
    number = await open_ticket(talk)
    await talk.says(f"zu ticket {number}: mehr")
    assert len(sam.heard) == before


async def test_a_deleted_room_is_made_anew_with_its_history(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await room(talk).writes("Please start it again.", sam)
    await room(talk).writes(f"// {SECRET}", sam)
    first = room(talk)
    talk.room.adapter.close_room(first.address)
    await talk.says(f"zu ticket {number}: es geht wieder nicht")
    await talk.room.parts.rooms.settle()
    await talk.room.parts.settle()
    assert room(talk).address != first.address
    history = room(talk).heard[0].text
    for said in ("Heute um neun", "Please start it again.", SECRET, "es geht wieder nicht"):
        assert said in history
    await first.writes("Does this reach anybody?", sam)
    assert "Does this reach anybody?" not in [one.text for one in talk.heard]


async def test_a_solved_ticket_gets_its_room_when_it_is_opened_again(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await room(talk).writes("/solve", sam)
    talk.room.adapter.faults_at["staff"] = Refused("the room was deleted")
    await sam.says(f"/note {number} gone")
    talk.room.adapter.faults_at.clear()
    opened = len(talk.room.adapter.rooms)
    await talk.room.parts.rooms.settle()
    assert len(talk.room.adapter.rooms) == opened
    await talk.says(f"zu ticket {number}: doch nicht")
    assert len(talk.room.adapter.rooms) == opened + 1


async def test_rooms_are_opened_at_a_pace_that_leaves_their_group_time_for_words(
    sqlite_file: Path, tmp_path: Path, clock: Clock
) -> None:
    settings = Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none"))
    async for one in desk_with_rooms(settings, clock, replace(FAST, per_group_minute=4)):
        opened = []
        for _ in range(5):
            await open_ticket(one)
            opened.append(len(one.room.adapter.rooms))
        clock.forward(62)
        await one.room.parts.rooms.settle()
        assert (opened, len(one.room.adapter.rooms)) == ([1, 2, 2, 2, 2], 4)


async def test_a_place_that_takes_no_rooms_is_asked_again_later_and_said_once(
    talk: Talk, sam: Talk, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await sam.says("/duty on")
    talk.room.adapter.faults_at["staff"] = Refused("not enough rights")
    number = await open_ticket(talk)
    await open_ticket(talk)
    assert f"🆕 {number} · Video bleibt stehen\nIt has no room" in sam.heard[-1].text
    said = [one for one in caplog.messages if "no rooms for the staff" in one]
    assert said == ["no rooms for the staff on memory: not enough rights"]
    talk.room.adapter.faults_at.clear()
    await talk.room.parts.rooms.settle()
    assert talk.room.adapter.rooms == {}
    clock.forward(31)
    await talk.room.parts.rooms.settle()
    assert len(talk.room.adapter.rooms) == 2


async def test_rooms_survive_a_restart(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    await talk.restart()
    await talk.room.parts.settle()
    assert len(talk.room.adapter.rooms) == 1
    await room(talk).writes("Still here", sam)
    assert talk.last.text == "Still here"


# Who is nobody


async def test_nobody_elses_words_are_passed_on(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    double = talk.another("mallory")
    double.sender = Sender("mallory", "sam", "en")
    before = len(talk.heard)
    for text in ("Hello, I am sam", "// hello", "/take", "/solve"):
        await room(talk).writes(text, double)
    await room(talk).sends(PICTURE, double)
    await room(talk).presses(f"staff:solve:{number}", double)
    await room(talk).writes("We will never pay", sam, forwarded=True)
    assert "not passed on" in room(talk).last.text
    assert len(talk.heard) == before
    told = [one for one in room(talk).heard if one.text.startswith("Nothing was sent")]
    assert len(told) == 1
    assert (await ticket_row(talk, number)).state == "open"


@pytest.mark.parametrize("in_room", [True, False])
async def test_a_code_that_others_read_is_over(talk: Talk, sam: Talk, in_room: bool) -> None:
    await open_ticket(talk)
    code = await code_for(talk, "kit")
    if in_room:
        await room(talk).writes(f"/join {code}", talk)
        assert "gilt dieser Code jetzt nicht mehr" in room(talk).last.text
    else:
        await talk.says(f"/join {code}", private=False)
    await talk.another("kit").says(f"/join {code}")
    assert await talk.rows(select(Place).where(Place.chat == "kit", col(Place.staff_id) > 0)) == []
    assert len(await talk.rows(select(Invitation).where(col(Invitation.used_at).is_(None)))) == 1


async def test_whoever_is_removed_is_heard_no_more(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    await room(talk).writes("Hello", sam)
    await dismissed(talk, "sam")
    before = len(talk.heard)
    await room(talk).writes("One more thing", sam)
    await room(talk).sends(PICTURE, sam)
    await room(talk).writes("/solve", sam)
    assert len(talk.heard) == before


async def test_the_room_is_told_that_the_person_has_shut_us_out(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    talk.room.adapter.faults_at["Kim"] = Refused("the person blocked us")
    await room(talk).writes("Hello?", sam)
    await talk.room.parts.rooms.look()
    talk.room.parts.delivery.wake()
    await talk.room.parts.settle()
    assert "⚠️ This did not reach the person: the person blocked us\nHello?" in [
        one.text for one in room(talk).heard
    ]
    await talk.does(Kind.BLOCKED)
    assert "shut us out" in room(talk).last.text
    await room(talk).writes("And now?", sam)
    assert "cannot be brought to them" in room(talk).last.text
