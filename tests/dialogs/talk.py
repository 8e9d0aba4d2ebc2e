"""A person talks to a whole desk: everything is real but the platform."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from core import tickets
from core.files import open_files
from core.limits import Limits
from core.messages import Attachment, Inbound, Kind, Outbound, Sender
from core.models import Evidence, Place, Sending, Ticket
from core.pack import read_pack
from core.settings import Settings
from frontdesk.app import Parts, languages_of, open_desk
from tests.conftest import Clock
from tests.fakes.memory import FAST, MemoryAdapter

PACK = Path(__file__).parent / "pack"
T = TypeVar("T")


class Room:
    """A desk behind one platform in memory, which can be ended and started again."""

    def __init__(self, settings: Settings, clock: Clock, limits: Limits = FAST) -> None:
        self.settings = settings
        self.clock = clock
        self.pack = read_pack(settings.pack)
        self.adapter = MemoryAdapter(limits)
        self.numbers = count(1)
        self._stack = AsyncExitStack()
        self.parts: Parts

    async def open(self) -> None:
        desk = open_desk(self.settings, self.pack, [self.adapter], self.clock)
        self.parts = await self._stack.enter_async_context(desk)

    async def close(self) -> None:
        await self._stack.aclose()


class Talk:
    """One person's side. What the desk answered to each step is returned."""

    def __init__(self, room: Room, name: str, language: str = "de") -> None:
        self.room = room
        self.clock = room.clock
        self.name = name
        self.sender = Sender(name, name, language)
        self.address = room.adapter.address(name)

    def another(self, name: str, language: str = "de") -> "Talk":
        return Talk(self.room, name, language)

    async def restart(self) -> None:
        await self.room.close()
        await self.room.open()

    async def says(self, text: str, **more: Any) -> list[Outbound]:
        return await self.does(Kind.MESSAGE, text=text, **more)

    async def edits(self, text: str, message: str) -> list[Outbound]:
        return await self.does(Kind.EDIT, text=text, message=message)

    async def sends(
        self, data: bytes, name: str = "file", kind: str = "document", group: str = ""
    ) -> list[Outbound]:
        handle = self.room.adapter.upload(data)
        file = Attachment(handle, kind, name, size=len(data))
        return await self.does(Kind.MESSAGE, attachments=(file,), group=group)

    async def presses(self, label: str) -> list[Outbound]:
        return await self.presses_value(self.value(label))

    async def presses_value(self, value: str) -> list[Outbound]:
        return await self.does(Kind.PRESS, choice=value)

    async def does(self, kind: Kind, event: str = "", **more: Any) -> list[Outbound]:
        number = event or f"event{next(self.room.numbers)}"
        before = len(self.heard)
        await self.room.parts.desk.receive(
            Inbound(number, self.address, self.sender, self.clock.now, kind, **more)
        )
        await self.room.parts.settle()
        return self.heard[before:]

    @property
    def heard(self) -> list[Outbound]:
        """Everything the desk ever said here."""
        return [one for one in self.room.adapter.sent if one.address == self.address]

    @property
    def last(self) -> Outbound:
        return self.heard[-1]

    @property
    def last_id(self) -> str:
        """The platform's id of it."""
        return self.room.adapter.id_of(self.last)

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.last.choices]

    def value(self, label: str) -> str:
        """Of the newest button with this label."""
        shown = [choice for one in self.heard for choice in one.choices if choice.label == label]
        assert shown, f"no button {label!r}; the last message has {self.labels}"
        return shown[-1].value

    async def rows(self, query: SelectOfScalar[T]) -> Sequence[T]:
        return await self.room.parts.store.read(lambda session: session.exec(query).all())

    async def row(self, query: SelectOfScalar[T]) -> T:
        return (await self.rows(query))[0]

    async def stored(self, evidence: Evidence) -> bytes:
        files = open_files(self.room.settings.files, self.room.settings.data / "incoming")
        return b"".join([block async for block in files.open(evidence.stored_as)])

    async def staff_answer(self, ticket: Ticket, text: str) -> None:
        limits = {self.address.platform: self.room.adapter.limits}
        await self._staff(
            lambda session: tickets.answer(
                session, session.get_one(Ticket, ticket.id), text, "staff",
                languages_of(self.room.pack), limits, self.clock.now,
            )
        )  # fmt: skip

    async def staff_solve(self, ticket: Ticket) -> None:
        limits = {self.address.platform: self.room.adapter.limits}
        await self._staff(
            lambda session: tickets.solve(
                session, session.get_one(Ticket, ticket.id), "staff",
                languages_of(self.room.pack), limits, self.clock.now,
            )
        )  # fmt: skip

    async def _staff(self, act: Any) -> None:
        await self.room.parts.store.write(act)
        self.room.parts.delivery.wake()
        await self.room.parts.settle()

    async def damage_state(self, state: dict[str, Any]) -> None:
        def damage(session: Any) -> None:
            place = session.exec(select(Place).where(Place.chat == self.address.chat)).one()
            place.state = state
            session.add(place)

        await self.room.parts.store.write(damage)

    async def sending(self) -> Sequence[Sending]:
        return await self.rows(select(Sending))


async def opened(settings: Settings, clock: Clock, limits: Limits = FAST) -> AsyncIterator[Talk]:
    room = Room(settings, clock, limits)
    await room.open()
    yield Talk(room, "Kim")
    await room.close()
