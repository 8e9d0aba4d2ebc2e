"""Whom a message pings in the imitation of Discord, as the ledger tells it."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import Echo, connected, discord
from tests.fakes.discord_guilds import BOT, EVERYONE, MENTION_EVERYONE, Guild


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def guild(fake: DiscordFake) -> Guild:
    made = fake.guild(1 << 22)
    made.join(fake.person(7, "Anna").user)
    made.role("closed")
    made.role("open", mentionable=True)
    return made


@pytest.fixture
async def general(fake: DiscordFake, guild: Guild) -> AsyncIterator[discord.TextChannel]:
    made = guild.channel("general")
    async with connected(fake, Echo()) as client:
        channel = client.get_channel(made.id)
        assert isinstance(channel, discord.TextChannel)
        yield channel


def loud(guild: Guild) -> str:
    return f"@everyone @here <@&{guild.role('open')}> <@&{guild.role('closed')}> <@7> <@7> <@99>"


async def test_a_message_pings_all_whom_it_names_unless_it_says_otherwise(
    fake: DiscordFake, guild: Guild, general: discord.TextChannel
) -> None:
    await general.send(loud(guild))
    roles = f"<@&{guild.role('open')}>", f"<@&{guild.role('closed')}>"
    assert fake.ledger[0].pings == ("@everyone", *roles, "<@7>")


async def test_nobody_is_pinged_where_that_is_forbidden(
    fake: DiscordFake, guild: Guild, general: discord.TextChannel
) -> None:
    await general.send(loud(guild), allowed_mentions=discord.AllowedMentions.none())
    assert fake.ledger[0].text == loud(guild)
    assert fake.ledger[0].pings == ()


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (discord.AllowedMentions(everyone=False, users=True, roles=False), ("<@7>",)),
        (discord.AllowedMentions(everyone=True, users=False, roles=False), ("@everyone",)),
        (
            discord.AllowedMentions(everyone=False, users=[discord.Object(8)], roles=False),
            (),
        ),
    ],
)
async def test_only_whom_the_message_allows_are_pinged(
    fake: DiscordFake,
    guild: Guild,
    general: discord.TextChannel,
    allowed: discord.AllowedMentions,
    expected: tuple[str, ...],
) -> None:
    await general.send(loud(guild), allowed_mentions=allowed)
    assert fake.ledger[0].pings == expected


async def test_without_the_permission_only_open_roles_are_pinged(
    fake: DiscordFake, guild: Guild, general: discord.TextChannel
) -> None:
    assert BOT & MENTION_EVERYONE
    assert not EVERYONE & MENTION_EVERYONE
    said = await fake.person(7).says(loud(guild), channel=guild.channel("general"))
    assert said["mention_everyone"] is False
    assert said["mention_roles"] == [str(guild.role("open"))]


async def test_a_reply_pings_the_one_who_is_answered(
    fake: DiscordFake, guild: Guild, general: discord.TextChannel
) -> None:
    said = await fake.person(7).says("hello", channel=guild.channel("general"))
    message = await general.fetch_message(int(said["id"]))
    await message.reply("hello")
    await message.reply("psst", mention_author=False)
    echo, loudly, softly = fake.ledger
    assert (echo.pings, loudly.pings, softly.pings) == ((), ("<@7>",), ())


async def test_in_private_nobody_else_is_there_to_be_pinged(
    fake: DiscordFake, guild: Guild, general: discord.TextChannel
) -> None:
    await fake.person(8).says(f"@everyone <@&{guild.role('open')}>")
    await fake.person(8).hears()
    assert fake.ledger[0].pings == ()


async def test_lists_and_kinds_exclude_each_other(
    fake: DiscordFake, general: discord.TextChannel
) -> None:
    with pytest.raises(discord.HTTPException, match="mutually exclusive"):
        await general._state.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=general.id),
            json={"content": "a", "allowed_mentions": {"parse": ["users"], "users": ["7"]}},
        )
