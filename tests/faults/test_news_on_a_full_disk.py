"""While the database cannot be written, news is neither half written nor half sent; afterwards it
goes on by itself, and everybody gets it once.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from core.desk import TRIES
from core.messages import Address, Kind
from core.models import AnnouncementText, NewsState, Sending
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.newsdesk import add_reader, hired, looks, news, written
from tests.dialogs.talk import PACK, Talk, opened
from tests.faults.trouble import BadDisk, set_pragma
from tests.faults.waiting import until

READERS = 25
LONG = "word " * 1600
"""Some pages of the database, and for all readers hundreds."""


@pytest.fixture
async def talk(sqlite_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    database = shutil.copy(sqlite_file, tmp_path / "desk.db")
    settings = Settings(
        data=tmp_path, database_url=SecretStr(f"sqlite:///{database}"), pack=PACK
    )  # fmt: skip
    async for one in opened(settings, clock):
        await one.room.parts.store.write(add_readers)
        yield one


@pytest.fixture
async def pia(talk: Talk) -> Talk:
    return await hired(talk, "pia")


def add_readers(session: Session) -> None:
    now = Clock().now
    for number in range(READERS):
        add_reader(session, Address("memory", "desk", f"r{number}"), "en", now)


@asynccontextmanager
async def full(talk: Talk) -> AsyncIterator[None]:
    """The database's file cannot grow: SQLite says what it says of a full disk."""
    parts = talk.room.parts
    before = await set_pragma(parts, "max_page_count", 1)  # taken as: no more than now
    yield
    await set_pragma(parts, "max_page_count", before)


async def refused(pia: Talk, event: str, **more: str) -> None:
    """The platform hears that it was not taken, and brings it again, however often."""
    kind = Kind.PRESS if "choice" in more else Kind.MESSAGE
    for _ in range(2):
        with pytest.raises(OperationalError):
            await pia.does(kind, event, **more)


async def previewed(pia: Talk) -> str:
    """The value of the button that sends it."""
    await written(pia, LONG)
    await pia.presses("👁 Preview and send")
    return pia.value(f"✅ Send to {READERS}")


async def got_it(talk: Talk) -> dict[str, int]:
    """How many parts each reader has."""
    counts: dict[str, int] = {}
    for one in talk.room.adapter.sent:
        if one.address.chat.startswith("r"):
            counts[one.address.chat] = counts.get(one.address.chat, 0) + 1
    return counts


async def test_a_text_that_could_not_be_kept_is_taken_when_it_comes_again(
    talk: Talk, pia: Talk
) -> None:
    await written(pia, "The first words")
    await pia.presses("✏️ English")
    async with full(talk):
        await refused(pia, "long", text=LONG)
        assert [one.text for one in await talk.rows(select(AnnouncementText))] == [
            "The first words"
        ]
    await pia.does(Kind.MESSAGE, "long", text=LONG)
    assert [one.text for one in await talk.rows(select(AnnouncementText))] == [LONG.strip()]
    assert pia.last.title == "News 1: draft"


async def test_what_could_not_be_confirmed_is_a_draft_and_nobody_has_any_of_it(
    talk: Talk, pia: Talk
) -> None:
    button = await previewed(pia)
    async with full(talk):
        await refused(pia, "confirmed", choice=button)
        assert (await news(talk)).state == NewsState.DRAFT
        assert await talk.rows(select(Sending).where(Sending.cause == "news:1")) == []
    for _ in range(2):  # it comes again, and once more
        await pia.does(Kind.PRESS, "confirmed", choice=button)
    await looks(talk)
    assert (await news(talk)).state == NewsState.DONE
    assert await got_it(talk) == dict.fromkeys((f"r{n}" for n in range(READERS)), 2)


async def test_where_it_never_fits_the_publisher_hears_that_something_is_wrong(
    talk: Talk, pia: Talk
) -> None:
    button = await previewed(pia)
    async with full(talk):
        for _ in range(TRIES - 1):
            with pytest.raises(OperationalError):
                await pia.does(Kind.PRESS, "confirmed", choice=button)
        await pia.does(Kind.PRESS, "confirmed", choice=button)
        assert pia.last.text.startswith("Something went wrong on our side")
    assert (await news(talk)).state == NewsState.DRAFT
    await pia.presses_value(button)
    await looks(talk)
    assert len(await got_it(talk)) == READERS


async def test_what_is_due_on_a_full_disk_goes_out_whole_afterwards(talk: Talk, pia: Talk) -> None:
    await written(pia, LONG)
    await pia.presses("🕑 When")
    await pia.says("12:00 UTC")
    await pia.presses("👁 Preview and send")
    await pia.presses(f"✅ Send to {READERS}")
    talk.clock.now += timedelta(hours=3)
    async with full(talk):
        with pytest.raises(OperationalError):
            await talk.room.parts.newsroom.look()
        assert (await news(talk)).state == NewsState.SCHEDULED
        assert await got_it(talk) == {}
    await looks(talk)
    assert await got_it(talk) == dict.fromkeys((f"r{n}" for n in range(READERS)), 2)


async def test_a_disk_that_fails_while_it_runs_repeats_nothing_and_loses_nothing(
    talk: Talk, pia: Talk
) -> None:
    adapter, parts = talk.room.adapter, talk.room.parts
    await written(pia, LONG)
    await pia.presses("👁 Preview and send")
    before = len(adapter.tried)
    adapter.door.clear()
    running = asyncio.create_task(pia.presses(f"✅ Send to {READERS}"))
    await adapter.until_tried(before + 8)
    disk = BadDisk(parts.store.engine)
    disk.strike(1, count=100_000)
    adapter.door.set()
    await until(lambda: disk.struck > 0)
    with pytest.raises(OperationalError):
        await parts.newsroom.look()
    disk.heal()
    await running
    await looks(talk)
    assert (await news(talk)).state == NewsState.DONE
    assert await got_it(talk) == dict.fromkeys((f"r{n}" for n in range(READERS)), 2)
