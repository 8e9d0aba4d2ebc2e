"""Rooms of the staff: what happens in a ticket is read there, and what is written there arrives."""

import os
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from core.adapter import Refused
from core.messages import Address, Attachment, Inbound, Kind, Outbound, Sender
from core.models import Invitation, Place, Seat, Sending, Ticket, TicketEvent
from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Room, Talk
from tests.dialogs.test_staff import code_for, dismissed, hired, open_ticket
from tests.dialogs.test_staff import ticket as ticket_row
from tests.fakes.memory import FAST, MemoryAdapter

SECRET = "only-for-the-team"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "000200015ef2d4a40000000049454e44ae426082"
)


class Seen:
    """A ticket's room as the staff see it."""

    def __init__(self, talk: Talk, address: Address) -> None:
        self.talk = talk
        self.address = address

    @property
    def heard(self) -> list[Outbound]:
        return [one for one in self.talk.room.adapter.sent if one.address == self.address]

    @property
    def last(self) -> Outbound:
        return self.heard[-1]

    def id_of(self, text: str) -> str:
        shown = next(one for one in self.heard if one.text == text)
        return self.talk.room.adapter.id_of(shown)

    async def writes(self, text: str, who: Talk, **more: Any) -> list[Outbound]:
        return await self.does(Kind.MESSAGE, who, text=text, **more)

    async def presses(self, value: str, who: Talk) -> list[Outbound]:
        return await self.does(Kind.PRESS, who, choice=value)

    async def sends(self, data: bytes, who: Talk, text: str = "", **more: Any) -> list[Outbound]:
        handle = self.talk.room.adapter.upload(data)
        file = Attachment(handle, "document", "plan.png", size=len(data))
        return await self.does(Kind.MESSAGE, who, attachments=(file,), text=text, **more)

    async def does(self, kind: Kind, who: Talk, **more: Any) -> list[Outbound]:
        before = len(self.heard)
        event = f"event{next(self.talk.room.numbers)}"
        inbound = Inbound(
            event, self.address, who.sender, self.talk.clock.now, kind,
            private=False, in_room=True, message=more.pop("message", f"m-{event}"), **more,
        )  # fmt: skip
        await self.talk.room.parts.desk.receive(inbound)
        await self.talk.room.parts.settle()
        return self.heard[before:]


async def desk_with_rooms(settings: Settings, clock: Clock) -> AsyncIterator[Talk]:
    room = Room(settings, clock)
    room.adapter = MemoryAdapter(rooms="staff")
    await room.open()
    yield Talk(room, "Kim")
    await room.close()


@pytest.fixture
async def talk(sqlite_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    clock.now = clock.now.replace(day=23, hour=10)  # a Monday
    settings = Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none"))
    async for one in desk_with_rooms(settings, clock):
        yield one


@pytest.fixture
async def sam(talk: Talk) -> Talk:
    return await hired(talk, "sam")


def room(talk: Talk, number: int = -1) -> Seen:
    thread = list(talk.room.adapter.rooms)[number]
    return Seen(talk, Address("memory", "desk", "staff", thread))


def general(talk: Talk) -> Seen:
    return Seen(talk, Address("memory", "desk", "staff"))


# Rooms come and go


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


# Writing in a room


async def test_plain_words_reach_the_person_in_their_place(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await talk.says("Bitte schnell", reply_to=talk.last_id, message="theirs")
    asked = room(talk).id_of("Bitte schnell")
    assert await room(talk).writes("Please start it again.", sam, reply_to=asked, message="ours")
    assert (talk.last.title, talk.last.text) == (
        f"Antwort auf Ticket {number} · sam", "Please start it again.",
    )  # fmt: skip
    assert talk.last.reply_to == "theirs"
    row = await ticket_row(talk, number)
    assert (row.state, row.answered_at) == ("waiting", talk.clock.now)
    await talk.says("Danke", reply_to=talk.last_id)
    assert room(talk).heard[-2].text == "Danke"
    assert room(talk).heard[-2].reply_to == "ours"


async def test_a_note_never_leaves_the_room(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    before = len(talk.heard)
    for text in (f"// {SECRET}", f"//{SECRET}", f"/note {SECRET}", f"  // {SECRET}"):
        await room(talk).writes(text, sam)
    await room(talk).sends(PICTURE, sam, f"// {SECRET}")
    await room(talk).writes(f"/reply // {SECRET}", sam)
    assert len(talk.heard) == before
    notes = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "noted"))
    assert [note.text for note in notes] == [SECRET] * 6


async def test_a_note_changed_into_words_stays_a_note_and_a_reply_can_become_one(
    talk: Talk, sam: Talk
) -> None:
    await open_ticket(talk)
    before = len(talk.heard)
    await room(talk).writes(f"// {SECRET}", sam, message="note")
    await room(talk).does(Kind.EDIT, sam, text=SECRET, message="note")
    assert len(talk.heard) == before
    await room(talk).writes("Helo", sam, message="reply")
    await room(talk).does(Kind.EDIT, sam, text="Hello", message="reply")
    assert talk.last.text == "Hello"
    assert len(talk.heard) == before + 1
    await room(talk).does(Kind.EDIT, sam, text=f"// {SECRET}", message="reply")
    assert len(talk.heard) == before


async def test_what_is_taken_back_in_the_room_is_taken_back_at_the_person(
    talk: Talk, sam: Talk
) -> None:
    await open_ticket(talk)
    before = len(talk.heard)
    await room(talk).writes("Wrong room", sam, message="reply")
    await room(talk).sends(PICTURE, sam, message="file")
    assert len(talk.heard) == before + 2
    await room(talk).does(Kind.EDIT, sam, text="", message="reply")
    await room(talk).does(Kind.EDIT, sam, text="", message="file")
    assert len(talk.heard) == before


async def test_what_the_person_changes_changes_in_the_room(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await talk.says(f"zu ticket {number}: um neun", message="theirs")
    count = len(room(talk).heard)
    await talk.edits("um zehn", "theirs")
    assert len(room(talk).heard) == count
    assert (room(talk).last.title, room(talk).last.text) == ("Kim", "um zehn")


async def test_files_go_both_ways(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await room(talk).sends(PICTURE, sam, "Look here")
    sent = [one for one in talk.heard if one.file]
    assert [one.file.data for one in sent if one.file] == [PICTURE]
    assert "Look here" in [one.text for one in talk.heard]
    await talk.presses_value(f"tickets:add:{number}")
    await talk.sends(PICTURE, "screen.png")
    shown = [one.file for one in room(talk).heard if one.file]
    assert [(file.name, file.data) for file in shown] == [("screen.png", PICTURE)]


async def test_a_file_too_large_for_the_other_side_is_named(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    room_ = talk.room
    room_.adapter.limits = replace(FAST, file_out=10)
    await talk.restart()
    await room(talk).sends(PICTURE, sam)
    assert talk.last.text.startswith("📎 plan.png")
    assert "“plan.png” is larger than can be sent" in room(talk).last.text


async def test_commands_mean_this_ticket(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    number = await open_ticket(talk)
    await room(talk).writes("/take", sam)
    assert (await ticket_row(talk, number)).staff_id is not None
    assert room(talk).last.text == "sam took it"
    await room(talk).writes("/give @kit", sam)
    assert kit.last.text == f"sam gives you ticket {number}."
    await sam.says("/canned save hi Hello {name}")
    await room(talk).writes("/canned hi", kit)
    assert talk.last.text == "Hello Kim"
    await room(talk).writes("/reply 5 minutes, please", kit)
    assert talk.last.text == "5 minutes, please"
    await room(talk).presses(f"staff:wait:{number}", kit)
    await room(talk).writes("/solve", kit)
    assert (await ticket_row(talk, number)).state == "solved"
    before = len(talk.heard)
    await room(talk).writes("/sovle", kit)
    assert "do not know that command" in room(talk).last.text
    assert len(talk.heard) == before


async def test_in_the_general_place_commands_work_and_words_are_nobodys(
    talk: Talk, sam: Talk
) -> None:
    number = await open_ticket(talk)
    await general(talk).writes("/queue", sam)
    assert general(talk).last.choices[0].value == f"staff:show:{number}"
    await general(talk).presses(f"staff:show:{number}", sam)
    await general(talk).presses(f"staff:note:{number}", sam)
    assert f"/note {number}" in general(talk).last.text
    before = len(talk.room.adapter.sent)
    await general(talk).writes("Who has lunch?", sam)
    await general(talk).writes("/queue", talk)
    await general(talk).writes("Me", talk)
    assert len(talk.room.adapter.sent) == before


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


# Live


async def test_a_chat_in_a_room(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    await sam.says("/duty on")
    await talk.says("/chat")
    assert [one.label for one in room(talk).last.choices] == ["🙋 I take it", "⏳ Later"]
    await talk.says("Mein Bild bleibt schwarz")
    assert (room(talk).last.title, room(talk).last.text) == ("Kim", "Mein Bild bleibt schwarz")
    await room(talk).presses("live:later:1", kit)
    assert room(talk).last.text.startswith("kit: not now")
    await room(talk).presses("live:accept:1", sam)
    assert talk.last.text == "sam ist jetzt da."
    await room(talk).presses("live:accept:1", kit)
    assert room(talk).last.text == "sam has ticket 1."
    await room(talk).writes("Which app is it?", sam)
    assert (talk.last.title, talk.last.text) == ("sam", "Which app is it?")
    await room(talk).writes("Or the page?", kit)
    assert (talk.last.title, talk.last.text) == ("kit", "Or the page?")
    await room(talk).writes(f"// {SECRET}", kit)
    await talk.says("Die Seite")
    assert room(talk).last.text == "Die Seite"
    assert SECRET not in [one.text for one in talk.heard]
    await room(talk).writes("/done", sam)
    await talk.presses("⭐⭐⭐⭐")
    assert "⭐⭐⭐⭐" in room(talk).last.text
    row: Ticket = await talk.row(select(Ticket))
    assert (row.rating, row.state) == (4, "solved")


async def test_what_is_written_while_the_person_ends_it_reaches_both(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    await talk.says("/chat")
    await room(talk).presses("live:accept:1", sam)
    await talk.says("/done")
    assert "solved" in room(talk).last.text
    await room(talk).writes("One more thing", sam)
    assert talk.last.text == "One more thing"


async def test_a_room_deleted_in_the_middle_of_a_chat_comes_back(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    await talk.says("/chat")
    await room(talk).presses("live:accept:1", sam)
    talk.room.adapter.close_room(room(talk).address)
    await talk.says("Bist du da?")
    await talk.room.parts.settle()
    assert "Bist du da?" in room(talk).heard[0].text
    await room(talk).writes("Yes", sam)
    assert talk.last.text == "Yes"
    seats = await talk.rows(select(Seat).where(Seat.role == "staff"))
    assert len(seats) == 1
    failed = await talk.rows(select(Sending).where(Sending.state == "pending"))
    assert failed == []


# What never leaves the team


async def test_whatever_is_done_in_any_order_no_note_leaves_the_rooms(
    tmp_path: Path, clock: Clock
) -> None:
    """`STEPS=10000` plays as many, outside of the daily tests."""
    clock.now = clock.now.replace(day=23, hour=10)
    settings = Settings(
        data=tmp_path, pack=PACK, messages_per_minute=10_000, faq=Faq(encoder="none")
    )
    choose = random.Random(int(os.environ.get("SEED", "11")))
    async for talk in desk_with_rooms(settings, clock):
        await play(talk, choose, int(os.environ.get("STEPS", "60")))


async def play(talk: Talk, choose: random.Random, steps: int) -> None:
    users = [talk.another(f"user{number}") for number in range(3)]
    mallory = talk.another("mallory", "en")
    mallory.sender = Sender("mallory", "sam", "en")
    team = [await hired(talk, name) for name in ("sam", "kit")]
    await team[0].says("/duty on")
    for user in users:
        await open_ticket(user)
    for step in range(steps):
        talk.clock.forward(1)
        if step % 100 == 99:
            await talk.restart()
        elif choose.random() < 0.35:
            await user_does(choose.choice(users), choose)
        else:
            await room_does(talk, choose.choice([*team, *team, *team, mallory]), choose)
    told = {one.address for one in (*users, mallory)}
    reached = [one for one in talk.room.adapter.tried if one.address in told]
    leaked = [one for one in reached if SECRET in one.text or one.file]
    assert leaked == []
    assert any("from a room" in one.text for one in reached)
    assert (
        len(await talk.rows(select(TicketEvent).where(TicketEvent.kind == "noted"))) > steps // 20
    )


async def user_does(user: Talk, choose: random.Random) -> None:
    said = choose.choice(
        ["hallo", "/tickets", "/ticket 1", "zu ticket 1: mehr", "// was?", "/note 1 x", "/chat",
         "/done", "Danke", "/join AAAA-BBBBBBBB", "/queue"]
    )  # fmt: skip
    reply = {"reply_to": user.last_id} if choose.random() < 0.3 else {}
    await user.says(said, message=f"u{next(user.room.numbers)}", **reply)


async def room_does(talk: Talk, who: Talk, choose: random.Random) -> None:
    rooms = list(talk.room.adapter.rooms)
    if not rooms:
        return
    thread = choose.choice(rooms)
    place = Seen(talk, Address("memory", "desk", "staff", thread))
    if who.name == "mallory":
        await place.writes(f"{SECRET} and I am no staff", who)
        return
    match choose.randrange(8):
        case 0:
            talk.room.adapter.rooms.pop(thread)
        case 1:
            await place.sends(PICTURE, who, f"// {SECRET}")
        case 2:
            await place.presses(f"live:accept:{choose.randint(1, 9)}", who)
        case 3:
            mine = f"{choose.choice('ab')}{choose.randint(1, 9)}"
            await place.writes(choose.choice([f"// {SECRET}", "from a room"]), who, message=mine)
            await place.does(Kind.EDIT, who, text=f"// {SECRET}", message=mine)
        case 4:
            await place.writes(SECRET, who, forwarded=True)
        case _:
            await place.writes(
                choose.choice(
                    [f"// {SECRET}", f"/note {SECRET}", f"/reply // {SECRET}", "from a room",
                     "/solve", "/reopen", "/take", "/wait", "/done", "/show", f"/note@bot {SECRET}"]
                ),
                who,
            )  # fmt: skip
