"""A Telegram in this process, and a look at how long the event loop was held up."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.telegram import TelegramFake


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
async def stalls() -> AsyncIterator[list[float]]:
    """Seconds by which a look every hundredth of a second came too late."""
    late: list[float] = []
    loop = asyncio.get_running_loop()

    async def look() -> None:
        while True:
            due = loop.time() + 0.01
            await asyncio.sleep(0.01)
            late.append(loop.time() - due)

    looking = asyncio.create_task(look())
    yield late
    looking.cancel()
