"""All couriers at work, and the rows that none of them holds."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlmodel import Session

from core import outbox
from core.adapter import Adapter
from core.delivery.attempt import OpenFile
from core.delivery.courier import PAUSE, Courier, insist
from core.delivery.turns import Turns
from core.limits import Window
from core.store import Store

SWEEP = 10.0
"""Seconds between looks for rows that nobody holds any more."""


class Delivery:
    """Sends what is in the outbox, each platform at its own pace, until cancelled or stopped.

    Cancelled in the middle of a send, the row stays `sending`: the next start resolves the doubt.
    """

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, Adapter],
        clock: Callable[[], datetime],
        *,
        open_file: OpenFile,
        monotonic: Callable[[], float] = time.monotonic,
        senders: int = 8,
        sweep: float = SWEEP,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause = sweep
        self._couriers = {
            name: Courier(store, adapter, clock, monotonic, senders, open_file)
            for name, adapter in adapters.items()
        }
        self._turns = Turns(store, tuple(self._couriers.values()))
        self._ended = asyncio.Event()
        self._ended.set()

    def wake(self) -> None:
        """There may be something new to send."""
        for courier in self._couriers.values():
            courier.wake()
        self._turns.tell()

    def has_turn(self, platform: str) -> bool:
        """Whether it is this process that speaks there."""
        courier = self._couriers.get(platform)
        return courier is not None and courier.has_turn

    def is_short(self, platform: str) -> bool:
        """Whether little is left of what that platform lets us send."""
        courier = self._couriers.get(platform)
        return courier is not None and courier.is_short()

    def left(self) -> dict[str, list[tuple[Window, int]]]:
        """What may still be sent where this process speaks and each message counts."""
        return {name: one.left() for name, one in self._couriers.items() if one.has_turn}

    async def run(self) -> None:
        self._ended.clear()
        try:
            alone = self._store.single_writer
            await insist(self._store.write, partial(self._tidy, everything=alone))
            async with asyncio.TaskGroup() as group:
                others = [group.create_task(self._sweep()), group.create_task(self._turns.run())]
                await asyncio.gather(
                    *[group.create_task(one.run()) for one in self._couriers.values()]
                )
                for task in others:
                    task.cancel()
        finally:
            self._ended.set()

    async def settle(self, timeout: float | None = None) -> None:
        """Return when nothing is on its way and nothing could be. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout):
            for courier in self._couriers.values():
                await courier.settle()

    async def stop(self, grace: float = 10.0) -> None:
        """Claim nothing more, and let what is on its way arrive. What takes longer than `grace`
        seconds is left in doubt.
        """
        for courier in self._couriers.values():
            courier.stop()
        if not await self._has_ended(grace):
            for courier in self._couriers.values():
                courier.abandon()
            await self._has_ended(PAUSE)

    async def _has_ended(self, within: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._ended.wait()
        return self._ended.is_set()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            for courier in self._couriers.values():
                await courier.look_on()
            if await insist(self._store.read, self._is_untidy):  # a look holds up nobody's writing
                await insist(self._store.write, self._tidy)
                self.wake()

    def _is_untidy(self, session: Session) -> bool:
        return outbox.is_untidy(session, self._clock())

    def _tidy(self, session: Session, *, everything: bool = False) -> None:
        outbox.resolve_doubt(session, self._clock(), everything=everything)
        outbox.fail_unreachable(session)
