"""A desk with people of its own, and a ticket to work on."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from core import staff
from core.models import Role, Ticket, row_id
from tests.conftest import Clock
from tests.dialogs.talk import Talk

FORM = "Betreff: Video bleibt stehen\nBeschreibung: Heute um neun\nBereich: Ich schaue zu"
SECRET = "only-for-the-team"


async def code_for(talk: Talk, name: str, role: Role = Role.AGENT) -> str:
    def draw(session: Session) -> str:
        return staff.invite(session, name, role, talk.clock.now, staff.by_name(session, name))

    return await talk.room.parts.store.write(draw)


async def hired(talk: Talk, name: str, role: Role = Role.AGENT) -> Talk:
    one = talk.another(f"{name}-chat", "en")
    await one.says(f"/join {await code_for(talk, name, role)}")
    assert one.last.text.startswith(f"Welcome, {name}")
    return one


async def dismissed(talk: Talk, name: str) -> None:
    def remove(session: Session) -> None:
        known = staff.by_name(session, name)
        assert known
        staff.remove(session, known, talk.clock.now)

    await talk.room.parts.store.write(remove)


@pytest.fixture
async def sam(talk: Talk) -> Talk:
    return await hired(talk, "sam")


async def open_ticket(talk: Talk) -> int:
    await talk.says(FORM)
    await talk.presses("✅ Senden")
    tickets = await talk.rows(select(Ticket).order_by(col(Ticket.id).desc()))
    return row_id(tickets[0].id)


async def ticket(talk: Talk, number: int) -> Ticket:
    return await talk.row(select(Ticket).where(Ticket.id == number))


async def looks(talk: Talk, clock: Clock, hours: float) -> int:
    clock.now += timedelta(hours=hours)
    told = await talk.room.parts.reminders.look()
    await talk.room.parts.settle()
    return told
