"""What is written in a room arrives, and what is a note does not."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.limits import Limits
from core.messages import Kind
from core.models import TicketEvent
from tests.dialogs.roomdesk import PICTURE, general, room, sam, talk
from tests.dialogs.staffdesk import SECRET, hired, open_ticket
from tests.dialogs.staffdesk import ticket as ticket_row
from tests.dialogs.talk import Talk
from tests.fakes.memory import FAST

__all__ = ["sam", "talk"]


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


@pytest.mark.parametrize(
    "limits",
    [replace(FAST, file_out=10), replace(FAST, files_out=(("video/mp4", 1000),))],
    ids=["too large", "of a kind that is not taken"],
)
async def test_a_file_that_the_other_side_does_not_take_is_named(
    talk: Talk, sam: Talk, limits: Limits
) -> None:
    await open_ticket(talk)
    room_ = talk.room
    room_.adapter.limits = limits
    await talk.restart()
    await room(talk).sends(PICTURE, sam)
    assert talk.last.text.startswith("📎 plan.png")
    assert "“plan.png” cannot be sent on memory" in room(talk).last.text


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
