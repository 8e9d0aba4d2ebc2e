"""Somebody among others, to whom we whisper: only what is said by a command is heard from there,
and what comes too late for a whisper arrives in private.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core.messages import Kind, Outbound
from core.models import Ticket, TicketEvent
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST
from tests.faults.waiting import until

HINT = "Was hier geschrieben wird, erreicht mich nicht"
FILLED = (
    ("subject", "Video stops after ten seconds"),
    ("audience", "user"),
    ("description", "Today at 9 on the start page."),
)


@pytest.fixture
async def private(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK)
    async for one in opened(settings, clock, replace(FAST, forms=True, discreet=True)):
        yield one


@pytest.fixture
def lobby(private: Talk) -> Talk:
    """The same person in a server."""
    there = private.another(private.name)
    there.address = replace(private.address, chat="lobby", thread=f"@{private.name}")
    private.room.adapter.rooms[there.address.thread] = "lobby"
    return there


async def opens_ticket(lobby: Talk, **filled: str) -> list[Outbound]:
    values = tuple((dict(FILLED) | filled).items())
    return await whispers(
        lobby, "form", choice="ticket:new", values=values, message=f"f:{len(lobby.heard)}"
    )


async def whispers(lobby: Talk, kind: str, **more: Any) -> list[Outbound]:
    return await lobby.does(Kind(kind), words_after="/ask", **more)


async def test_a_reply_in_private_to_what_came_too_late_elsewhere_goes_into_the_ticket(
    private: Talk, lobby: Talk
) -> None:
    await opens_ticket(lobby)
    ticket = await lobby.row(select(Ticket))
    await lobby.staff_answer(ticket, "Is it better now?")
    assert lobby.last.text == "Is it better now?"
    (said,) = await private.says("Not at all", reply_to=lobby.last_id)
    assert said.text == "Zu Ticket 1 hinzugefügt."
    events = await lobby.rows(select(TicketEvent).where(TicketEvent.kind == "said"))
    assert [one.text for one in events] == ["Not at all"]


async def test_what_comes_later_is_promised_in_private(private: Talk, lobby: Talk) -> None:
    (sent,) = await opens_ticket(lobby)
    assert "eine Antwort, als private Nachricht." in sent.text
    (said,) = await whispers(lobby, "message", text="/subscribe", message="9")
    assert said.text.startswith("Du bekommst die Neuigkeiten der Plattform als private Nachricht.")
    (said,) = await private.says("/subscribe")
    assert said.text.startswith("Du bekommst die Neuigkeiten der Plattform hier.")


async def test_a_desk_knows_whether_an_answer_is_on_its_way(private: Talk) -> None:
    desk, door = private.room.adapter.desk, private.room.adapter.door
    assert desk
    door.clear()
    asked = asyncio.create_task(private.says("/help"))
    await until(lambda: desk.is_speaking(private.address))
    door.set()
    await asked
    assert not await desk.is_speaking(private.address)


async def test_nobody_elses_reply_to_it_does(private: Talk, lobby: Talk) -> None:
    await opens_ticket(lobby)
    await lobby.staff_answer(await lobby.row(select(Ticket)), "Is it better now?")
    await private.another("eve").says("Not at all", reply_to=lobby.last_id)
    assert await lobby.rows(select(TicketEvent).where(TicketEvent.kind == "said")) == []


@pytest.mark.parametrize("value", ["tickets:add:1", "billing:ask"])
async def test_who_is_asked_for_words_is_told_after_which_command_to_write_them(
    private: Talk, lobby: Talk, value: str
) -> None:
    assert HINT not in (await opens_ticket(lobby))[-1].text
    (asked,) = await whispers(lobby, "press", choice=value)
    assert asked.text.endswith(f"{HINT}. Bitte schreib es hinter /frage.")
    (asked,) = await private.presses_value(value)
    assert HINT not in asked.text


async def test_a_chat_is_not_begun_where_most_of_it_would_not_be_heard(
    private: Talk, lobby: Talk
) -> None:
    (said,) = await whispers(lobby, "press", choice="live:ask")
    assert "Schreib mir bitte privat „Menü“" in said.text
    await private.says("Menü")
    await private.presses("Ich schaue zu")
    assert "💬 Mit einem Menschen reden" in private.labels
    (said,) = await private.presses("💬 Mit einem Menschen reden")
    assert "privat" not in said.text


async def test_in_a_form_too_but_not_where_something_is_chosen(lobby: Talk) -> None:
    (asked,) = await opens_ticket(lobby, subject=" ")
    assert HINT in asked.text
    (asked,) = await opens_ticket(lobby, audience="nobody")
    assert HINT not in asked.text


async def test_what_is_written_after_the_command_is_what_was_asked_for(lobby: Talk) -> None:
    await opens_ticket(lobby)
    await whispers(lobby, "press", choice="tickets:add:1")
    await whispers(lobby, "message", text="One thing more", message="5")
    events = await lobby.rows(select(TicketEvent).where(TicketEvent.kind == "said"))
    assert [one.text for one in events] == ["One thing more"]
