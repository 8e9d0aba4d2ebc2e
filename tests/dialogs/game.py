"""A whole desk behind three platforms, which can be killed at any moment. As platforms do, they
hand a message over until it is received.
"""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from core import staff
from core.adapter import Retry, Unknown
from core.messages import Address, Attachment, Inbound, Kind, Outbound, Sender
from core.models import Place, Role, Ticket
from core.pack import read_pack
from core.settings import Faq, Settings
from core.store import Store, open_engine
from frontdesk.app import Parts, build
from tests.conftest import Clock
from tests.dialogs.roomdesk import PICTURE
from tests.dialogs.talk import PACK
from tests.fakes.memory import FAST, MemoryAdapter
from tests.faults.trouble import BadDisk
from tests.faults.waiting import until

PLAIN = replace(FAST, buttons=False, edits=False, withdraws=False, file_out=0)
LETTERS = replace(PLAIN, letters=True)
STAFF = "staff"
"""The chat of their rooms, wherever they have some."""
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FOREVER = 10**9


@dataclass(eq=False)
class Person:
    name: str
    adapter: MemoryAdapter
    written: list[str] = field(default_factory=list)
    """The platform's ids of what they wrote."""

    @property
    def address(self) -> Address:
        return self.adapter.address(self.name)

    @property
    def heard(self) -> list[Outbound]:
        return self.adapter.seen(self.name)


@dataclass(frozen=True)
class Kill:
    """Before the `nth` statement or commit from now on, or `late`, after it; or after so many turns
    of the loop; without either, while something is on its way that no platform has yet taken.
    """

    nth: int = 0
    turns: int = 0
    late: bool = False


class Game:
    """Begins with an empty `database`, or where another game ended."""

    def __init__(self, database: Path, folder: Path, begun: "Game | None" = None) -> None:
        folder.mkdir()
        self.database = Path(shutil.copy(database, folder / "desk.db"))
        self.settings = Settings(
            data=folder, pack=PACK, messages_per_minute=10_000, faq=Faq(encoder="none")
        )
        self.clock = Clock()
        self.clock.now = MONDAY
        self.numbers = count(1)
        self.rich = MemoryAdapter(rooms=STAFF)
        self.plain = MemoryAdapter(PLAIN, platform="plain", rooms=STAFF)
        self.post = MemoryAdapter(LETTERS, platform="post")
        if begun:
            self.clock.now, self.numbers = begun.clock.now, copy(begun.numbers)
            self.rich, self.plain = begun.rich.copy(), begun.plain.copy()
            self.post = begun.post.copy()
        self.adapters = (self.rich, self.plain, self.post)
        self.hasty = False
        """Nobody waits until all that follows from a message is done."""
        self.doom: Kill | None = None
        """Ends the desk in the midst of what comes next."""
        self.kills = 0
        self.compiled: dict[object, object] = begun.compiled if begun else {}
        """Statements that an earlier life or game has made: a fifth of the time of each."""

    async def open(self) -> None:
        engine = open_engine(f"sqlite:///{self.database}")
        self.disk = BadDisk(engine)
        self.store = Store(engine.execution_options(compiled_cache=self.compiled))
        named = {one.platform: one for one in self.adapters}
        self.parts: Parts = await build(
            self.settings, read_pack(PACK), self.store, named, self.clock, no_encoder()
        )
        parts = self.parts
        await parts.ready
        self._work = [
            asyncio.create_task(work)
            for work in (
                parts.delivery.run(), parts.attachments.run(), parts.answers.run(),
                parts.reminders.run(), parts.rooms.run(),
            )
        ]  # fmt: skip

    async def kill(self) -> None:
        """Whatever it was doing, it does no more."""
        ended = [task for task in self._work if task.done()]
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.store.close()
        assert ended == []

    async def hire(self, name: str, person: Person) -> None:
        def draw(session: Session) -> str:
            known = staff.by_name(session, name)
            return staff.invite(session, name, Role.AGENT, self.clock.now, known)

        code = await self.parts.store.write(draw)
        await self.does(person, text=f"/join {code}")

    async def dismiss(self, name: str) -> None:
        def remove(session: Session) -> None:
            if known := staff.by_name(session, name):
                staff.remove(session, known, self.clock.now)

        await self.parts.store.write(remove)

    async def does(
        self, person: Person, kind: Kind = Kind.MESSAGE, at: Address | None = None, **more: Any
    ) -> None:
        await self.receive(self.inbound(person, kind, at, **more))

    def inbound(
        self, person: Person, kind: Kind = Kind.MESSAGE, at: Address | None = None, **more: Any
    ) -> Inbound:
        address, number = at or person.address, next(self.numbers)
        in_room = address != person.address
        message = more.pop("message", f"in{number}")
        if kind is Kind.MESSAGE:
            person.written.append(message)
        return Inbound(
            f"event{number}", address, Sender(person.name, person.name, "en"), self.clock.now,
            kind, message=message, private=not in_room, in_room=in_room, **more,
        )  # fmt: skip

    def file(self, person: Person, data: bytes, name: str) -> Attachment:
        handle = person.adapter.upload(PICTURE + data)
        return Attachment(handle, "document", name, size=len(PICTURE + data))

    async def receive(self, *inbounds: Inbound) -> None:
        """As a platform hands them over: until each is received, at whatever cost."""
        self.clock.forward(1)
        left = list(inbounds)
        doom, self.doom = self.doom, None
        if doom:
            await self._receive_dying(left, doom)
        await self._receive(left)
        if not self.hasty:
            await self.settle()

    async def _receive(self, left: list[Inbound]) -> None:
        """In order, without waiting for each other; those that were received are not left."""

        async def take(one: Inbound) -> None:
            await self.parts.desk.receive(one)
            left.remove(one)

        results = await asyncio.gather(*map(take, list(left)), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _receive_dying(self, left: list[Inbound], doom: Kill) -> None:
        async def live() -> None:
            await self._receive(left)
            await self.settle()

        living = asyncio.create_task(live())
        if doom.turns:
            for _ in range(doom.turns):
                await asyncio.sleep(0)
        elif not doom.nth:
            await self._until_on_its_way(living)
        else:
            self.disk.strike(doom.nth, count=FOREVER, late=doom.late)
            await until(lambda: self.disk.struck > 0 or living.done())
        await self.kill()
        await asyncio.gather(living, return_exceptions=True)
        self.kills += 1
        for adapter in self.adapters:
            adapter.door.set()
        await self.open()

    async def _until_on_its_way(self, living: asyncio.Task[None]) -> None:
        before = [len(adapter.tried) for adapter in self.adapters]
        for adapter in self.adapters:
            adapter.door.clear()
        with suppress(TimeoutError):  # where all that is on its way takes something back
            await until(
                lambda: living.done() or before != [len(one.tried) for one in self.adapters], 2
            )

    async def settle(self) -> None:
        async with asyncio.timeout(60):
            await self.parts.settle()

    async def pass_time(self, seconds: float) -> None:
        """Until everything that waits for a better time has had it."""
        self.clock.forward(seconds)
        await self.parts.reminders.look()
        await self.parts.rooms.look()
        self.parts.delivery.wake()
        await self.settle()

    async def calm_down(self) -> None:
        """Nothing is in trouble any more, and all that waited has gone."""
        self.doom = None
        for adapter in self.adapters:
            adapter.faults.clear()
            adapter.faults_at.clear()
        for seconds in (70, 4000, 40_000):
            await self.pass_time(seconds)

    def disturb(self, adapter: MemoryAdapter, kinds: Sequence[str]) -> None:
        """What the next calls meet."""
        for kind in kinds:
            fault = Unknown("no answer") if kind == "lost" else Retry("busy", 0.001)
            if kind == "down":
                fault = Retry("could not be reached")
                fault.after = 0.001
            adapter.faults.append(None if kind == "fine" else fault)

    async def tickets_of(self, person: Person) -> list[int]:
        query = (
            select(Ticket.id)
            .join(Place, col(Place.contact_id) == col(Ticket.contact_id))
            .where(Place.platform == person.adapter.platform, Place.chat == person.name)
            .order_by(col(Ticket.id))
        )
        numbers = await self.parts.store.read(lambda session: session.exec(query).all())
        return [number for number in numbers if number]

    async def offers(self, person: Person) -> list[list[str]]:
        """What may be chosen by a number, where nothing can be pressed."""
        query = select(Place).where(
            Place.platform == person.adapter.platform, Place.chat == person.name
        )
        places = await self.parts.store.read(lambda session: session.exec(query).all())
        return [offer for place in places for offer in place.offers]

    def rooms(self) -> list[Address]:
        return [
            Address(one.platform, one.account, STAFF, thread)
            for one in self.adapters
            for thread in one.rooms
        ]


async def no_encoder() -> None:
    return None
