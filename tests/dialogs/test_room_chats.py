"""A chat whose one side is a room."""

from sqlmodel import select

from core.models import Seat, Sending, Ticket
from tests.dialogs.roomdesk import room, sam, talk
from tests.dialogs.staffdesk import SECRET, hired
from tests.dialogs.talk import Talk

__all__ = ["sam", "talk"]


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
