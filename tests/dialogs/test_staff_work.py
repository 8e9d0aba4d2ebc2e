"""What the people of the desk do with tickets, and what never leaves the team."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from core.models import Heard, TicketEvent
from tests.conftest import Clock
from tests.dialogs.staffdesk import (
    SECRET,
    hired,
    open_ticket,
    sam,
    ticket,
)
from tests.dialogs.talk import Talk

__all__ = ["sam"]


async def test_the_queue_shows_what_is_due_first_and_can_be_narrowed(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    first = await open_ticket(talk)
    clock.now += timedelta(hours=1)
    second = await open_ticket(talk)
    await sam.says("/queue")
    assert [choice.value for choice in sam.last.choices] == [
        f"staff:show:{first}", f"staff:show:{second}",
    ]  # fmt: skip
    await sam.says("/queue creator")
    assert sam.last.text == "Nothing waits."
    await sam.says("/queue user de free")
    assert len(sam.last.choices) == 2
    clock.now += timedelta(hours=23, minutes=30)
    await sam.says("/queue")
    assert "late since" in sam.last.text.splitlines()[0]


async def test_a_reply_reaches_the_person_stops_the_clock_and_takes_the_ticket(
    talk: Talk, sam: Talk
) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/reply {number} Please start the app again.")
    assert talk.last.text == "Please start the app again."
    assert talk.last.title == f"Antwort auf Ticket {number} · sam"
    row = await ticket(talk, number)
    assert (row.state, row.answered_at) == ("waiting", talk.clock.now)
    await talk.says("Danke", reply_to=talk.last_id)
    assert (await ticket(talk, number)).state == "open"
    assert "Danke" in sam.last.text


async def test_buttons_ask_for_the_words(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/show {number}")
    assert "Heute um neun" in sam.last.text
    await sam.presses("💬 Reply")
    await sam.says("One moment, please.")
    assert talk.last.text == "One moment, please."
    await sam.presses("✅ Solved")
    assert "als gelöst markiert" in talk.last.text


async def test_a_note_stays_in_the_team(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    before = len(talk.heard)
    await sam.says(f"/note {number} {SECRET} 1")
    await sam.says(f"/reply {number} // {SECRET} 2")
    await sam.presses_value(f"staff:reply:{number}")
    await sam.says(f"// {SECRET} 3")
    await sam.presses_value(f"staff:note:{number}")
    await sam.says(f"{SECRET} 4")
    assert len(talk.heard) == before
    await talk.says(f"/ticket {number}")
    assert SECRET not in talk.last.text
    await sam.says(f"/show {number}")
    assert sam.last.text.count(SECRET) == 4


async def test_the_first_to_take_it_has_it(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    number = await open_ticket(talk)
    await asyncio.gather(sam.says(f"/take {number}"), kit.says(f"/take {number}"))
    told = {sam.last.text, kit.last.text}
    assert f"Ticket {number} is yours." in told
    assert len(told) == 2
    taken = select(TicketEvent).where(TicketEvent.kind == "taken")
    assert len(await talk.rows(taken)) == 1


async def test_two_who_answer_one_person_learn_of_each_other(talk: Talk, sam: Talk) -> None:
    kit = await hired(talk, "kit")
    number = await open_ticket(talk)
    await sam.says(f"/take {number}")
    await kit.says(f"/reply {number} Hello")
    assert f"sam has ticket {number}." in [one.text for one in kit.heard]
    assert sam.last.text == f"kit has answered your ticket {number}."
    await kit.says(f"/give {number} @kit")
    await kit.says(f"/give {number} @nobody")
    assert "kit, sam" in kit.last.text or "sam, kit" in kit.last.text


async def test_who_is_on_duty_is_told_of_new_tickets(talk: Talk, sam: Talk) -> None:
    await sam.says("/duty on")
    number = await open_ticket(talk)
    assert sam.last.text.startswith(f"🆕 {number} · Video bleibt stehen")
    await sam.presses(f"Show ticket {number}")
    assert sam.last.title == f"Ticket {number} · Video bleibt stehen"
    await sam.says("/duty off")
    before = len(sam.heard)
    await open_ticket(talk)
    assert len(sam.heard) == before


async def test_whoever_is_shut_out_is_kept_and_not_answered(talk: Talk, sam: Talk) -> None:
    number = await open_ticket(talk)
    await sam.says(f"/block {number}")
    before = len(talk.heard)
    await talk.says("hallo?")
    assert len(talk.heard) == before
    assert (await talk.rows(select(Heard).where(Heard.text == "hallo?")))[0].state == "dropped"
    await sam.says(f"/unblock {number}")
    await talk.says("hallo?")
    assert len(talk.heard) == before + 1


async def test_the_person_behind_a_ticket_and_the_figures(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    number = await open_ticket(talk)
    clock.now += timedelta(minutes=90)
    await sam.says(f"/reply {number} Hello")
    await sam.says(f"/solve {number}")
    await sam.says(f"/user {number}")
    assert sam.last.text.startswith("Kim · de · ")
    await sam.says("/stats")
    today = sam.last.text.split("\n\n")[0]
    assert "Opened: 1" in today
    assert "Solved: 1" in today
    assert "First answer: 1:30 h" in today


@pytest.mark.parametrize(
    "command",
    ["/show", "/show x", "/reply 99999999999999999999 a", "/give 1", "/canned x", "/user -1",
     "/faq 1", "/take 0", "/note 1", "/queue ;DROP TABLE ticket", "/duty maybe"],
)  # fmt: skip
async def test_a_command_with_anything_behind_it_is_answered(
    talk: Talk, sam: Talk, command: str
) -> None:
    await open_ticket(talk)
    assert await sam.says(command)
    assert (await talk.rows(select(Heard).where(Heard.state == "failed"))) == []
