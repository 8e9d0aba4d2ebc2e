"""A person and a member of staff, each at a terminal of their own, beside a running desk."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bots.terminal.adapter import LIMITS
from bots.terminal.door import SOCKET
from core import staff, tickets
from core.models import Role, Sending, Ticket
from core.pack import read_pack
from core.settings import Settings
from frontdesk.app import Parts, languages_of, open_desk
from frontdesk.platforms import terminal_door
from frontdesk.visits import Visits
from tests.bots.contract import PATIENCE
from tests.bots.terminal.test_door import Guest, guest, guests
from tests.conftest import Clock
from tests.dialogs.talk import PACK
from tests.frontdesk.commands import frontdesk, surroundings


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d")


@pytest.fixture
async def parts(folder: Path, clock: Clock) -> AsyncIterator[Parts]:
    """On a Monday morning, when there is somebody to chat with."""
    clock.now = clock.now.replace(day=23, hour=10)
    settings = Settings(data=folder, pack=PACK)
    pack = read_pack(PACK)
    door = terminal_door(settings, clock, languages_of(pack))
    assert door
    await door.open()
    async with open_desk(settings, pack, [door], clock) as parts:
        door.join(Visits(parts, clock))
        listening = asyncio.create_task(door.listen(parts.desk.receive))
        yield parts
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def says(one: Guest, line: str, answer: str) -> None:
    one.pipe.type(f"{line}\n")
    await one.shows(answer)


async def test_a_chat_from_the_call_to_the_rating(folder: Path, parts: Parts, clock: Clock) -> None:
    code = await parts.store.write(
        lambda session: staff.invite(session, "sam", Role.AGENT, clock.now)
    )
    async with guests(Guest(folder, "kim", "de"), Guest(folder, "sam")) as (kim, sam):
        await says(sam, f"/join {code}", "Welcome, sam")
        await says(sam, "/duty on", "You are told of new tickets.")
        await says(kim, "/chat", "Ich rufe jemanden.")
        await sam.shows("asks for a chat")
        await says(sam, "1", "You are in the chat.")
        await kim.shows("sam ist jetzt da.")
        await says(kim, "Mein Bild ist schwarz", "")
        await sam.shows("Mein Bild ist schwarz")
        sam.pipe.type("Please reload\n")
        await kim.shows("Please reload")
        sam.pipe.type("/done\n")
        await kim.shows("Wie war er")
        await says(kim, "5", "Danke.")
    ticket = (await parts.store.read(lambda session: session.exec(select(Ticket)).all()))[0]
    assert ticket.rating == 5


async def test_what_is_said_to_an_empty_terminal_is_shown_at_the_next_visit(
    folder: Path, parts: Parts
) -> None:
    async with guest(folder, "kim") as kim:
        await says(kim, "hallo", "Hallo")
        kim.pipe.type("/ticket\n1\nBild bleibt schwarz\n1\nHeute um neun\n1\n1\n")
        await kim.shows("Ticket 1")

    await parts.store.write(answer)
    parts.delivery.wake()
    await asyncio.wait_for(found_absent(parts), PATIENCE)
    async with guest(folder, "kim") as kim:
        kim.pipe.type("/quit\n")
        await kim.ends()
        assert "Please reload the page." in kim.paper.getvalue()


def answer(session: Session) -> None:
    (ticket,) = session.exec(select(Ticket))
    languages = languages_of(read_pack(PACK))
    tickets.answer(
        session, ticket, "Please reload the page.", "sam", languages, {"terminal": LIMITS},
        ticket.created_at,
    )  # fmt: skip


async def found_absent(parts: Parts) -> None:
    """The desk has tried, and nobody sat there."""

    def waits(session: Session) -> bool:
        return any("nobody sits" in row.reason for row in session.exec(select(Sending)))

    while not await parts.store.read(waits):  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # the database sets no event


def test_a_conversation_visits_the_desk_that_runs_and_hears_its_end(folder: Path) -> None:
    settings = {"FRONTDESK_PACK": str(PACK), "FRONTDESK_TERMINAL": "1"}
    desk = subprocess.Popen(
        [sys.executable, "-m", "frontdesk", "run"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=surroundings(folder, **settings),
    )
    try:
        while not (folder / SOCKET).exists():
            assert desk.poll() is None
            os.sched_yield()
        talk = frontdesk(folder, "chat", "--language", "de", "--name", "kim",
                         said="hallo\n/help\n", **settings)  # fmt: skip
        assert (talk.returncode, talk.stderr) == (0, "")
        assert talk.stdout.index("Hallo kim") < talk.stdout.index("/ticket")
        desk.send_signal(signal.SIGTERM)
        assert desk.wait(20) == 0
        assert not (folder / SOCKET).exists()
    finally:
        desk.kill()
        desk.wait()
