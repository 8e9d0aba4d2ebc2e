"""Threads, forums and news in the imitation of Discord, as the real discord.py uses them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import Echo, connected, discord
from tests.fakes.discord_guilds import (
    CREATE_PRIVATE,
    FORUM,
    MANAGE_THREADS,
    NEWS,
    SEND,
    VIEW,
    Guild,
)


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def guild(fake: DiscordFake) -> Guild:
    made = fake.guild(1 << 22)
    made.join(fake.person(7, "Anna").user)
    made.channel("staff")
    made.channel("news", NEWS)
    made.channel("tickets", FORUM, tags=("open", "closed"))
    return made


@pytest.fixture
async def client(fake: DiscordFake, guild: Guild) -> AsyncIterator[Echo]:
    async with connected(fake, Echo()) as ready:
        yield ready


@pytest.fixture
def staff(client: Echo, guild: Guild) -> discord.TextChannel:
    channel = client.get_channel(guild.channel("staff").id)
    assert isinstance(channel, discord.TextChannel)
    return channel


@pytest.fixture
def forum(client: Echo, guild: Guild) -> discord.ForumChannel:
    channel = client.get_channel(guild.channel("tickets").id)
    assert isinstance(channel, discord.ForumChannel)
    return channel


async def test_a_private_thread_is_a_room_for_those_who_were_let_in(
    fake: DiscordFake, staff: discord.TextChannel
) -> None:
    anna = fake.person(7)
    thread = await staff.create_thread(name="ticket 12", invitable=False)
    assert thread.type is discord.ChannelType.private_thread
    with pytest.raises(LookupError, match="does not see"):
        await anna.says("hello?", channel=fake.world.channel(thread.id))
    await thread.add_user(discord.Object(7))
    await thread.send("a ticket")
    room = fake.world.channel(thread.id)
    await anna.says("I take it", channel=room)
    [opening, echo] = await room.hears(2)
    assert (opening["content"], echo["content"]) == ("a ticket", "echo: I take it")
    assert set(room.members) == {7, int(fake.world.application)}
    assert {member.id for member in await thread.fetch_members()} == set(room.members)
    await thread.remove_user(discord.Object(7))
    assert 7 not in room.members
    with pytest.raises(discord.NotFound, match="Unknown Member"):
        await thread.add_user(discord.Object(99))


async def test_a_thread_under_a_message_has_its_id(
    fake: DiscordFake, staff: discord.TextChannel
) -> None:
    message = await staff.send("case 12")
    thread = await message.create_thread(name="case 12")
    assert thread.id == message.id
    with pytest.raises(discord.HTTPException) as refused:
        await message.create_thread(name="again")
    assert refused.value.code == 160004
    again = await staff.fetch_message(message.id)
    assert again.flags.has_thread
    [start] = [m async for m in thread.history()]
    assert start.type is discord.MessageType.thread_starter_message
    assert [sent.text for sent in fake.ledger] == ["case 12"]


async def test_a_public_thread_is_told_of_in_its_channel(staff: discord.TextChannel) -> None:
    await staff.create_thread(name="open talk", type=discord.ChannelType.public_thread)
    [line] = [message async for message in staff.history()]
    assert line.type is discord.MessageType.thread_created
    assert line.content == "open talk"


async def test_a_post_in_a_forum_is_a_thread_with_tags_and_a_first_message(
    fake: DiscordFake, client: Echo, forum: discord.ForumChannel
) -> None:
    tag = discord.utils.get(forum.available_tags, name="open")
    assert tag
    post = await forum.create_thread(name="Payment", content="case 12", applied_tags=[tag])
    assert post.message.id == post.thread.id
    assert post.thread.applied_tags == [tag]
    assert [sent.text for sent in fake.ledger] == ["case 12"]
    await post.thread.edit(archived=True, locked=True, applied_tags=[])
    assert fake.world.channel(post.thread.id).data["thread_metadata"]["locked"]
    with pytest.raises(discord.HTTPException, match="non-text channel"):
        await client.get_partial_messageable(forum.id).send("not here")
    with pytest.raises(discord.HTTPException, match="Cannot send an empty message"):
        await forum.create_thread(name="Nothing")
    with pytest.raises(discord.HTTPException, match="Must be between 1 and 100"):
        await forum.create_thread(name="x" * 101, content="a")
    strange = discord.ForumTag(name="strange")
    strange.id = 5
    with pytest.raises(discord.NotFound, match="Unknown tag"):
        await forum.create_thread(name="a", content="a", applied_tags=[strange])


async def test_words_wake_an_archived_thread(
    fake: DiscordFake, guild: Guild, staff: discord.TextChannel
) -> None:
    thread = await staff.create_thread(name="old", type=discord.ChannelType.public_thread)
    await thread.edit(archived=True)
    assert [found.id async for found in staff.archived_threads()] == [thread.id]
    assert await staff.guild.active_threads() == []
    with pytest.raises(discord.HTTPException, match="Thread is archived"):
        await thread.edit(name="renamed")
    await thread.send("awake")
    assert [found.id for found in await staff.guild.active_threads()] == [thread.id]
    await thread.edit(name="renamed")
    assert fake.world.channel(thread.id).data["name"] == "renamed"
    await thread.delete()
    with pytest.raises(discord.NotFound, match="Unknown Channel"):
        await thread.send("gone")
    assert guild.threads == []


async def test_in_an_archived_thread_nothing_is_changed(
    fake: DiscordFake, guild: Guild, staff: discord.TextChannel
) -> None:
    thread = await staff.create_thread(name="ticket 12")
    message = await thread.send("wrong")
    place = fake.world.channel(thread.id)
    guild.archive(place)
    for change in (message.edit(content="right"), message.delete()):
        with pytest.raises(discord.HTTPException) as refused:
            await change
        assert refused.value.code == 50083
    await thread.edit(archived=False)
    await message.edit(content="right")
    assert [one.content for one in fake.screen(place)] == ["right"]


async def test_a_thread_that_somebody_deletes_is_gone(
    fake: DiscordFake, guild: Guild, client: Echo, staff: discord.TextChannel
) -> None:
    thread = await staff.create_thread(name="ticket 12")
    told = asyncio.create_task(client.wait_for("raw_thread_delete", timeout=5))
    await asyncio.sleep(0)
    guild.delete(fake.world.channel(thread.id))
    assert (await told).thread_id == thread.id
    with pytest.raises(discord.NotFound) as gone:
        await thread.send("hello")
    assert gone.value.code == 10003


async def test_a_closed_thread_is_seen_by_members_and_those_who_manage_threads(
    fake: DiscordFake, guild: Guild, client: Echo, staff: discord.TextChannel
) -> None:
    thread = await staff.create_thread(name="ticket 12")
    place = fake.world.channel(thread.id)
    with pytest.raises(LookupError, match="does not see"):
        await fake.person(7).says("let me in", channel=place)
    boss = fake.person(8, "Ben")
    guild.join(boss.user, [guild.role("team", MANAGE_THREADS)])
    await boss.renames(place, "ticket 13")
    await boss.says("I see all", channel=place)
    await place.hears(2)
    assert [(one.type.value, one.content) for one in client.heard] == [
        (4, "ticket 13"),
        (0, "I see all"),
    ]


async def test_news_are_published_once(client: Echo, guild: Guild) -> None:
    news = client.get_channel(guild.channel("news").id)
    staff = client.get_channel(guild.channel("staff").id)
    assert isinstance(news, discord.TextChannel)
    assert isinstance(staff, discord.TextChannel)
    message = await news.send("We have news")
    await message.publish()
    assert (await news.fetch_message(message.id)).flags.crossposted
    with pytest.raises(discord.HTTPException) as again:
        await message.publish()
    assert again.value.code == 40033
    elsewhere = await staff.send("no news")
    with pytest.raises(discord.HTTPException) as refused:
        await elsewhere.publish()
    assert refused.value.code == 50024


async def test_what_the_bot_may_not_do_is_refused(
    fake: DiscordFake, guild: Guild, client: Echo, staff: discord.TextChannel
) -> None:
    thread = await staff.create_thread(name="ticket 12")
    guild.deny(guild.channel("staff"), CREATE_PRIVATE | MANAGE_THREADS)
    with pytest.raises(discord.Forbidden, match="Missing Permissions"):
        await staff.create_thread(name="ticket 13")
    with pytest.raises(discord.Forbidden, match="Missing Permissions"):
        await thread.edit(locked=True)
    await thread.send("still allowed")
    guild.deny(guild.channel("staff"), 0)
    await thread.edit(locked=True)
    await thread.send("allowed to who may unlock it")
    guild.deny(guild.channel("staff"), MANAGE_THREADS)
    with pytest.raises(discord.Forbidden, match="Thread is locked"):
        await thread.send("too late")
    guild.deny(guild.channel("staff"), SEND)
    with pytest.raises(discord.Forbidden, match="Missing Permissions"):
        await staff.send("not allowed")
    guild.deny(guild.channel("staff"), VIEW)
    with pytest.raises(discord.Forbidden, match="Missing Access"):
        await thread.send("not even seen")
    for name in ("staff", "lobby"):
        await fake.person(7).says("heard?", channel=guild.channel(name))
    await guild.channel("lobby").hears()
    assert [(m.channel.id, m.content) for m in client.heard] == [
        (guild.channel("lobby").id, "heard?")
    ]
    with pytest.raises(discord.Forbidden, match="Missing Access"):
        await read(staff)


async def read(channel: discord.TextChannel) -> list[discord.Message]:
    return [message async for message in channel.history()]
