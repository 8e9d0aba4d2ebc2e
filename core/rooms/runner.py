"""Opens rooms where they are missing. The network is called outside of any transaction: whoever is
killed in between leaves an empty room behind, and opens another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlmodel import Session

from core.adapter import DeliveryError, OpensRooms, Refused, Retry
from core.limits import Limits, Window
from core.messages import Address
from core.meter import Meter
from core.notices import tell_without_room
from core.pace import MINUTE
from core.rooms.rows import follow, move_in, newest, without_room
from core.rooms.undelivered import tell_undelivered
from core.rooms.words import Voice
from core.store import Store

log = logging.getLogger(__name__)

SENDS = 2
"""What a room takes of a group's minute: it is told there that it was opened, and its card."""
LOOK = 10.0
"""Seconds between looks when nobody wakes us."""
MOST = 20
"""Rooms opened in one look."""
WAIT, LONGEST = 30.0, 3600.0
"""Seconds after the first refusal and after many: each wait is twice the one before."""


class WithRooms(OpensRooms, Protocol):
    platform: str
    account: str


@dataclass(slots=True)
class House:
    """The staff's place on one platform."""

    adapter: WithRooms
    pace: Meter
    wait: float = 0.0
    closed_until: datetime | None = None

    def is_closed(self, now: datetime) -> bool:
        if self.pace.wait(now.timestamp()):
            return True
        return self.closed_until is not None and now < self.closed_until

    def close(self, now: datetime, seconds: float) -> None:
        self.closed_until = now + timedelta(seconds=seconds)

    def refuse(self, now: datetime) -> bool:
        """True for the first of a row of refusals."""
        first = not self.wait
        self.wait = min(self.wait * 2 or WAIT, LONGEST)
        self.close(now, self.wait)
        return first


class Rooms:
    """`has_turn` tells whether it is ours to speak on a platform; `after_commit` is called when
    there is something to send.
    """

    def __init__(
        self,
        store: Store,
        adapters: Iterable[WithRooms],
        voice: Voice,
        clock: Callable[[], datetime],
        after_commit: Callable[[], None],
        has_turn: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._store = store
        self._houses = [House(one, pace_of(voice.limits[one.platform])) for one in adapters]
        self._voice = voice
        self._clock = clock
        self._after_commit = after_commit
        self._has_turn = has_turn
        self._after = self._next = 0
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()

    def wake(self) -> None:
        """There may be a ticket without a room."""
        self._woken.set()

    async def settle(self) -> None:
        """Return once every ticket has the rooms that can be opened now, while `run` runs."""
        if self._houses:
            self._idle.clear()
            self.wake()
            await self._idle.wait()

    async def run(self) -> None:
        """Until cancelled; returns at once where there are no rooms."""
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        while self._houses:
            self._woken.clear()
            await self._try(self.open)
            if loop.time() >= next_look:
                next_look = loop.time() + LOOK
                await self._try(self.look)
            if not self._woken.is_set():
                self._idle.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(next_look - loop.time(), 0)):
                    await self._woken.wait()

    async def _try(self, act: Callable[[], Awaitable[int]]) -> None:
        try:
            if await act():
                self._after_commit()
        except Exception as error:  # the database may be away for a while
            log.error("rooms could not be looked after: %s", type(error).__name__)

    async def open(self) -> int:
        """How many rooms are new."""
        return sum([await self._open_in(house) for house in self._houses])

    async def look(self) -> int:
        """Tell the rooms what other programs did, and what did not reach its person."""
        follow_all = partial(catch_up, after=self._after, voice=self._voice, now=self._clock())
        told, here = await self._store.write(follow_all)
        self._after, self._next = self._next, here  # what was not committed yet comes next time
        return told

    async def _open_in(self, house: House) -> int:
        adapter, opened = house.adapter, 0
        if not adapter.account or not self._has_turn(adapter.platform):
            return 0
        while not house.is_closed(self._clock()):
            missing = partial(
                without_room, platform=adapter.platform, account=adapter.account, limit=MOST
            )
            wanted = await self._store.read(missing)
            if not wanted:
                break
            for number, title in wanted:
                room = await self._open(house, number, title)
                if room is None:
                    break
                opened += await self._move_in(number, room)
        return opened

    async def _move_in(self, number: int, room: Address) -> bool:
        now = self._clock()
        return await self._store.write(
            lambda session: move_in(session, number, room, self._voice, now)
        )

    async def _open(self, house: House, number: int, title: str) -> Address | None:
        platform = house.adapter.platform
        if house.is_closed(self._clock()):
            return None
        house.pace.note(self._clock().timestamp())
        try:
            room = await house.adapter.open_room(title)
        except Retry as later:
            house.close(self._clock(), max(later.after, 1.0))
        except Refused as refused:
            if house.refuse(self._clock()):
                log.error("no rooms for the staff on %s: %s", platform, refused)
            await self._tell_in_private(number)
        except DeliveryError as error:
            house.refuse(self._clock())
            log.warning("no room could be opened on %s: %s", platform, type(error).__name__)
        except Exception as error:  # a fault of the adapter's: its words may hold anything
            house.refuse(self._clock())
            log.error("opening a room failed on %s: %s", platform, type(error).__name__)
        else:
            house.wait, house.closed_until = 0.0, None
            return room
        return None

    async def _tell_in_private(self, number: int) -> None:
        """What nobody could read in a room is told to those on duty."""
        voice, now = self._voice, self._clock()
        await self._store.write(
            lambda session: tell_without_room(session, number, voice.languages, voice.limits, now)
        )
        self._after_commit()


def pace_of(limits: Limits) -> Meter:
    """So slow that the words of a ticket are not held up by rooms for others."""
    most = limits.per_group_minute
    return Meter([Window(max(most // SENDS, 1), MINUTE)] if most else [])


def catch_up(session: Session, after: int, voice: Voice, now: datetime) -> tuple[int, int]:
    """How much was told, and the event from which to go on."""
    here = newest(session)
    told = follow(session, after, voice, now) + tell_undelivered(session, voice, now)
    return told, here
