"""A running imitation of Telegram, and the real library talking to it."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_bots import TOKEN, talking_bot


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    """Afterwards nothing may have disagreed with the official specification, if it is at hand."""
    async with TelegramFake(TOKEN) as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def bot(fake: TelegramFake, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # or the library warns at each 429
    async with talking_bot(fake.url) as ready:
        yield ready
