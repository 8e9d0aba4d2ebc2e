"""A small world for tests of evidence: people who send files, and a platform that holds them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session, col, select

from core.adapter import Adapter, Receive
from core.attachments import Attachments, remember
from core.attachments.rows import stored_among
from core.files import Files, open_files
from core.i18n import Languages
from core.limits import Limits
from core.messages import Attachment, Outbound
from core.models import Contact, Evidence, Heard, Place, Sending, row_id
from core.store import Store
from tests.conftest import Clock

CONTENT = os.urandom(700_000)
LIMITS = Limits(text=4096, file_in=1_000_000)


class Shelf(Adapter):
    """A platform that only holds files: by handle, what it streams, or an error where it breaks."""

    platform = "shelf"
    account = "desk"

    def __init__(self) -> None:
        self.limits = LIMITS
        self.held: dict[str, list[bytes | Exception]] = {}
        self.asked: list[str] = []
        self.open_now: list[str] = []
        self.most_at_once = 0
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def listen(self, receive: Receive) -> None: ...

    async def send(self, outbound: Outbound) -> str:
        raise AssertionError(f"nothing is sent from here: {outbound}")

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        handle = attachment.handle
        self.asked.append(handle)
        self.open_now.append(handle)
        self.begun.put_nowait(handle)
        self.most_at_once = max(self.most_at_once, len(self.open_now))
        try:
            await self.gate.wait()
            for piece in self.held.get(handle, [CONTENT[:9], CONTENT[9:]]):
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.open_now.remove(handle)


@dataclass
class World:
    """A database with people in it, a folder for files, and a platform that has some."""

    store: Store
    clock: Clock
    languages: Languages
    folder: Path
    shelf: Shelf = field(default_factory=Shelf)
    woken: int = 0

    def __post_init__(self) -> None:
        self.files = open_files(str(self.folder), self.folder)

    def attachments(
        self,
        files: Files | None = None,
        on_settled: Callable[[Session, Evidence], None] = lambda _session, _row: None,
    ) -> Attachments:
        return Attachments(
            self.store, {"shelf": self.shelf}, files or self.files, self.languages, self.clock,
            on_settled=on_settled, after_commit=self.wake,
        )  # fmt: skip

    def wake(self) -> None:
        self.woken += 1

    async def send(self, *files: Attachment, chat: str = "anna", language: str = "en") -> list[int]:
        """Write what somebody's message with these files leaves in the database; the rows' ids."""
        return await self.store.write(partial(hear, self.clock.now, chat, language, files))

    async def row(self, number: int) -> Evidence:
        return await self.store.read(lambda session: session.get_one(Evidence, number))

    async def said(self) -> list[Sending]:
        query = select(Sending).order_by(col(Sending.id))
        return await self.store.read(lambda session: list(session.exec(query)))

    def lying(self) -> set[str]:
        """The names of all files there are, with half-written ones."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)) for path in found}

    async def sweep_later(self) -> None:
        """As two hours from now."""

        async def known(names: list[str]) -> set[str]:
            return await self.store.read(partial(stored_among, names))

        await self.files.sweep(known, datetime.now(UTC) + timedelta(hours=2))


def hear(
    now: datetime, chat: str, language: str, files: tuple[Attachment, ...], session: Session
) -> list[int]:
    place = session.exec(select(Place).where(Place.chat == chat)).first()
    place = place or meet(session, chat, language, now)
    heard = Heard(
        platform="shelf", account="desk", event=os.urandom(8).hex(), address_id=place.id,
        kind="message", message="m1", at=now, received_at=now,
    )  # fmt: skip
    session.add(heard)
    session.flush()
    return remember(session, row_id(heard.id), place, files, now)


def meet(session: Session, chat: str, language: str, now: datetime) -> Place:
    contact = Contact(language=language, created_at=now)
    session.add(contact)
    session.flush()
    place = Place(
        contact_id=contact.id, platform="shelf", account="desk", chat=chat, sender=chat,
        created_at=now,
    )  # fmt: skip
    session.add(place)
    session.flush()
    return place


@asynccontextmanager
async def at_work(attachments: Attachments) -> AsyncIterator[None]:
    task = asyncio.create_task(attachments.run())
    try:
        yield
    finally:
        await attachments.stop()
        await asyncio.wait_for(task, 5)


async def fetch_all(attachments: Attachments) -> None:
    """Everything that is due, as one run of the desk would."""
    async with at_work(attachments):
        assert await attachments.settle(20)


def document(handle: str = "h1", name: str = "proof.bin", size: int | None = None) -> Attachment:
    return Attachment(handle, "document", name, "application/octet-stream", size)
