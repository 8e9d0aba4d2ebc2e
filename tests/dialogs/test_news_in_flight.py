"""News is changed or taken back while a post of it is still on its way to a public place."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.messages import Inbound, Kind, Outbound
from core.models import NewsState
from core.settings import Faq, Settings
from tests.conftest import Clock
from tests.dialogs.newsdesk import chosen, hired, looks, news, readers, written
from tests.dialogs.talk import PACK, Room, Talk
from tests.fakes.memory import FAST, MemoryAdapter
from tests.faults.waiting import until


class SlowInPublic(MemoryAdapter):
    """Its public place takes a post only once the gate is open."""

    def __init__(self) -> None:
        super().__init__(replace(FAST, text=200), public="public")
        self.gate = asyncio.Event()
        self.is_posting = False

    async def send(self, outbound: Outbound) -> str:
        if outbound.address.chat == "public":
            self.is_posting = True
            await self.gate.wait()
        return await super().send(outbound)

    @property
    def posts(self) -> list[str]:
        return [one.text for one in self.sent if one.address.chat == "public"]


class Desk:
    def __init__(self, talk: Talk, pia: Talk, adapter: SlowInPublic) -> None:
        self.talk = talk
        self.pia = pia
        self.adapter = adapter

    async def does(self, choice: str = "", text: str = "") -> None:
        """Without waiting until nothing is on its way."""
        kind = Kind.PRESS if choice else Kind.MESSAGE
        await self.talk.room.parts.desk.receive(
            Inbound(f"{choice}{text}", self.pia.address, self.pia.sender, self.talk.clock.now,
                    kind, choice=choice, text=text)
        )  # fmt: skip

    async def arrives(self) -> list[str]:
        self.adapter.gate.set()
        await self.talk.room.parts.settle()
        return self.adapter.posts


@pytest.fixture
async def desk(tmp_path: Path, clock: Clock) -> AsyncIterator[Desk]:
    """All people have it, and only the post is still on its way."""
    room = Room(Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="none")), clock)
    room.adapter = adapter = SlowInPublic()
    await room.open()
    talk = Talk(room, "Kim")
    pia = await hired(talk, "pia")
    (ann,) = await readers(talk, ("ann", "en"))
    await looks(talk)
    await written(pia, "New today")
    await chosen(pia, "📢 In public", "memory")
    await pia.presses("👁 Preview and send")
    desk = Desk(talk, pia, adapter)
    await desk.does(pia.value("✅ Send to 1"))

    async def is_over() -> bool:
        await room.parts.newsroom.look()
        return (await news(talk)).ended_at is not None

    await until(is_over)
    await until(lambda: adapter.is_posting)
    assert ann.last.text == "New today"
    yield desk
    await room.close()


async def corrected(desk: Desk, text: str) -> None:
    await desk.does("staff:announce:1:correct")
    await desk.does("staff:announce:1:ask:text:en")
    await desk.does(text=text)
    await desk.does("staff:announce:1:corrected")


async def test_a_post_on_its_way_is_taken_back_once_it_is_there(desk: Desk) -> None:
    await desk.does("staff:announce:1:back:yes")
    assert (await news(desk.talk)).state == NewsState.WITHDRAWN
    assert await desk.arrives() == []


async def test_it_is_corrected_once_it_is_there(desk: Desk) -> None:
    await corrected(desk, "New tomorrow")
    assert await desk.arrives() == ["New tomorrow"]


async def test_what_a_correction_added_and_is_not_said_yet_never_is(desk: Desk) -> None:
    await corrected(desk, "word " * 60)
    await desk.does("staff:announce:1:back:yes")
    assert await desk.arrives() == []
