"""Chats that do not go straight from a call to an end."""

import pytest
from sqlmodel import col, select

from core.models import Evidence, Role, Ticket, TicketEvent
from tests.conftest import Clock
from tests.dialogs.newsdesk import database_url
from tests.dialogs.roomdesk import PICTURE
from tests.dialogs.staffdesk import hired, open_ticket
from tests.dialogs.talk import Talk

__all__ = ["database_url"]


@pytest.fixture
async def sam(talk: Talk, clock: Clock) -> Talk:
    clock.now = clock.now.replace(day=23, hour=10)  # a Monday
    one = await hired(talk, "sam", Role.PUBLISHER)
    await one.says("/duty on")
    return one


async def begin(talk: Talk, sam: Talk) -> None:
    await talk.says("/chat")
    await sam.presses("🙋 I take it")


async def test_solving_a_chat_ends_it_for_both(talk: Talk, sam: Talk) -> None:
    await begin(talk, sam)
    await sam.says("/solve 1")
    assert sam.last.text == "1 · solved"
    assert talk.last.text.startswith("Der Chat ist vorbei. Wie war er")
    await begin(talk, sam)
    assert talk.last.text == "sam ist jetzt da."


async def test_nothing_else_is_begun_in_a_chat_by_staff(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk.another("Lee"))
    await begin(talk, sam)
    for command in (f"/reply {number}", f"/note {number}", f"/faq {number} new", "/announce"):
        await sam.says(command)
    await sam.says(f"/reply {number} Write it at once")
    await sam.says("Are you still there?")
    assert talk.last.text == "Are you still there?"


async def test_whoever_has_left_a_chat_takes_it_again(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    await begin(talk, sam)
    await sam.says("/give 1 kit")
    await kit.says("/take 1")
    await talk.says("Hallo?")
    assert kit.last.text == "Hallo?"
    await kit.says("Hello")
    assert (talk.last.title, talk.last.text) == ("kit", "Hello")


async def test_a_person_who_began_a_form_is_in_the_chat_again(talk: Talk, sam: Talk) -> None:
    await begin(talk, sam)
    await talk.says("/ticket")
    await talk.says("/cancel")
    await sam.says("Are you still there?")
    await talk.says("Ja")
    assert sam.last.text == "Ja"
    await talk.says("/ticket")
    await talk.says("/cancel")
    await talk.says("/chat")
    assert talk.last.text.startswith("Du bist wieder im Chat")
    assert len(await talk.rows(select(Ticket))) == 1


async def test_a_call_that_is_ended_is_not_rated(talk: Talk, sam: Talk) -> None:
    await talk.says("/chat")
    await talk.says("/done")
    assert (talk.last.text, talk.labels) == ("Der Chat ist vorbei.", ["🏠 Menü"])
    await talk.says("ich habe mein passwort vergessen")
    assert "Hat das geholfen?" in talk.last.text


async def test_stars_for_an_older_chat_leave_the_new_one(talk: Talk, sam: Talk) -> None:
    await begin(talk, sam)
    await sam.says("/done")
    await begin(talk, sam)
    await talk.presses_value("live:rate:1:3")
    await talk.says("Wo waren wir?")
    assert sam.last.text == "Wo waren wir?"
    assert (await talk.row(select(Ticket).where(Ticket.id == 1))).rating == 3


async def test_what_is_said_after_a_chat_is_lost_on_nobody(talk: Talk, sam: Talk) -> None:
    await begin(talk, sam)
    await sam.says("/done")
    await talk.presses("⭐⭐⭐⭐")
    await talk.sends(PICTURE, "screen.png")
    files = await talk.rows(select(Evidence).where(col(Evidence.ticket_id) == 1))
    assert [file.name for file in files] == ["screen.png"]
    await begin(talk, sam)
    await sam.says("/done")
    await talk.says("ausführlich " * 100)
    assert "ausführlich" in sam.last.text
    [word] = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "commented",
                                                      TicketEvent.ticket_id == 2))  # fmt: skip
    assert len(word.text) > 1000
    await begin(talk, sam)
    await sam.says("/done")
    await talk.says("ich habe mein passwort vergessen")
    assert "Hat das geholfen?" in talk.last.text
