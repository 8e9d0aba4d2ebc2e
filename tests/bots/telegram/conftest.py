"""A running imitation of Telegram, and our adapter opened on it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bots.telegram.adapter import TelegramAdapter
from core.messages import Address
from core.settings import Telegram
from tests.fakes.telegram import TelegramFake

COMMANDS = {"en": [("help", "What I can do")], "de": [("help", "Was ich kann")]}
ADA = Address("telegram", "42", "7")
STAFF, NEWS = -1001, -1002


class Waits(list[float]):
    """Time for tests: every wait is noted and over at once."""

    async def sleep(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


def settings(url: str, token: str = "42:TEST", **fields: Any) -> Telegram:
    return Telegram(token=SecretStr(token), api_url=url, **fields)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def adapter(fake: TelegramFake, waits: Waits) -> AsyncIterator[TelegramAdapter]:
    opened = TelegramAdapter(settings(fake.url), commands=COMMANDS, sleep=waits.sleep)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def desk(fake: TelegramFake) -> AsyncIterator[TelegramAdapter]:
    """With a group of its staff, a forum in which it may open topics, and a channel for news."""
    fake.group(STAFF, forum=True)
    fake.channel(NEWS)
    opened = TelegramAdapter(settings(fake.url, staff_chat=str(STAFF), news_chat=str(NEWS)))
    await opened.open()
    yield opened
    await opened.close()
