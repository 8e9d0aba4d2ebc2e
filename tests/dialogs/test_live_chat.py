"""A person and a member of staff in one chat, wherever each of them writes."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core.models import Place, Ticket, TicketEvent
from tests.conftest import Clock
from tests.dialogs.staffdesk import dismissed, hired, looks
from tests.dialogs.talk import Talk

SECRET = "only-for-the-team"


@pytest.fixture
async def sam(talk: Talk, clock: Clock) -> Talk:
    clock.now = clock.now.replace(day=23, hour=10)  # a Monday
    one = await hired(talk, "sam")
    await one.says("/duty on")
    return one


async def in_chat(talk: Talk, sam: Talk) -> Ticket:
    await talk.says("/chat")
    await sam.presses("🙋 I take it")
    return await talk.row(select(Ticket))


async def test_what_one_side_says_the_other_hears(talk: Talk, sam: Talk) -> None:
    await talk.says("/chat")
    assert "Ich rufe jemanden" in talk.last.text
    await talk.says("Mein Bild bleibt schwarz")
    await sam.presses("🙋 I take it")
    assert "Mein Bild bleibt schwarz" in sam.last.text
    assert talk.last.text == "sam ist jetzt da."
    await sam.says("Which app is it?")
    assert (talk.last.title, talk.last.text) == ("sam", "Which app is it?")
    await talk.says("1")
    assert sam.last.text == "1"
    await sam.says("Start it again, please.")
    ticket = await talk.row(select(Ticket))
    assert (ticket.state, ticket.kind, ticket.answered_at) == ("open", "chat", talk.clock.now)


async def test_the_end_asks_for_stars_and_a_word(talk: Talk, sam: Talk) -> None:
    ticket = await in_chat(talk, sam)
    await sam.says("/done")
    assert talk.labels == ["⭐", "⭐⭐", "⭐⭐⭐", "⭐⭐⭐⭐", "⭐⭐⭐⭐⭐"]
    await talk.presses("⭐⭐⭐⭐")
    await talk.says("Schnell und freundlich")
    row = await talk.row(select(Ticket).where(Ticket.id == ticket.id))
    assert (row.rating, row.state) == (4, "solved")
    word = await talk.row(select(TicketEvent).where(TicketEvent.kind == "commented"))
    assert word.text == "Schnell und freundlich"
    assert {place.dialog for place in await talk.rows(select(Place))} == {""}


async def test_the_person_may_end_it_while_staff_write(talk: Talk, sam: Talk, clock: Clock) -> None:
    await in_chat(talk, sam)
    await talk.says("/done")
    assert sam.last.text == "The chat is over."
    clock.forward(9)
    await sam.says("One more thing: it is black.")
    assert talk.heard[-2].text.startswith("Der Chat ist vorbei. Wie war er")
    assert talk.last.text == "One more thing: it is black."
    clock.forward(1)
    await sam.says("Are you still there?")
    assert talk.last.text == "One more thing: it is black."
    await talk.presses("⭐⭐")
    assert (await talk.row(select(Ticket))).rating == 2


async def test_the_first_to_take_it_has_it_and_the_others_see_who(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    await kit.says("/duty on")
    ticket = await in_chat(talk, sam)
    assert kit.last.text == f"sam has ticket {ticket.id}."
    await kit.presses("🙋 I take it")
    assert kit.last.text == f"sam has ticket {ticket.id}."
    await kit.says("Hello?")
    assert talk.last.text == "sam ist jetzt da."


async def test_one_chat_at_a_time_at_one_place(talk: Talk, sam: Talk) -> None:
    await in_chat(talk, sam)
    other = talk.another("Lee")
    await other.says("/chat")
    await sam.presses("🙋 I take it")
    assert sam.last.text == "You are in a chat already. /done ends it."
    await talk.says("Hallo?")
    assert sam.last.text == "Hallo?"
    await sam.says("/done")
    await sam.presses("🙋 I take it")
    assert other.last.text == "sam ist jetzt da."


async def test_a_note_in_a_chat_stays_in_the_team(talk: Talk, sam: Talk) -> None:
    await in_chat(talk, sam)
    before = len(talk.heard)
    await sam.says(f"// {SECRET}")
    await sam.says(f"/note {SECRET}")
    await sam.says(f"  // {SECRET}")
    assert len(talk.heard) == before
    notes = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "noted"))
    assert [note.text for note in notes] == [SECRET] * 3


async def test_a_person_can_neither_note_nor_take(talk: Talk, sam: Talk) -> None:
    ticket = await in_chat(talk, sam)
    await talk.says("// is that a comment?")
    assert sam.last.text == "// is that a comment?"
    await talk.another("mallory").presses_value(f"live:accept:{ticket.id}")
    assert (await talk.row(select(Ticket))).staff_id is not None


async def test_nobody_takes_it_within_two_minutes(talk: Talk, sam: Talk, clock: Clock) -> None:
    await talk.says("/chat")
    await talk.says("Mein Bild bleibt schwarz")
    assert await looks(talk, clock, 0.03) == 0
    assert await looks(talk, clock, 0.01) == 1
    assert "Gerade ist niemand frei" in talk.last.text
    ticket = await talk.row(select(Ticket))
    assert (ticket.kind, ticket.description) == ("", "Mein Bild bleibt schwarz")
    assert ticket.state == "open"
    assert sam.last.text == (
        "💬 Nobody took this chat: it is ticket 1 now, and a reply is due "
        "Tuesday 24 November, 11:00 +0100.\nMein Bild bleibt schwarz"
    )
    await looks(talk, clock, 0.1)
    assert len([one for one in sam.heard if "Nobody took" in one.text]) == 1
    await sam.presses("🙋 I take it")
    assert sam.last.text == "That chat is over."
    await talk.says("ich habe mein passwort vergessen")
    assert "Hat das geholfen?" in talk.last.text


async def test_whoever_begins_a_form_meanwhile_keeps_it(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    await talk.says("/chat")
    await talk.says("/ticket")
    await talk.says("kim_1")
    assert await looks(talk, clock, 1) == 1
    await talk.says("Bild bleibt schwarz")
    assert talk.last.title == "Bereich (3 von 5)"


async def test_nothing_said_leaves_nothing_open(talk: Talk, sam: Talk, clock: Clock) -> None:
    await talk.says("/chat")
    assert await looks(talk, clock, 1) == 1
    assert "antwortet auch schriftlich" in talk.last.text
    assert (await talk.row(select(Ticket))).state == "solved"


@pytest.mark.parametrize("hour", [3, 23])
async def test_outside_the_hours_it_is_said_honestly(
    talk: Talk, sam: Talk, clock: Clock, hour: int
) -> None:
    clock.now = clock.now.replace(hour=hour)
    await talk.says("/chat")
    assert "Gerade ist niemand für einen Chat da" in talk.last.text
    assert await talk.rows(select(Ticket)) == []


async def test_with_nobody_on_duty_it_is_said_honestly(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty off")
    await talk.presses_value("live:ask")
    assert "Gerade ist niemand für einen Chat da" in talk.last.text


async def test_a_chat_survives_a_restart(talk: Talk, sam: Talk) -> None:
    await in_chat(talk, sam)
    await talk.restart()
    await sam.says("Are you still there?")
    assert talk.last.text == "Are you still there?"
    await talk.says("Ja")
    assert sam.last.text == "Ja"


async def test_who_is_removed_in_the_middle_is_heard_no_more(talk: Talk, sam: Talk) -> None:
    await in_chat(talk, sam)

    await dismissed(talk, "sam")
    before = len(talk.heard)
    await sam.says("One more thing")
    assert len(talk.heard) == before
    await talk.says("Hallo?")
    assert "Hallo?" not in sam.last.text


async def test_old_buttons_and_wrong_ones_are_answered(talk: Talk, sam: Talk, clock: Clock) -> None:
    await in_chat(talk, sam)
    for value in ("live:accept:9", "live:accept:", "live:rate:1:9", "live:rate:x:1", "live:"):
        assert await talk.presses_value(value)
        assert await sam.presses_value(value)
    clock.now += timedelta(days=1)
    assert await sam.presses_value("live:accept:99999999999999999999")
