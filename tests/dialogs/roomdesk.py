"""A desk whose staff have rooms, and what is seen in one."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.limits import Limits
from core.messages import Address, Attachment, Inbound, Kind, Outbound
from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.staffdesk import hired
from tests.dialogs.talk import PACK, Room, Talk
from tests.fakes.memory import FAST, MemoryAdapter

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "000200015ef2d4a40000000049454e44ae426082"
)


class Seen:
    """A ticket's room as the staff see it."""

    def __init__(self, talk: Talk, address: Address) -> None:
        self.talk = talk
        self.address = address

    @property
    def heard(self) -> list[Outbound]:
        return [one for one in self.talk.room.adapter.sent if one.address == self.address]

    @property
    def last(self) -> Outbound:
        return self.heard[-1]

    def id_of(self, text: str) -> str:
        shown = next(one for one in self.heard if one.text == text)
        return self.talk.room.adapter.id_of(shown)

    async def writes(self, text: str, who: Talk, **more: Any) -> list[Outbound]:
        return await self.does(Kind.MESSAGE, who, text=text, **more)

    async def presses(self, value: str, who: Talk) -> list[Outbound]:
        return await self.does(Kind.PRESS, who, choice=value)

    async def sends(self, data: bytes, who: Talk, text: str = "", **more: Any) -> list[Outbound]:
        handle = self.talk.room.adapter.upload(data)
        file = Attachment(handle, "document", "plan.png", size=len(data))
        return await self.does(Kind.MESSAGE, who, attachments=(file,), text=text, **more)

    async def does(self, kind: Kind, who: Talk, **more: Any) -> list[Outbound]:
        before = len(self.heard)
        event = f"event{next(self.talk.room.numbers)}"
        inbound = Inbound(
            event, self.address, who.sender, self.talk.clock.now, kind,
            private=False, in_room=True, message=more.pop("message", f"m-{event}"), **more,
        )  # fmt: skip
        await self.talk.room.parts.desk.receive(inbound)
        await self.talk.room.parts.settle()
        return self.heard[before:]


async def desk_with_rooms(
    settings: Settings, clock: Clock, limits: Limits = FAST
) -> AsyncIterator[Talk]:
    room = Room(settings, clock)
    room.adapter = MemoryAdapter(limits, rooms="staff")
    await room.open()
    yield Talk(room, "Kim")
    await room.close()


@pytest.fixture
async def talk(sqlite_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    clock.now = clock.now.replace(day=23, hour=10)  # a Monday
    settings = Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none"))
    async for one in desk_with_rooms(settings, clock):
        yield one


@pytest.fixture
async def sam(talk: Talk) -> Talk:
    return await hired(talk, "sam")


def room(talk: Talk, number: int = -1) -> Seen:
    thread = list(talk.room.adapter.rooms)[number]
    return Seen(talk, Address("memory", "desk", "staff", thread))


def general(talk: Talk) -> Seen:
    return Seen(talk, Address("memory", "desk", "staff"))
