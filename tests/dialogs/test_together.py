"""Where less must be said than could be, messages that are written down together count, too."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, event
from sqlmodel import select

from core.desk import Desk
from core.limits import Limits, Window
from core.messages import Inbound
from core.models import Heard
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.dialogs.test_letters import LETTERS
from tests.fakes.memory import FAST
from tests.faults.waiting import until

READ = ("faq_text.answer", "FROM ticket")
"""What a question is answered with."""
METERED = replace(FAST, windows=(Window(20, 86_400),))


async def together(people: Sequence[Talk], text: str = "hallo?") -> None:
    """The first is written down alone, behind a slow writer; the others in one transaction."""
    room, gate = people[0].room, threading.Event()
    desk, slow = room.parts.desk, asyncio.create_task(room.parts.store.write(lambda _: gate.wait()))
    said = [
        Inbound(f"together {text}{n}", one.address, one.sender, room.clock.now, text=text)
        for n, one in enumerate(people)
    ]
    try:
        first = asyncio.create_task(desk.receive(said[0]))
        await until(lambda: is_writing(desk) and not desk._waiting)
        others = [asyncio.create_task(desk.receive(one)) for one in said[1:]]
        await until(lambda: len(desk._waiting) == len(others))
    finally:
        gate.set()
    await asyncio.gather(slow, first, *others)
    await room.parts.settle()


def is_writing(desk: Desk) -> bool:
    return desk._writing is not None and not desk._writing.done()


async def at_desk(data: Path, clock: Clock, limits: Limits, *names: str) -> list[Talk]:
    """How the desk answers these, who write at the same time."""
    async for talk in opened(Settings(data=data, pack=PACK), clock, limits):
        for number in range(18):
            await talk.another(f"before{number}").says("/help")
        people = [talk.another(name) for name in names]
        await together(people)
        assert len(await talk.rows(select(Heard))) == 18 + len(names)
        return people
    raise AssertionError


async def test_letters_get_one_answer(tmp_path: Path, clock: Clock) -> None:
    names = ("ben", "ann@here", "ann@here", "ann@here", "ann+1@here", "ann+2@here")
    people = await at_desk(tmp_path, clock, LETTERS, *names)
    assert [len(one.heard) for one in people[:4]] == [1, 1, 1, 1]  # hers are the same
    assert sum(len(one.heard) for one in people[4:]) <= 1


async def test_one_farewell_is_said(tmp_path: Path, clock: Clock) -> None:
    people = await at_desk(tmp_path, clock, METERED, "ben", "ann", "ann", "ann")
    assert [len(one.heard) for one in people] == [1, 1, 1, 1]  # hers are the same


def statements(engine: Engine) -> list[str]:
    """It grows with each."""
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *what: seen.append(what[2]))
    return seen


async def test_questions_of_many_take_as_few_statements_as_those_of_a_few(
    tmp_path: Path, clock: Clock
) -> None:
    async for talk in opened(Settings(data=tmp_path, pack=PACK), clock):
        people = [talk.another(f"person{number}") for number in range(13)]
        for one in people:
            await one.says("/help")
        seen = statements(talk.room.parts.store.engine)
        for count in (2, 13):
            seen.clear()
            await together(people[:count], f"passwort vergessen, {count}?")
            titles = {one.last.title for one in people[:count]}
            assert titles == {"Wie setze ich ein neues Passwort?"}
            assert [len([one for one in seen if what in one]) for what in READ] == [2, 2]
