"""Where each message is metered, people are told other ways before nothing more can be said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core.limits import Window
from core.models import Heard, Ticket
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST

METERED = replace(FAST, windows=(Window(20, 86_400),))


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK)
    async for one in opened(settings, clock, METERED):
        yield one


async def test_the_last_messages_of_a_day_name_other_ways_once_to_each(talk: Talk) -> None:
    for number in range(18):
        (answer,) = await talk.another(f"p{number}").says("/help")
        assert "fast alle Nachrichten" not in answer.text
    (farewell,) = await talk.says("Betreff: Bild schwarz\nBeschreibung: Heute um neun")
    assert "fast alle Nachrichten" in farewell.text
    assert "help@example.org" in farewell.text
    assert await talk.says("hallo?") == []
    assert len(await talk.rows(select(Heard))) == 20


async def test_a_ticket_that_is_sent_then_is_kept_and_named(talk: Talk) -> None:
    await talk.says("Betreff: Bild schwarz\nBeschreibung: Um neun\nBereich: Ich schaue zu")
    for number in range(17):
        await talk.another(f"p{number}").says("/help")
    (farewell,) = await talk.presses("✅ Senden")
    ticket = await talk.row(select(Ticket))
    assert f"Ticket {ticket.id}" in farewell.text
    assert "fast alle Nachrichten" in farewell.text
