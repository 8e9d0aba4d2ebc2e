"""What a desk does for somebody who sits at a terminal."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from bots.terminal.door import Host
from core import outbox
from core.messages import Address
from core.models import Evidence, EvidenceState, Place
from frontdesk.app import Parts, now

GLANCE = 0.02
"""Seconds between two looks whether all is said."""
PATIENCE = 60.0
"""Seconds after which the next line may be said anyway."""
ROUNDS = 3
"""What was found absent in the very moment of coming in waits again, once."""


class Visits(Host):
    def __init__(self, parts: Parts, clock: Callable[[], datetime] = now) -> None:
        self._parts = parts
        self._clock = clock

    async def welcome(self, address: Address) -> None:
        for _ in range(ROUNDS):
            due = partial(outbox.hurry, address=address, now=self._clock())
            if not await self._parts.store.write(due):
                return
            self._parts.delivery.wake()
            await self.settle(address)

    async def settle(self, address: Address) -> None:
        """Also what follows from the files that came from there."""
        for _ in range(int(PATIENCE / GLANCE)):
            if not await self._parts.store.read(partial(is_busy, address, self._clock())):
                return
            await asyncio.sleep(GLANCE)


def is_busy(address: Address, at: datetime, session: Session) -> bool:
    if outbox.is_speaking(session, address, at):
        return True
    coming = (
        select(Evidence.id)
        .join(Place, col(Place.id) == Evidence.address_id)
        .where(Place.platform == address.platform, Place.account == address.account)
        .where(Place.chat == address.chat, Place.thread == address.thread)
        .where(Evidence.state == EvidenceState.PENDING, col(Evidence.not_before) <= at)
    )
    return session.exec(coming.limit(1)).first() is not None
