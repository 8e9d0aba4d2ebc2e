"""Who and what there is, as the imitation of Discord tells it to the real discord.py."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import Echo, connected, discord


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


async def test_people_and_servers_are_found_by_their_ids(fake: DiscordFake) -> None:
    anna = fake.person(7, "Anna")
    house = fake.guild(1 << 22, "Haus", "de")
    agents = house.role("Agents")
    house.join(anna.user, roles=[agents])
    house.channel("staff")
    async with connected(fake, Echo()) as client:
        assert (await client.fetch_user(7)).display_name == "Anna"
        guild = await client.fetch_guild(house.id, with_counts=False)
        assert (guild.name, guild.preferred_locale) == ("Haus", discord.Locale.german)
        assert [channel.name for channel in await guild.fetch_channels()] == ["staff"]
        assert {role.name for role in await guild.fetch_roles()} == set(house.roles)
        member = await guild.fetch_member(7)
        assert member._roles.has(agents)
        cached = client.get_guild(house.id)
        assert cached
        assert cached.me.guild_permissions.manage_threads
        staff = cached.get_channel(house.channel("staff").id)
        assert isinstance(staff, discord.TextChannel)
        assert staff.permissions_for(cached.me).send_messages
        for ask, what in (
            (client.fetch_user(99), "User"),
            (client.fetch_guild(99), "Guild"),
            (guild.fetch_member(99), "Member"),
            (client.fetch_channel(99), "Channel"),
        ):
            with pytest.raises(discord.NotFound, match=f"Unknown {what}"):
                await ask


async def test_a_server_that_the_bot_joins_later_is_told_of(fake: DiscordFake) -> None:
    async with connected(fake, Echo()) as client:
        joined = asyncio.create_task(client.wait_for("guild_join", timeout=5))
        await asyncio.sleep(0)
        fake.guild(1 << 22, "Haus")
        assert (await joined).name == "Haus"
