"""Staff who write what nobody planned, and staff who are not there."""

import pytest
from sqlmodel import select

from core.adapter import Refused
from core.messages import Kind
from core.models import Role, Staff
from tests.conftest import Clock
from tests.dialogs.newsdesk import database_url
from tests.dialogs.staffdesk import FORM, hired, looks, open_ticket, sam
from tests.dialogs.talk import Talk

__all__ = ["database_url", "sam"]


async def test_duty_ends_in_their_own_language(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    await sam.says("/language de")
    await sam.says("/duty aus")
    assert not (await talk.row(select(Staff))).on_duty


async def test_what_becomes_of_a_ticket_is_said_in_their_language(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says("/language de")
    await sam.says(f"/wait {number}")
    assert sam.last.text == f"{number} · wartet auf die Person"
    await sam.says(f"/solve {number}")
    await sam.says(f"/show {number}")
    assert "sam hat es gelöst" in sam.last.text
    await sam.says(f"/take {number}")
    assert sam.last.text.startswith(f"Ticket {number} ist gelöst. /reopen {number}")


async def test_a_word_that_narrows_nothing_is_said_to(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    await sam.says("/queue creators")
    assert sam.last.text.startswith("I do not know “creators”. What narrows it: user, creator")
    await sam.says("/queue Waiting DE")
    assert sam.last.text == "Nothing waits."
    await sam.says("/queue Open DE")
    assert sam.last.title == "Tickets: 1"


async def test_nobody_of_the_team_can_be_shut_out(talk: Talk, sam: Talk) -> None:
    ada = await hired(talk, "ada", Role.ADMIN)
    await ada.says("/language de")
    await ada.says(FORM)
    await ada.presses("✅ Senden")
    await sam.says("/block 1")
    assert sam.last.text.startswith("That is somebody of the team")
    assert await ada.says("/queue")


async def test_that_a_person_was_shut_out_is_told_in_words(talk: Talk, sam: Talk) -> None:
    await open_ticket(talk)
    await sam.says("/language de")
    await sam.says("/block 1")
    await sam.says("/show 1")
    assert "sam hat ausgesperrt" in sam.last.text


async def test_when_whoever_has_it_cannot_be_told_others_are(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    kit = await hired(talk, "kit")
    number = await open_ticket(talk)
    await sam.says(f"/give {number} kit")
    await kit.does(Kind.BLOCKED)
    await talk.says(f"zu ticket {number}: Hallo?")
    assert sam.last.text.endswith("Hallo?")


@pytest.mark.parametrize("in_chat", [False, True])
async def test_what_did_not_arrive_is_told_in_private_where_there_are_no_rooms(
    talk: Talk, sam: Talk, clock: Clock, *, in_chat: bool
) -> None:
    clock.now = clock.now.replace(day=23)  # a Monday
    await sam.says("/duty on")
    if in_chat:
        await talk.says("/chat")
        await sam.presses("🙋 I take it")
    number = 1 if in_chat else await open_ticket(talk)
    talk.room.adapter.faults_at["Kim"] = Refused("the person blocked us")
    await sam.says("Hello?" if in_chat else f"/reply {number} Hello?")
    for _ in range(2):
        await looks(talk, clock, 0)
    told = [one.text for one in sam.heard if "did not reach" in one.text]
    assert told == ["⚠️ This did not reach the person: the person blocked us\nHello?"]
