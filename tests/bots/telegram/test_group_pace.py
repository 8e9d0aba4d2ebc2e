"""The staff's group takes twenty messages in a minute, all its topics together."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest
from sqlmodel import Session, col, func, select

from bots.telegram.adapter import TelegramAdapter
from core import outbox
from core.delivery import Delivery
from core.messages import Address, Reply
from core.models import Place, Rank, Sending, row_id
from core.store import Store
from tests.bots.telegram.conftest import ADA, STAFF, settings
from tests.conftest import Clock
from tests.fakes.telegram import TelegramFake

MINUTE = 20


class Office:
    """What is said to topics and people, and a clock that both sides go by."""

    def __init__(self, store: Store, fake: TelegramFake, adapter: TelegramAdapter) -> None:
        self.store, self.fake, self.adapter = store, fake, adapter
        self.clock = Clock()
        self._begin = self.clock.now

    def seconds(self) -> float:
        return (self.clock.now - self._begin).total_seconds()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Delivery]:
        delivery = Delivery(
            self.store, {"telegram": self.adapter}, self.clock,
            open_file=no_files, monotonic=self.seconds,
        )  # fmt: skip
        running = asyncio.create_task(delivery.run())
        yield delivery
        running.cancel()
        await asyncio.wait([running])

    async def say(self, to: Address, text: str, cause: str = "") -> None:
        def put(session: Session) -> None:
            wanted = (Place.chat == to.chat, Place.thread == to.thread)
            place = session.exec(select(Place).where(*wanted)).first()
            if place is None:
                place = Place(platform=to.platform, account=to.account, chat=to.chat,
                              thread=to.thread, sender="", created_at=self.clock.now)  # fmt: skip
                session.add(place)
                session.flush()
            outbox.enqueue(
                session, row_id(place.id), cause or f"said:{text}", Reply(text),
                self.adapter.limits, self.clock.now, rank=Rank.RELAY,
            )  # fmt: skip

        await self.store.write(put)

    async def left(self) -> int:
        unsent = select(func.count()).where(col(Sending.state) != "sent")
        return await self.store.read(lambda session: session.exec(unsent).one())

    async def until(self, delivery: Delivery, condition: Callable[[], bool]) -> None:
        delivery.wake()
        await self.fake.until(condition)

    async def pass_until(self, delivery: Delivery, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                delivery.wake()
                await self.left()  # as slow as whatever else reads
                self.clock.forward(0.1)

    def read_by_staff(self) -> int:
        return len(self.fake.screen(STAFF))

    def in_topic(self, topic: Address) -> list[str]:
        return [one.text for one in self.fake.screen(STAFF, int(topic.thread))]

    def in_private(self, text: str) -> bool:
        return any(one.text == text for one in self.fake.screen(7))


async def no_files(_: str) -> AsyncIterator[bytes]:
    raise FileNotFoundError
    yield b""


@pytest.fixture
async def office(sqlite_store: Store, fake: TelegramFake) -> AsyncIterator[Office]:
    fake.group(STAFF, forum=True)
    fake.person(7)
    desk = TelegramAdapter(settings(fake.url, staff_chat=str(STAFF), per_second=1000, per_chat=0))
    await desk.open()
    opened = Office(sqlite_store, fake, desk)
    fake.limits(math.inf, math.inf, MINUTE, opened.seconds)
    yield opened
    assert fake.world.pace.refused == 0
    await desk.close()


async def test_a_busy_group_is_never_refused_and_nobody_in_private_waits_for_it(
    office: Office,
) -> None:
    topics = [await office.adapter.open_room(f"#{number}") for number in range(8)]
    async with office.at_work() as delivery, asyncio.timeout(20):
        for number in range(48):
            await office.say(topics[number % 8], f"word {number}")
        while office.read_by_staff() < 48:
            asked = f"at {office.seconds():.0f}"
            await office.say(ADA, asked)
            await office.until(delivery, partial(office.in_private, asked))
            office.clock.forward(6)
    for number, topic in enumerate(topics):
        assert office.in_topic(topic) == [f"word {one}" for one in range(number, 48, 8)]


async def test_words_come_before_histories(office: Office) -> None:
    office.adapter.limits = replace(office.adapter.limits, per_second=8)  # one after the other
    topics = [await office.adapter.open_room(f"#{number}") for number in range(20)]
    for number, topic in enumerate(topics):
        await office.say(topic, f"all of {number}", f"ticket:{number}/card")
    async with office.at_work() as delivery:
        await office.pass_until(delivery, lambda: office.read_by_staff() >= 10)
        for number in range(6):
            await office.say(topics[0], f"word {number}")
        await office.pass_until(delivery, lambda: len(office.in_topic(topics[0])) == 7)
        assert office.read_by_staff() == MINUTE
        await office.pass_until(delivery, lambda: office.read_by_staff() == len(topics) + 6)


async def test_what_was_said_before_a_restart_counts(office: Office) -> None:
    topic, other = [await office.adapter.open_room(f"#{number}") for number in range(2)]
    for number in range(MINUTE + 1):
        await office.say(topic if number % 2 else other, f"word {number}")
    async with office.at_work() as delivery, asyncio.timeout(5):
        while await office.left() > 1:
            await office.until(delivery, lambda: office.read_by_staff() == MINUTE)
    office.clock.forward(30)
    async with office.at_work() as delivery:
        await office.say(ADA, "in private")
        await office.until(delivery, partial(office.in_private, "in private"))
        assert office.read_by_staff() == MINUTE
        office.clock.forward(32)
        await office.until(delivery, lambda: office.read_by_staff() == MINUTE + 1)
