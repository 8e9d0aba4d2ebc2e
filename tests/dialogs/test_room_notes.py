"""What staff made a note of, in whatever way and however late, is for the team alone."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.messages import Attachment, Kind
from core.models import TicketEvent
from tests.dialogs.roomdesk import PICTURE, room, sam, talk
from tests.dialogs.staffdesk import SECRET, open_ticket
from tests.dialogs.talk import Talk

__all__ = ["sam", "talk"]


def attached(talk: Talk) -> tuple[Attachment, ...]:
    handle = talk.room.adapter.upload(PICTURE)
    return (Attachment(handle, "document", "plan.png", size=len(PICTURE)),)


@pytest.mark.parametrize("caption", [f"/reply // {SECRET}", f"/NOTE {SECRET}"])
async def test_a_file_stays_with_the_note_that_it_came_with(
    talk: Talk, sam: Talk, caption: str
) -> None:
    await open_ticket(talk)
    before = len(talk.heard)
    await room(talk).sends(PICTURE, sam, caption)
    assert len(talk.heard) == before


@pytest.mark.parametrize("asked", ["note", "reply"])
async def test_a_file_stays_with_the_note_that_was_asked_for(
    talk: Talk, sam: Talk, asked: str
) -> None:
    number = await open_ticket(talk)
    before = len(talk.heard)
    await sam.presses_value(f"staff:{asked}:{number}")
    text = SECRET if asked == "note" else f"// {SECRET}"
    await sam.does(Kind.MESSAGE, text=text, attachments=attached(talk))
    await sam.does(Kind.MESSAGE, text=f"/reply {number} // {SECRET}", attachments=attached(talk))
    assert len(talk.heard) == before


async def test_a_changed_command_is_read_as_one(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await room(talk).writes("/reply Helo", sam, message="ours")
    await room(talk).does(Kind.EDIT, sam, text="/reply Hello", message="ours")
    assert talk.last.text == "Hello"
    await room(talk).does(Kind.EDIT, sam, text="/solve", message="ours")
    assert room(talk).last.text.startswith("Nothing was changed")
    assert talk.last.text == "Hello"
    await room(talk).does(Kind.EDIT, sam, text=f"/reply // {SECRET}", message="ours")
    assert "Hello" not in [one.text for one in talk.heard]
    await sam.says(f"/reply {number} Helo again", message="mine")
    await sam.edits(f"/reply {number} Hello again", "mine")
    assert talk.last.text == "Hello again"
    await sam.edits("/reply 77 To somebody else", "mine")
    assert talk.last.text == "Hello again"
    await sam.edits(f"/note {number} {SECRET}", "mine")
    assert "Hello again" not in [one.text for one in talk.heard]
    notes = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "noted"))
    assert [note.text for note in notes] == [SECRET] * 2


async def test_what_became_a_note_stays_one(talk: Talk, sam: Talk) -> None:
    talk.room.adapter.limits = replace(talk.room.adapter.limits, edits=False, withdraws=False)
    await talk.restart()
    await open_ticket(talk)
    await room(talk).writes("Hello", sam, message="ours")
    before = len(talk.heard)
    await room(talk).does(Kind.EDIT, sam, text=f"// {SECRET}", message="ours")
    await room(talk).does(Kind.EDIT, sam, text=SECRET, message="ours")
    assert len(talk.heard) == before


async def test_files_are_taken_back_with_words_that_become_a_note(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    before = len(talk.heard)
    await room(talk).sends(PICTURE, sam, "Look here", message="with words")
    await room(talk).sends(PICTURE, sam, message="without")
    assert len(talk.heard) == before + 3
    for message in ("with words", "without"):
        await room(talk).does(Kind.EDIT, sam, text=f"// {SECRET}", message=message)
    assert len(talk.heard) == before


async def test_a_file_that_is_taken_back_before_it_is_here_goes_nowhere(
    talk: Talk, sam: Talk
) -> None:
    await open_ticket(talk)
    before = len(talk.heard)
    adapter, files = talk.room.adapter, attached(talk)
    for message, text in (("gone", ""), ("noted", f"// {SECRET}")):
        adapter.not_yet.add(files[0].handle)
        await room(talk).does(Kind.MESSAGE, sam, attachments=files, message=message)
        await room(talk).does(Kind.EDIT, sam, text=text, message=message)
        adapter.not_yet.clear()
        talk.clock.forward(60)
        await talk.room.parts.settle()
    assert len(talk.heard) == before


async def test_a_file_of_an_album_waits_for_the_words_of_the_album(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    before = len(talk.heard)
    await room(talk).sends(PICTURE, sam, group="noted")
    await room(talk).sends(PICTURE, sam, f"// {SECRET}", group="noted")
    await room(talk).sends(PICTURE, sam, group="pictures")
    await room(talk).sends(PICTURE, sam, group="pictures")
    assert len(talk.heard) == before
    talk.clock.forward(4)
    talk.room.parts.delivery.wake()
    await talk.room.parts.settle()
    assert len(talk.heard) == before + 2


async def test_what_a_person_reads_of_their_ticket_is_as_it_stands(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    for message in ("better", "gone", "noted"):
        await room(talk).writes(f"Draft of {message}", sam, message=message)
    for message, text in (("better", "Hello"), ("gone", ""), ("noted", f"// {SECRET}")):
        await room(talk).does(Kind.EDIT, sam, text=text, message=message)
    await talk.says(f"zu ticket {number}: um neun", message="theirs")
    await talk.edits("um zehn", "theirs")
    await talk.says(f"/ticket {number}")
    assert talk.last.text.endswith("\n\nSupport-Team: Hello\nDu: um zehn")
    assert "Draft" not in talk.last.text


async def test_only_the_sign_of_a_note_is_taken_off(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/note {number} see https://example.com")
    note = await talk.row(select(TicketEvent).where(TicketEvent.kind == "noted"))
    assert note.text == "see https://example.com"
