"""What people type instead of pressing."""

from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from core.models import Ticket, TicketEvent
from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.staffdesk import hired, looks
from tests.dialogs.talk import PACK, opened
from tests.fakes.memory import FAST

talking = asynccontextmanager(opened)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none"))


@pytest.mark.parametrize(("typed", "rating"), [("⭐⭐⭐⭐⭐", 5), ("👍", None)])
async def test_stars_are_counted_and_no_other_picture_is_one(
    settings: Settings, clock: Clock, typed: str, rating: int | None
) -> None:
    clock.now = clock.now.replace(day=23, hour=10)  # a Monday
    async with talking(settings, clock) as talk:
        sam = await hired(talk, "sam")
        await sam.says("/duty on")
        await talk.says("/chat")
        await sam.presses("🙋 I take it")
        await sam.says("/done")
        await talk.says(typed)
        assert (await talk.row(select(Ticket))).rating == rating


async def test_numbers_choose_from_what_came_unasked_too(settings: Settings, clock: Clock) -> None:
    """Was it somebody who linked, and what to do since nobody came."""
    clock.now = clock.now.replace(day=23, hour=10)
    async with talking(settings, clock, replace(FAST, buttons=False)) as talk:
        await (await hired(talk, "sam")).says("/duty on")
        await talk.says("/link")
        elsewhere = talk.another("Kim on the train")
        await elsewhere.says(talk.last.text.split("\n")[2])
        await elsewhere.says("1")
        assert "Ja, das bin ich" in talk.last.text
        await talk.says("1")
        assert talk.last.text.startswith("Fertig")
        await talk.says("/chat")
        await talk.says("Mein Bild bleibt schwarz")
        await looks(talk, clock, 0.05)
        assert "1  Zu Ticket 1 hinzufügen" in talk.last.text
        await talk.says("1")
        assert "Ticket 1" in talk.last.text
        await talk.says("Auch der Ton fehlt")
        ticket = await talk.row(select(Ticket))
        said = await talk.rows(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id))
        assert "Auch der Ton fehlt" in [one.text for one in said]


async def test_a_number_is_one_however_it_is_typed(settings: Settings, clock: Clock) -> None:
    async with talking(settings, clock, replace(FAST, buttons=False)) as talk:
        await talk.says("/start")
        await talk.says("1")  # whom they want help for
        said = []
        for typed in ("2", "2.", "2)", "(2)", "#2", "2\ufe0f\u20e3"):
            await talk.says("/start")
            await talk.says(typed)
            said.append((talk.last.title, talk.last.text))
        assert said == [said[0]] * 6
