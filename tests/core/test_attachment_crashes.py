"""Invariant I6: whatever is interrupted when, no row without its whole file and, once swept, no
file without a row.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from obstore.store import LocalStore

from core.attachments import Attachments
from core.files import Files, Kept, open_files
from core.i18n import Languages
from core.models import EvidenceState
from core.store import Store, open_engine
from tests.conftest import Clock
from tests.core.evidence import Shelf, World, at_work, document, fetch_all


@pytest.fixture
def world(store: Store, clock: Clock, languages: Languages, tmp_path: Path) -> World:
    return World(store, clock, languages, tmp_path / "files")


STEPS = ("streaming", "kept", "stored", "marked")


class Fragile(Files):
    """The real thing, interrupted at one step."""

    def __init__(self, folder: Path, at: str, interrupt: Callable[[], None]) -> None:
        open_files(str(folder), folder)
        super().__init__(LocalStore(folder), folder / "incoming", folder)
        self.at = at
        self.interrupt = interrupt

    async def keep(self, chunks: AsyncIterator[bytes], limit: int) -> Kept:
        async def cut() -> AsyncIterator[bytes]:
            async for chunk in chunks:
                yield chunk
                yield bytes(300_000)
                self.pass_by("streaming")

        kept = await super().keep(cut() if self.at == "streaming" else chunks, limit)
        self.pass_by("kept")
        return kept

    async def store(self, kept: Kept) -> str:
        name = await super().store(kept)
        self.pass_by("stored")
        return name

    def pass_by(self, step: str) -> None:
        if step == self.at:
            self.interrupt()


async def check_whole(world: World, numbers: list[int]) -> None:
    rows = [await world.row(number) for number in numbers]
    assert [row.state for row in rows] == [EvidenceState.STORED] * len(numbers)
    for row in rows:
        assert sha256((world.folder / row.stored_as).read_bytes()).hexdigest() == row.sha256
    await world.sweep_later()
    assert world.lying() == {row.stored_as for row in rows}


def fail(*_: object) -> None:
    raise LookupError("at this step")


@pytest.mark.parametrize("step", STEPS)
async def test_a_failure_at_any_step_leaves_nothing_half(world: World, step: str) -> None:
    numbers = await world.send(document("a"), document("b"))
    files = Fragile(world.folder, step, fail)
    await fetch_all(world.attachments(files, lambda _session, _row: files.pass_by("marked")))
    for number in numbers:
        row = await world.row(number)
        assert (row.state, row.stored_as) == (EvidenceState.PENDING, "")
        assert (row.attempts, row.reason) == (1, "LookupError")
    world.clock.forward(10)
    await fetch_all(world.attachments())
    await check_whole(world, numbers)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def fetch_and_die(url: str, folder: str, step: str) -> None:
    """A desk of its own that kills its process at `step`."""
    files = Fragile(Path(folder), step, die)
    attachments = Attachments(
        Store(open_engine(url)), {"shelf": Shelf()}, files, Languages(("en",), "en"), Clock(),
        on_settled=lambda _session, _row: files.pass_by("marked"),
    )  # fmt: skip
    await fetch_all(attachments)


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_at_any_step_loses_nothing(world: World, database_url: str, step: str) -> None:
    numbers = await world.send(document("a"), document("b"))
    code = (
        "import asyncio, sys; from tests.core.test_attachment_crashes import fetch_and_die;"
        "asyncio.run(fetch_and_die(*sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, database_url, str(world.folder), step]
    done = await asyncio.to_thread(
        lambda: subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    )
    assert done.returncode == -signal.SIGKILL
    for number in numbers:
        row = await world.row(number)
        assert (row.state, row.attempts) == (EvidenceState.PENDING, 0)
    await fetch_all(world.attachments())
    await check_whole(world, numbers)


class Watched(Files):
    """The real thing, which tells when a sweep is over."""

    def __init__(self, folder: Path) -> None:
        super().__init__(LocalStore(folder), folder / "incoming", folder)
        self.swept: asyncio.Queue[int] = asyncio.Queue()

    async def sweep(self, known: Callable[[list[str]], Awaitable[set[str]]], now: datetime) -> int:
        swept = await super().sweep(known, now)
        self.swept.put_nowait(swept)
        return swept


async def test_a_start_sweeps_up_what_a_crash_left(world: World) -> None:
    await world.send(document())
    await fetch_all(world.attachments())
    before = world.lying()
    orphan = await world.files.store(await world.files.keep(Shelf().fetch(document()), 10**6))
    assert world.lying() == before | {orphan}
    world.clock.now = datetime.now(UTC) + timedelta(hours=2)
    files = Watched(world.folder)
    async with at_work(world.attachments(files)):
        assert await asyncio.wait_for(files.swept.get(), 5) == 1
    assert world.lying() == before
