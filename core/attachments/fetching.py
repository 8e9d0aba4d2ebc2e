"""Fetches what is pending, a few files at a time and one for each address."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from sqlmodel import Session

from core import outbox, whereabouts
from core.adapter import Adapter, Gone, TooLarge
from core.attachments.rows import (
    as_attachment,
    mark_ended,
    mark_later,
    mark_stored,
    next_due,
    stored_among,
)
from core.attachments.words import explain
from core.files import Empty, Files, Kept
from core.i18n import Languages
from core.inspection import Inspected, PixelFlood, inspect
from core.messages import Reply
from core.models import Contact, Evidence, EvidenceState, Heard, Place, row_id
from core.store import Store

WAITS = (10, 60, 300, 900, 3600, 3 * 3600, 8 * 3600, 12 * 3600)
"""Seconds after each try that failed; a day in all, then we give up."""
AT_ONCE = 4
"""How many files are fetched at a time."""
LOOK = 5.0
"""Seconds until we look again for what has become due, if nobody wakes us."""
PATIENCE = 300.0
"""Seconds that the bytes of one file may take."""
SWEEP = 3600.0
"""Seconds between two sweeps."""
LOG = logging.getLogger(__name__)


class Attachments:
    """`on_settled` runs in the transaction in which a file is stored, refused or given up;
    `after_commit` whenever something was put into the outbox.
    """

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, Adapter],
        files: Files,
        languages: Languages,
        now: Callable[[], datetime],
        *,
        on_settled: Callable[[Session, Evidence], None] = lambda _session, _row: None,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._files = files
        self._languages = languages
        self._now = now
        self._on_settled = on_settled
        self._after_commit = after_commit
        self._running: dict[int, asyncio.Task[None]] = {}
        self._served: dict[int, int] = {}
        self._turns = count(1)
        self._bell = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopped = False

    def wake(self) -> None:
        """There may be something to fetch."""
        self._bell.set()

    async def settle(self, timeout: float = 60.0) -> bool:
        """True once nothing that is due is left, while `run` runs; False after `timeout` seconds.
        What waits for another try is not due.
        """
        self._idle.clear()
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        return self._idle.is_set()

    async def stop(self) -> None:
        """Begin nothing more and let go of what is being fetched: it stays pending."""
        self._stopped = True
        self.wake()
        await self._let_go()

    async def run(self) -> None:
        """Fetch until cancelled or stopped, and sweep up after crashes."""
        sweeping = asyncio.create_task(self._sweep_often())
        try:
            while not self._stopped:
                await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await self._bell.wait()
        finally:
            sweeping.cancel()
            await self._let_go()

    async def _let_go(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        self._bell.clear()
        wanted = partial(next_due, self._adapters, list(self._running), self._now())
        try:
            due = await self._store.read(wanted)
        except Exception as error:  # a database that is away comes back
            LOG.warning("cannot look for files to fetch: %s", type(error).__name__)
            return
        if not self._stopped:
            self._begin(due)
        if not self._running and not self._bell.is_set():
            self._served.clear()
            self._idle.set()

    def _begin(self, due: list[Evidence]) -> None:
        """Who was served longest ago comes first: many files of one person delay nobody else's."""
        due.sort(key=lambda row: (self._served.get(row.address_id, 0), row.id))
        for row in due[: AT_ONCE - len(self._running)]:
            self._served[row.address_id] = next(self._turns)
            self._running[row.address_id] = asyncio.create_task(self._fetch(row))

    async def _fetch(self, row: Evidence) -> None:
        try:
            await self._bring(row)
        except Exception as error:  # not even the failure could be written: the row stays pending
            LOG.warning("evidence %s cannot be settled: %s", row.id, type(error).__name__)
            await asyncio.sleep(LOOK)
        finally:
            del self._running[row.address_id]
            self.wake()

    async def _bring(self, row: Evidence) -> None:
        try:
            await self._take_in(row)
        except (TooLarge, Empty, PixelFlood) as error:
            await self._end(row, EvidenceState.REFUSED, error)
        except Gone as error:
            await self._end(row, EvidenceState.FAILED, error)
        except Exception as error:  # whatever a platform, a disk or a bucket raises may pass
            LOG.info("evidence %s is not to be had: %s", row.id, type(error).__name__)
            await self._put_off(row, error)

    async def _take_in(self, row: Evidence) -> None:
        adapter = self._adapters[row.platform]
        limit = adapter.limits.file_in
        if row.declared_size is not None and row.declared_size > limit:
            raise TooLarge(limit)
        async with asyncio.timeout(PATIENCE):
            kept = await self._files.keep(adapter.fetch(as_attachment(row)), limit)
        try:
            seen = await asyncio.to_thread(inspect, kept.path, row.name, row.declared_type)
            hidden = await asyncio.to_thread(whereabouts.changes, kept.path, seen.media_type)
            shown = await self._files.store_changed(kept, hidden)
            name = await self._files.store(kept)
        except BaseException:
            await self._files.discard(kept)
            raise
        await self._store.write(partial(self._settle_stored, row, kept, seen, name, shown))

    def _settle_stored(
        self, row: Evidence, kept: Kept, seen: Inspected, name: str, shown: str, session: Session
    ) -> None:
        if stored := mark_stored(session, row_id(row.id), kept, seen, name, shown):
            self._on_settled(session, stored)

    async def _put_off(self, row: Evidence, error: Exception) -> None:
        if row.attempts == len(WAITS):
            return await self._end(row, EvidenceState.FAILED, error)
        due = self._now() + timedelta(seconds=WAITS[row.attempts])
        return await self._store.write(
            lambda session: mark_later(session, row_id(row.id), due, error)
        )

    async def _end(self, row: Evidence, state: EvidenceState, error: Exception) -> None:
        await self._store.write(partial(self._settle_ended, row, state, error))
        self._after_commit()

    def _settle_ended(
        self, row: Evidence, state: EvidenceState, error: Exception, session: Session
    ) -> None:
        if ended := mark_ended(session, row_id(row.id), state, error):
            self._tell(session, ended, error)
            self._on_settled(session, ended)

    def _tell(self, session: Session, row: Evidence, error: Exception) -> None:
        place = session.get_one(Place, row.address_id)
        contact = session.get(Contact, place.contact_id) if place.contact_id else None
        speech = self._languages.speak(contact.language if contact else "")
        outbox.enqueue(
            session,
            row.address_id,
            f"evidence:{row.id}",
            Reply(explain(speech, row, error)),
            self._adapters[row.platform].limits,
            self._now(),
            ticket_id=row.ticket_id,
            reply_to=session.get_one(Heard, row.inbox_id).message,
        )

    async def _sweep_often(self) -> None:
        while True:
            try:
                swept = await self._files.sweep(self._known, self._now())
                LOG.log(logging.INFO if swept else logging.DEBUG, "%d files swept up", swept)
            except Exception as error:  # the next sweep finds what this one left
                LOG.warning("cannot sweep up files: %s", type(error).__name__)
            await asyncio.sleep(SWEEP)

    async def _known(self, names: list[str]) -> set[str]:
        return await self._store.read(partial(stored_among, names))
