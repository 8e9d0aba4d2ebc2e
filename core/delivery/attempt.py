"""One try to send one row, and what has to be written down about it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from core import outbox
from core.adapter import (
    Absent,
    Adapter,
    DeliveryError,
    Edits,
    HasGroups,
    KeepsFiles,
    Refused,
    Retry,
    Unknown,
    Unsupported,
    Withdraws,
)
from core.messages import Enclosed, Outbound
from core.models import Act, Rank
from core.outbox import Claimed
from core.pace import Key, Pace

log = logging.getLogger(__name__)

OpenFile = Callable[[str], AsyncIterator[bytes]]
"""The bytes of a file of ours, by where it is stored. Raises `FileNotFoundError`."""
Mark = Callable[[Session], object]

GRACE = timedelta(seconds=10)
"""Before something that may have arrived is said again."""
ABSENCE = timedelta(hours=1)
"""Between two looks whether somebody is there who tells us when they come."""
SOON = 60.0
"""Retries within so many seconds ring; later ones are found by the look that comes anyway."""
CLOSE = 0.005
"""Seconds by which two clocks may differ."""


def key_of(adapter: Adapter, row: Claimed) -> Key:
    """With whom its address shares its pace."""
    address = row.outbound.address
    in_group = isinstance(adapter, HasGroups) and adapter.is_group(address)
    return address.chat if in_group else row.place_id


class Attempt:
    """`ring` is called when the time for another try has come."""

    def __init__(
        self,
        adapter: Adapter,
        pace: Pace,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        ring: Callable[[], None],
        open_file: OpenFile,
    ) -> None:
        self._adapter = adapter
        self._pace = pace
        self._clock = clock
        self._monotonic = monotonic
        self._ring = ring
        self._open_file = open_file

    async def send(self, row: Claimed) -> str | Mark:
        """The platform's id, or what to write down instead."""
        try:
            async with asyncio.timeout(self._adapter.limits.patience):
                return await self._act(row)
        except Absent as absent:
            return self._await(row, str(absent))
        except Retry as later:
            return self._later(row, later)
        except Refused as refused:
            return self._refuse(row, refused)
        except (Unknown, TimeoutError):
            return self._doubt(row)
        except DeliveryError as never:
            return partial(outbox.mark_failed, row=row.id, fence=row.fence, reason=str(never))
        except Exception as error:  # a fault of the adapter's: its words may hold anything
            name = type(error).__name__
            log.error("sending failed: %s", name, extra={"outbox": row.id})
            return self._later(row, Retry(f"a fault of ours: {name}"))

    async def _act(self, row: Claimed) -> str:
        adapter = self._adapter
        if row.act is Act.SAY:
            return str(await adapter.send(await self._whole(row)))
        if not row.target:
            raise Refused("what it changes never arrived", gone=False)
        if row.act is Act.EDIT and isinstance(adapter, Edits):
            await adapter.edit(row.outbound, row.target)
        elif row.act is Act.WITHDRAW and isinstance(adapter, Withdraws):
            await adapter.withdraw(row.outbound.address, row.target)
        else:
            raise Unsupported("what was said there cannot be changed")
        return row.target

    async def _whole(self, row: Claimed) -> Outbound:
        """With its file, read only now."""
        file = row.file
        if file is None:
            return row.outbound
        data = b"" if self._has(file.stored_as) else await self._read(file.stored_as)
        link = self._adapter.limits.link
        address = link(file) if link else ""
        whole = Enclosed(file.name, file.media_type, data, address, file.stored_as)
        return replace(row.outbound, file=whole)

    def weigh(self, row: Claimed) -> int:
        """Bytes that it needs in memory."""
        return 0 if row.file is None or self._has(row.file.stored_as) else row.file.size

    def _has(self, stored_as: str) -> bool:
        return isinstance(self._adapter, KeepsFiles) and self._adapter.has_file(stored_as)

    async def _read(self, stored_as: str) -> bytes:
        try:
            return b"".join([block async for block in self._open_file(stored_as)])
        except FileNotFoundError:
            raise Refused("its file is gone", gone=False) from None

    def _await(self, row: Claimed, reason: str) -> Mark:
        """What concerns one person waits until they come; after a day news is news no more."""
        is_old = self._clock() - row.created_at >= outbox.DAY
        if row.rank is Rank.ANNOUNCEMENT and is_old:
            return partial(outbox.mark_failed, row=row.id, fence=row.fence, reason=outbox.TOO_LATE)
        return self._again(row, reason, ABSENCE, counts=False)

    def put_off(self, row: Claimed, seconds: float) -> Mark:
        """Not sent at all: it goes back for so long."""
        return self._again(row, "", timedelta(seconds=seconds), counts=False)

    def _later(self, row: Claimed, error: Retry) -> Mark:
        key = None if error.everyone else key_of(self._adapter, row)
        all_wait = self._pace.slow(key, error.after, self._monotonic())
        if error.asked or all_wait:
            wait = timedelta(seconds=error.after)
            return self._again(row, str(error), wait, counts=False)
        return self._in_turn(row, str(error))

    def _in_turn(self, row: Claimed, reason: str) -> Mark:
        """After a failed try, waits grow until it is too late."""
        wait = outbox.next_wait(row.attempts, self._clock() - row.created_at)
        if wait is None:
            return partial(outbox.mark_failed, row=row.id, fence=row.fence, reason=outbox.TOO_LATE)
        return self._again(row, reason, wait)

    def _doubt(self, row: Claimed) -> Mark:
        if row.act is not Act.SAY:  # changing twice is as changing once
            return self._in_turn(row, outbox.NO_ANSWER)
        if row.rank is Rank.ANNOUNCEMENT or row.doubted:
            return partial(outbox.mark_unknown, row=row.id, fence=row.fence)
        return self._again(row, outbox.NO_ANSWER, GRACE)

    def _again(self, row: Claimed, reason: str, wait: timedelta, *, counts: bool = True) -> Mark:
        seconds = wait.total_seconds()
        if seconds < SOON:
            asyncio.get_running_loop().call_later(seconds + CLOSE, self._ring)
        then = self._clock() + wait
        return partial(
            outbox.mark_retry,
            row=row.id,
            fence=row.fence,
            reason=outbox.NO_ANSWER if row.doubted else reason,  # it is said again only once
            not_before=then,
            counts=counts,
        )

    def _refuse(self, row: Claimed, refused: Refused) -> Mark:
        if refused.moved_to:
            mark = partial(outbox.mark_moved, chat=refused.moved_to, now=self._clock())
        elif refused.gone:
            mark = partial(outbox.mark_gone, reason=str(refused))
        else:
            mark = partial(outbox.mark_failed, reason=str(refused))
        return partial(mark, row=row.id, fence=row.fence)
