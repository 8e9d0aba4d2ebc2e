"""Some shards of a large bot: each session start is counted, and none is tried without end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bots.discord.adapter import START_GAP, DiscordAdapter
from core.adapter import Retry
from tests.bots.contract import Ears, listening
from tests.bots.discord.conftest import LANGUAGES, Waits, settings
from tests.fakes.discord import DiscordFake


@pytest.fixture
async def sharded(fake: DiscordFake, waits: Waits) -> AsyncIterator[DiscordAdapter]:
    adapter = DiscordAdapter(settings(fake, shard_count=3), LANGUAGES, sleep=waits.sleep)
    await adapter.open()
    yield adapter
    await adapter.close()


async def test_too_few_session_starts_for_all_shards_keep_us_away(
    fake: DiscordFake, sharded: DiscordAdapter
) -> None:
    fake.gateway.identifies = 899  # one more may start, and then no other
    async with asyncio.timeout(4):
        with pytest.raises(Retry, match="only 99 of a day's session starts are left"):
            await sharded.listen(Ears().receive)
    assert fake.gateway.identifies == 901


async def test_each_further_session_is_started_after_a_while(
    fake: DiscordFake, sharded: DiscordAdapter, waits: Waits
) -> None:
    async with listening(sharded, Ears().receive):
        await fake.until(lambda: len(fake.gateway.sessions) == 3)
        assert waits == [START_GAP] * 2
        fake.gateway.drop(forget=True)
        await fake.until(lambda: fake.gateway.identifies == 6)
    assert waits == [START_GAP] * 5
