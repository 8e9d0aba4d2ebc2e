"""Whole desks in this process: all of it real but the platform."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlmodel import SQLModel, func, select, text

from bots.telegram.adapter import TelegramAdapter
from core.faq_matcher import load_encoder
from core.pack import read_pack
from core.settings import Settings, Telegram
from core.store import Store
from frontdesk.app import Parts, build, now, open_database, open_desk
from frontdesk.running import keep
from tests.conftest import Clock
from tests.dialogs.talk import PACK
from tests.fakes.memory import MemoryAdapter
from tests.fakes.telegram import TelegramFake


@asynccontextmanager
async def desk_on_telegram(
    fake: TelegramFake, data: Path, clock: Callable[[], datetime] = now, **more: Any
) -> AsyncIterator[Parts]:
    """It asks for updates as the program does, without a pace of its own."""
    telegram = Telegram(token=SecretStr(fake.token), api_url=fake.url, per_second=1000, per_chat=0)
    settings = Settings(data=data, pack=PACK, telegram=telegram, **more)
    adapter = TelegramAdapter(telegram)
    async with open_desk(settings, read_pack(PACK), [adapter], clock) as parts:
        listening = asyncio.create_task(keep(adapter, parts.desk.receive))
        try:
            yield parts
        finally:
            listening.cancel()
            await asyncio.wait([listening])


@asynccontextmanager
async def deaf_desk(url: str, data: Path, clock: Clock) -> AsyncIterator[Parts]:
    """A desk that only receives: whatever the database is told is told by a message."""
    settings = Settings(data=data, database_url=SecretStr(url), pack=PACK)
    store = Store(await asyncio.to_thread(open_database, settings))
    adapter = MemoryAdapter(clock=clock)
    platforms = {adapter.platform: adapter}
    encoder = asyncio.to_thread(load_encoder)
    try:
        parts = await build(settings, read_pack(PACK), store, platforms, clock, encoder)
        await parts.ready
        yield parts
    finally:
        await store.close()


async def sizes(parts: Parts) -> dict[str, int]:
    """How many rows each table has."""
    tables = SQLModel.metadata.sorted_tables
    return await parts.store.read(
        lambda session: {
            table.name: session.exec(select(func.count()).select_from(table)).one()
            for table in tables
        }
    )


async def query(parts: Parts, sql: str) -> list[tuple[Any, ...]]:
    found = await parts.store.read(lambda session: session.connection().execute(text(sql)).all())
    return [tuple(row) for row in found]


async def heard(parts: Parts) -> Sequence[str]:
    """What came in, in the order in which it was taken."""
    return [text for (text,) in await query(parts, "SELECT text FROM inbox ORDER BY id")]


async def check_effects(parts: Parts, messages: int) -> None:
    """Each of so many messages is there once and was answered by one row that has ended."""
    await parts.settle()
    assert await query(parts, "SELECT count(*), count(DISTINCT event) FROM inbox") == [
        (messages, messages)
    ]
    assert await query(
        parts, "SELECT count(*), count(DISTINCT cause), min(state), max(state) FROM outbox"
    ) == [(messages, messages, "sent", "sent")]
