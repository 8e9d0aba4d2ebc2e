"""Shards at the imitation of Discord: https://docs.discord.com/developers/events/gateway#sharding."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import connected, discord


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


class Sharded(discord.AutoShardedClient):
    """Keeps which shard heard what."""

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, messages=True, message_content=True)
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.heard: asyncio.Queue[tuple[int, str]] = asyncio.Queue()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library waits five seconds before each further shard; we do not."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.put_nowait((message.guild.shard_id if message.guild else 0, message.content))


async def test_shards_hear_of_their_own_guilds_and_the_first_of_private_words(
    fake: DiscordFake,
) -> None:
    fake.gateway.shards = 2
    guilds = [fake.guild(number << 22, f"Guild {number}") for number in (4, 5)]
    anna = fake.person(7)
    async with connected(fake, Sharded()) as client:
        assert client.shard_count == fake.gateway.identifies == 2
        assert {guild.shard_id for guild in client.guilds} == {0, 1}
        for guild in guilds:
            guild.join(anna.user)
            await anna.says(guild.name, channel=guild.channel("general"))
        await anna.says("psst")
        async with asyncio.timeout(5):
            heard = {await client.heard.get() for _ in range(3)}
        assert heard == {(0, "Guild 4"), (1, "Guild 5"), (0, "psst")}
        assert client.heard.empty()
