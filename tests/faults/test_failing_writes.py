"""F1, F2, F9: whichever statement of a message fails, nothing of it is kept half, and when it is
delivered again all of it is there exactly once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from core.messages import Address, Attachment, Inbound, Sender
from core.pack import read_pack
from core.settings import Settings
from frontdesk.app import Parts, open_desk
from tests.conftest import Clock
from tests.dialogs.talk import PACK
from tests.fakes.memory import MemoryAdapter
from tests.faults.desks import check_effects, deaf_desk, query, sizes
from tests.faults.program import ask
from tests.faults.trouble import BadDisk
from tests.faults.waiting import until

FOR_GOOD = 10_000
AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FORM = ("/ticket", "kim_1", "Picture stays black", "I watch", "Today at nine", "Done")

Stage = Callable[[Parts, str], Awaitable[Inbound]]


@pytest.fixture
async def parts(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Parts]:
    async with deaf_desk(database_url, tmp_path, clock) as opened:
        yield opened


def inbound(person: str, event: str, **more: object) -> Inbound:
    sender = Sender(person, person, "en")
    return Inbound(f"{person} {event}", Address("memory", "desk", person), sender, AT, **more)  # type: ignore[arg-type]  # fields of Inbound, by name


async def first_question(_parts: Parts, person: str) -> Inbound:
    return inbound(person, "first", text="forgot my password")


async def file_amid_words(parts: Parts, person: str) -> Inbound:
    await parts.desk.receive(inbound(person, "hello", text="hello"))
    return inbound(person, "file", text="see", attachments=(Attachment("h", "photo"),))


async def form_to_send(parts: Parts, person: str) -> Inbound:
    """Words are as good as buttons: the last one sends it."""
    for number, text in enumerate(FORM):
        await parts.desk.receive(inbound(person, str(number), text=text))
    return inbound(person, "send", text="Send")


STAGES = pytest.mark.parametrize(
    ("stage", "table"),
    [(first_question, "asked"), (file_amid_words, "evidence"), (form_to_send, "ticket")],
)
"""Each with a table that it is about."""


@STAGES
async def test_whichever_statement_fails_a_message_is_whole_once_it_comes_again(
    parts: Parts, stage: Stage, table: str
) -> None:
    """A statement alone, and all from there on."""
    disk = BadDisk(parts.store.engine)
    expected, statements = await growth(parts, disk, await stage(parts, "nobody"))
    assert expected[table] == 1
    for nth, count in product(range(1, statements + 1), (1, FOR_GOOD)):
        message = await stage(parts, f"person{nth} {count}")
        before = await sizes(parts)
        disk.strike(nth, count=count)
        assert await is_taken(parts, message) == (count == 1)
        assert disk.struck >= 1
        disk.heal()
        if count == FOR_GOOD:
            assert await sizes(parts) == before
            await parts.desk.receive(message)
        assert grown(before, await sizes(parts)) == expected
        await parts.desk.receive(message)
        assert grown(before, await sizes(parts)) == expected


@STAGES
async def test_a_commit_that_was_done_and_not_confirmed_is_not_done_twice(
    parts: Parts, stage: Stage, table: str
) -> None:
    disk = BadDisk(parts.store.engine)
    expected, statements = await growth(parts, disk, await stage(parts, "nobody"))
    for count in (1, FOR_GOOD):
        message = await stage(parts, f"person {count}")
        before = await sizes(parts)
        disk.strike(statements, count=count, late=True)
        await is_taken(parts, message)
        assert disk.struck >= 1
        disk.heal()
        assert grown(before, await sizes(parts)) == expected
        await parts.desk.receive(message)
        assert grown(before, await sizes(parts)) == expected


async def is_taken(parts: Parts, message: Inbound) -> bool:
    try:
        await parts.desk.receive(message)
    except OperationalError:
        return False
    return True


async def growth(parts: Parts, disk: BadDisk, message: Inbound) -> tuple[dict[str, int], int]:
    """By how many rows each table grows with a message, and how many statements that takes."""
    before = await sizes(parts)
    disk.strike(FOR_GOOD)
    await parts.desk.receive(message)
    statements = disk.seen
    return grown(before, await sizes(parts)), statements


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


async def test_trouble_that_passes_at_any_moment_is_never_taken_for_a_fault_of_the_message(
    parts: Parts,
) -> None:
    """However many statements fail before the disk is well again."""
    disk = BadDisk(parts.store.engine)
    for failing in range(1, 25):
        message = inbound(f"person{failing}", "first", text="forgot my password")
        disk.strike(1, count=failing)
        async with asyncio.timeout(10):
            while not await is_taken(parts, message):
                pass
        disk.heal()
    assert await query(parts, "SELECT DISTINCT state FROM inbox") == [("done",)]


WAY_OUT = range(10, 24)
"""Statements from where a message is nearly taken in to where its answer is marked as sent."""


async def test_whichever_statement_fails_on_the_way_out_the_answer_is_said_once(
    tmp_path: Path, clock: Clock
) -> None:
    """A desk for each, all struck at once: after a failure a desk waits for a second."""
    async with AsyncExitStack() as stack:
        answering = []
        for nth in WAY_OUT:
            adapter = MemoryAdapter(clock=clock)
            settings = Settings(data=tmp_path / str(nth), pack=PACK)
            desk = open_desk(settings, read_pack(PACK), [adapter], clock)
            parts = await stack.enter_async_context(desk)
            answering.append(answer_on_a_bad_disk(parts, adapter, nth))
        struck = await asyncio.gather(*answering)
    assert sum(struck) >= 8


async def answer_on_a_bad_disk(parts: Parts, adapter: MemoryAdapter, nth: int) -> bool:
    """Whether the nth statement on the way of a message and its answer failed."""
    disk = BadDisk(parts.store.engine, "store-writer")
    listening = asyncio.create_task(adapter.listen(parts.desk.receive))
    disk.strike(nth)
    adapter.say("forgot my password")
    await adapter.until_sent(1)
    database = Path(str(parts.store.engine.url.database))
    await until(lambda: ask(database, "SELECT state FROM outbox") == [("sent",)])
    struck = bool(disk.struck)
    disk.heal()
    await check_effects(parts, 1)
    assert len(adapter.sent) == 1
    listening.cancel()
    return struck
