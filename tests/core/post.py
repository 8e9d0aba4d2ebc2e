"""A desk's outbox, and the platform in memory behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from core import outbox
from core.delivery import Delivery
from core.messages import Reply
from core.models import Place, Rank, Sending, row_id
from core.store import Store
from tests.conftest import Clock
from tests.fakes.memory import ANN, MemoryAdapter

LEASE = 90


class Post:
    """A desk's outbox, the platform in memory behind it, and what goes between them."""

    def __init__(self, store: Store, clock: Clock, first: int = 1) -> None:
        """`first` is the number of the first thing said: others at the same outbox say others."""
        self.store = store
        self.clock = clock
        self.adapter = MemoryAdapter()
        self.files: dict[str, bytes] = {}
        """By where they are stored."""
        self._count = first - 1

    async def open_file(self, stored_as: str) -> AsyncIterator[bytes]:
        if stored_as not in self.files:
            raise FileNotFoundError(stored_as)
        yield self.files[stored_as]

    async def say(
        self, words: str, person: str = ANN, rank: Rank = Rank.ANSWER, platform: str = "memory"
    ) -> None:
        self._count += 1
        cause = f"in:{self._count}/0"
        unit = partial(self._say, Reply(words), person, rank, platform, cause)
        await self.store.write(unit)

    def _say(
        self, reply: Reply, person: str, rank: Rank, platform: str, cause: str, session: Session
    ) -> None:
        place = self.place(session, person, platform)
        now, limits = self.clock.now, self.adapter.limits
        outbox.enqueue(session, row_id(place.id), cause, reply, limits, now, rank=rank)

    def place(self, session: Session, person: str, platform: str) -> Place:
        known = session.exec(
            select(Place).where(Place.chat == person, Place.platform == platform)
        ).first()
        if known:
            return known
        place = Place(platform=platform, account="desk", chat=person, sender=person,
                      subscribed=True, created_at=self.clock.now)  # fmt: skip
        session.add(place)
        session.flush()
        return place

    @asynccontextmanager
    async def at_work(self, *others: MemoryAdapter, **more: Any) -> AsyncIterator[Delivery]:
        adapters = {one.platform: one for one in (self.adapter, *others)}
        delivery = Delivery(self.store, adapters, self.clock, open_file=self.open_file, **more)
        running = asyncio.create_task(delivery.run())
        try:
            yield delivery
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def claim(self) -> list[outbox.Claimed]:
        """As a process does that dies right after."""
        lease = timedelta(seconds=LEASE)
        return await self.store.write(
            partial(outbox.claim, platform="memory", account="desk", count=9, now=self.clock.now,
                    lease=lease)
        )  # fmt: skip

    async def deliver(self) -> None:
        """Everything that can go now goes."""
        async with self.at_work() as delivery:
            await delivery.settle(10)

    async def rows(self) -> Sequence[Sending]:
        return await self.store.read(
            lambda session: session.exec(select(Sending).order_by(col(Sending.id))).all()
        )

    async def row(self) -> Sending:
        (row,) = await self.rows()
        return row

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]

    @property
    def shown(self) -> list[str]:
        return [one.text for one in self.adapter.sent]


def hurrying() -> Callable[[], float]:
    """A clock that is a twentieth of a second later at each look."""
    looks = count()
    return lambda: next(looks) / 20
