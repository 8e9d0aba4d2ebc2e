"""One platform's courier: takes from the outbox what can go now, and brings it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session

from core import outbox
from core.adapter import Adapter, HasGroups
from core.delivery.attempt import Attempt, OpenFile, key_of
from core.delivery.exchange import Exchange, Sent
from core.limits import Window
from core.models import Rank
from core.outbox import Claimed
from core.pace import MINUTE, Pace
from core.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
MOST = 64
"""Sends at once: what a platform takes in a second, as some are so long on their way, but no more
than this.
"""
IN_MEMORY = 64_000_000
"""Bytes of files that are on their way at once, where it is more than one file."""
CROWDED = 1.0
"""Seconds for which a file waits that is one too many."""
CHECK = 1.0
"""Seconds between looks at the outbox when nobody wakes us: other processes put rows in, too."""
GLANCE = 0.05
"""Seconds between looks of somebody who waits for silence."""
PAUSE = 1.0
"""Seconds before a database that failed is tried again."""


class Courier:
    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        senders: int,
        open_file: OpenFile,
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._clock = clock
        self._monotonic = monotonic
        self._pace = Pace(adapter.limits)
        self._attempt = Attempt(adapter, self._pace, clock, monotonic, self.wake, open_file)
        self._most = max(senders, min(MOST, int(adapter.limits.per_second)))
        self._sending: set[asyncio.Task[None]] = set()
        self._sent: list[Sent] = []
        self._under_way: set[int] = set()
        self._carried = 0
        """Bytes of files on their way."""
        self._more = True
        """The outbox may hold more than there was room for."""
        self._stopping = False
        self.has_turn = store.single_writer
        """Whether we may send: of several processes one does."""
        self._woken = asyncio.Event()
        self._quiet = asyncio.Event()

    @property
    def name(self) -> str:
        """Of the account that it sends for; empty until the platform has told which it is."""
        account = self._adapter.account
        return f"{self._adapter.platform}/{account}" if account else ""

    async def begin_turn(self) -> None:
        """What others have sent meanwhile counts, and what they had begun is in doubt: a turn is
        free only once whoever had it is gone.
        """
        await self._remember()
        await insist(self._store.write, self._take_over)
        self.has_turn = True
        self.wake()

    def _take_over(self, session: Session) -> None:
        adapter, ours = self._adapter, tuple(self._under_way)
        outbox.take_over(session, adapter.platform, adapter.account, ours, self._clock())

    def end_turn(self) -> None:
        """Claim nothing more; what is on its way arrives."""
        self.has_turn = False

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns once the rest has arrived."""
        self._stopping = True
        self.wake()

    def abandon(self) -> None:
        """Leave in doubt what is on its way."""
        for task in self._sending:
            task.cancel()

    async def run(self) -> None:
        await self._remember()
        try:
            while not self._stopping or self._sending or self._sent:
                self._woken.clear()
                await self._round()
                await self._rest()
        finally:
            self.abandon()
            await asyncio.gather(*self._sending, return_exceptions=True)
            self._stopping = True
            self._quiet.set()

    async def _remember(self) -> None:
        """What an earlier life has sent of what is metered."""
        await self._remember_groups()
        self._pace.meter.begin(await self._metered())

    async def look_on(self) -> None:
        """What whoever has the turn sends counts here, too, so that people are told of it."""
        sent = [] if self.has_turn else await self._metered()
        if not self.has_turn:
            self._pace.meter.begin(sent)

    async def _metered(self) -> list[float]:
        windows = self._adapter.limits.windows
        if not windows:
            return []
        now = self._clock()
        longest = timedelta(seconds=max(window.seconds for window in windows))
        asked = partial(outbox.sent_since, platform=self._adapter.platform, since=now - longest)
        sent = await insist(self._store.read, asked)
        return [self._monotonic() - (now - at).total_seconds() for at in sent]

    async def _remember_groups(self) -> None:
        adapter, now = self._adapter, self._clock()
        if not adapter.limits.per_group_minute or not isinstance(adapter, HasGroups):
            return
        lately = partial(
            outbox.sent_lately, platform=adapter.platform, since=now - timedelta(seconds=MINUTE)
        )
        sent: dict[str, list[float]] = {}
        for address, at in await insist(self._store.read, lately):
            if adapter.is_group(address):
                passed = (now - at).total_seconds()
                sent.setdefault(address.chat, []).append(self._monotonic() - passed)
        for group, times in sent.items():
            self._pace.begin_group(group, times, self._monotonic())

    def is_short(self) -> bool:
        """Whether little is left of what is metered."""
        return self._pace.meter.is_short(self._monotonic())

    def left(self) -> list[tuple[Window, int]]:
        """Of what is metered."""
        return self._pace.meter.left(self._monotonic())

    def _least(self) -> Rank:
        """News leaves something to answers."""
        spare = self._pace.meter.has_spare(self._monotonic())
        return Rank.ANNOUNCEMENT if spare else Rank.ANSWER

    async def settle(self) -> None:
        while not self._stopping:
            self._quiet.clear()
            self.wake()
            await self._quiet.wait()
            if not await insist(self._store.read, self._is_busy):
                return
            await asyncio.sleep(min(self._patience(), GLANCE))

    def _is_busy(self, session: Session) -> bool:
        adapter = self._adapter
        return outbox.is_busy(session, adapter.platform, adapter.account, self._clock())

    async def _round(self) -> None:
        """Mark what arrived and claim what there is room for, in one commit."""
        room, sent = self._room(), self._sent
        if not room and not sent:
            self._more = True
            return
        self._sent = []
        now = self._monotonic()
        claimed = await insist(
            self._store.write,
            Exchange(
                self._adapter,
                self._clock(),
                sent,
                room,
                tuple(self._pace.waiting(now)),
                self._pace.short(now),
                self._least(),
                frozenset(self._under_way),
            ),
        )
        self._under_way.difference_update(number for number, _, _ in sent)
        self._under_way.update(row.id for row in claimed)
        self._more = len(claimed) == room
        for row in claimed:
            wait = self._pace.wait_for(key_of(self._adapter, row), self._monotonic())
            size = 0 if wait else self._attempt.weigh(row)
            if size and self._carried and self._carried + size > IN_MEMORY:
                self._pace.meter.give_back()
                wait, size = CROWDED, 0
            self._carried += size
            task = asyncio.create_task(self._deliver(row, wait))
            self._sending.add(task)
            task.add_done_callback(partial(self._finish, size))

    def _room(self) -> int:
        if self._stopping or not self.has_turn:
            return 0
        return min(self._most - len(self._sending), self._pace.room(self._monotonic()))

    async def _deliver(self, row: Claimed, wait: float) -> None:
        """`wait` is more than 0 when the platform asked for time while we were claiming, or when
        the files on their way leave no memory for its file.
        """
        outcome = self._attempt.put_off(row, wait) if wait else await self._attempt.send(row)
        if isinstance(outcome, str):
            self._sent.append((row.id, row.fence, outcome))
        else:
            await insist(self._store.write, outcome)
            self._under_way.discard(row.id)

    def _finish(self, size: int, task: asyncio.Task[None]) -> None:
        self._carried -= size
        self._sending.discard(task)
        self.wake()

    async def _rest(self) -> None:
        """Until somebody wakes us or the time has come."""
        if self._woken.is_set() or (self._stopping and not self._sending):
            return
        if not self._sending:
            self._quiet.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience()):
                await self._woken.wait()

    def _patience(self) -> float:
        if self._stopping or not self.has_turn or len(self._sending) >= self._most:
            return CHECK
        now = self._monotonic()
        waits = [CHECK, *self._pace.waiting(now).values()]
        if self._more:
            waits.append(self._pace.wait(now))
        return min(waits)


async def insist(
    door: Callable[[Callable[[Session], T]], Coroutine[Any, Any, T]], fn: Callable[[Session], T]
) -> T:
    """Go through a door of the store, however long the database is out of order."""
    while True:
        try:
            return await door(fn)
        except Exception as error:  # its words may hold what somebody wrote
            log.error("the outbox is out of order: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)
