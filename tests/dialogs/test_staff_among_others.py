"""Staff in a channel that is nobody's room: known by who they are, and only they see the answer."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core.messages import Kind
from core.models import Ticket, TicketEvent
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.staffdesk import code_for, hired, open_ticket
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST


@pytest.fixture
async def talk(sqlite_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    clock.now = clock.now.replace(day=23, hour=10)  # a Monday
    shutil.copy(sqlite_file, tmp_path / "desk.db")
    url = SecretStr(f"sqlite:///{tmp_path / 'desk.db'}")
    settings = Settings(data=tmp_path, database_url=url, pack=PACK)
    async for one in opened(settings, clock, replace(FAST, discreet=True)):
        yield one


def in_channel(one: Talk, channel: str) -> Talk:
    there = one.another(one.name, "en")
    there.address = replace(one.address, chat=channel, thread=f"@{one.name}")
    one.room.adapter.rooms[there.address.thread] = channel
    return there


async def whispers(one: Talk, text: str = "", choice: str = "") -> str:
    kind = Kind.PRESS if choice else Kind.MESSAGE
    *_, said = await one.does(kind, text=text, choice=choice, words_after="/ask")
    return said.text


async def test_they_work_in_any_channel(talk: Talk) -> None:
    sam = await hired(talk, "sam")
    number = await open_ticket(talk)
    lobby = in_channel(sam, "lobby")
    assert f"{number} · Video bleibt stehen" in "".join(
        choice.label for choice in (await lobby.does(
            Kind.MESSAGE, text="/queue", words_after="/ask"))[-1].choices
    )  # fmt: skip
    await whispers(in_channel(sam, "other"), f"/reply {number} Have a look")
    assert talk.last.text == "Have a look"
    await whispers(lobby, f"/note {number}")
    await whispers(lobby, "Ask kit")
    notes = await talk.rows(select(TicketEvent).where(TicketEvent.kind == "noted"))
    assert [one.text for one in notes] == ["Ask kit"]


async def test_others_there_know_no_such_command(talk: Talk) -> None:
    await hired(talk, "sam")
    assert (await whispers(in_channel(talk, "lobby"), "/queue")).startswith("I do not know")


async def test_a_code_is_not_used_up_where_no_call_would_be_answered(talk: Talk) -> None:
    code = await code_for(talk, "sam")
    sam = talk.another("sam-chat", "en")
    said = await whispers(in_channel(sam, "lobby"), f"/join {code}")
    assert said == "Please write /join and your code to me in a private chat. It is still good."
    await sam.says(f"/join {code}")
    assert sam.last.text.startswith("Welcome, sam")


async def test_a_chat_is_taken_in_private_only(talk: Talk) -> None:
    sam = await hired(talk, "sam")
    await sam.says("/duty on")
    await talk.says("/chat")
    said = await whispers(in_channel(sam, "lobby"), choice="live:accept:1")
    assert said.endswith("take it in private.")
    assert (await talk.row(select(Ticket))).staff_id is None
