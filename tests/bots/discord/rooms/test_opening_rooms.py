"""Rooms are opened, and spoken in."""

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import OpensRooms, Refused, Retry, Unknown
from core.messages import Address, Outbound
from tests.bots.contract import hear
from tests.bots.discord.conftest import LANGUAGES, Knows, settings
from tests.bots.discord.rooms.conftest import shown
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_guilds import (
    CREATE_PRIVATE,
    CREATE_PUBLIC,
    MANAGE_THREADS,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    SEND_IN_THREADS,
    VIEW,
)
from tests.fakes.discord_world import TEXT, Channel

MAKE = "POST /channels/{channel_id}/threads"
LOOK = "GET /channels/{channel_id}"


async def test_in_a_forum_a_room_is_a_post_that_says_its_title(
    fake: DiscordFake, adapter: DiscordAdapter, staff: Channel
) -> None:
    assert isinstance(adapter, OpensRooms)
    assert adapter.has_rooms
    title = "12 · **Bold** @everyone " + "x" * 200
    room = await adapter.open_room(title)
    (thread,) = fake.guild(1).threads
    assert room == Address("discord", adapter.account, str(staff.id), str(thread.id))
    assert thread.data["name"] == title[:100]
    assert thread.data["thread_metadata"]["auto_archive_duration"] == 7 * 24 * 60
    assert thread.inbox.messages[0]["mention_everyone"] is False
    assert shown(fake, thread)[0].startswith(r"12 · \*\*Bold\*\* \@everyone")


@pytest.mark.parametrize("kind", [TEXT])
async def test_in_a_text_channel_a_room_is_closed_where_that_is_allowed(
    fake: DiscordFake, adapter: DiscordAdapter, staff: Channel
) -> None:
    await adapter.open_room("12")
    fake.guild(1).deny(staff, CREATE_PRIVATE)
    await adapter.open_room("13")
    fake.guild(1).deny(staff, CREATE_PRIVATE | CREATE_PUBLIC)
    with pytest.raises(Refused, match="may not write in the channel"):
        await adapter.open_room("14")
    kinds = [(one.data["name"], one.type) for one in fake.guild(1).threads]
    assert kinds == [("12", PRIVATE_THREAD), ("13", PUBLIC_THREAD)]


async def test_a_channel_that_is_gone_or_wants_tags_is_refused_in_clear_words(
    fake: DiscordFake, adapter: DiscordAdapter, staff: Channel
) -> None:
    staff.data["flags"] |= 1 << 4
    with pytest.raises(Refused, match="wants a tag"):
        await adapter.open_room("12")
    fake.guild(1).deny(staff, VIEW)
    with pytest.raises(Refused, match="may not see"):
        await adapter.open_room("12")
    fake.guild(1).delete(staff)
    with pytest.raises(Refused, match="the channel is gone"):
        await adapter.open_room("12")


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "rate_limited", "retry_after": 60.0}, Retry),
        ({"kind": "server_error", "status": 503}, Retry),
        ({"kind": "lost_answer"}, Unknown),
        ({"kind": "bad_request", "code": 160006}, Refused),
    ],
)
async def test_trouble_while_opening_says_what_it_is(
    fake: DiscordFake, adapter: DiscordAdapter, fault: dict[str, object], failure: type[Exception]
) -> None:
    fake.faults.add(route=MAKE, **fault)
    with pytest.raises(failure):
        await adapter.open_room("private words")


async def test_without_the_setting_there_are_no_rooms(fake: DiscordFake) -> None:
    plain = DiscordAdapter(settings(fake), LANGUAGES)
    assert not plain.has_rooms


@pytest.mark.parametrize("gone", [True, False])
async def test_a_desk_whose_staff_channel_is_not_there_says_so_and_works(
    fake: DiscordFake, staff: Channel, caplog: pytest.LogCaptureFixture, gone: bool
) -> None:
    if gone:
        fake.guild(1).delete(staff)
    else:
        fake.guild(1).deny(staff, VIEW)
    adapter = DiscordAdapter(settings(fake, staff_channel=str(staff.id)), LANGUAGES)
    await adapter.open()
    assert "FRONTDESK_DISCORD__STAFF_CHANNEL" in caplog.text
    with pytest.raises(Refused):
        await adapter.open_room("12")
    await fake.person(7).says("in private")
    adapter.look_up(knows := Knows(lambda: adapter.account))
    knows.heard[str(fake.person(7).dm.id)] = "1"
    assert [one.text for one in await hear(adapter)] == ["in private"]
    await adapter.close()


async def test_trouble_with_the_staffs_channel_at_the_start_is_tried_later(
    fake: DiscordFake, staff: Channel
) -> None:
    adapter = DiscordAdapter(settings(fake, staff_channel=str(staff.id)), LANGUAGES)
    fake.faults.add(route=LOOK, kind="server_error", status=503)
    with pytest.raises(Retry):
        await adapter.open()
    await adapter.open()
    await adapter.open_room("12")
    await adapter.close()


async def test_without_the_intent_a_staff_channel_is_refused_with_what_to_do(
    fake: DiscordFake, staff: Channel
) -> None:
    fake.world.message_content = False
    adapter = DiscordAdapter(settings(fake, staff_channel=str(staff.id)), LANGUAGES)
    with pytest.raises(Refused, match=r"Message Content Intent.*STAFF_CHANNEL"):
        await adapter.open()
    await adapter.close()


async def test_what_is_said_in_a_room_stands_there_and_wakes_it(
    fake: DiscordFake, adapter: DiscordAdapter, room: Address, thread: Channel
) -> None:
    fake.guild(1).archive(thread)
    message = await adapter.send(Outbound(room, "from the person", nonce="out:1"))
    assert shown(fake, thread)[1:] == ["from the person"]
    assert not thread.data["thread_metadata"]["archived"]
    assert await adapter.send(Outbound(room, "from the person", nonce="out:1")) == message


async def test_in_an_archived_room_what_was_said_is_changed_all_the_same(
    fake: DiscordFake, adapter: DiscordAdapter, room: Address, thread: Channel
) -> None:
    message = await adapter.send(Outbound(room, "wrong"))
    fake.guild(1).archive(thread)
    await adapter.edit(Outbound(room, "right"), message)
    assert shown(fake, thread)[1:] == ["right"]
    fake.guild(1).archive(thread)
    for _ in range(2):
        await adapter.withdraw(room, message)
    assert shown(fake, thread)[1:] == []


async def test_a_room_that_somebody_deleted_is_gone_and_none_is_made_for_it(
    fake: DiscordFake, adapter: DiscordAdapter, room: Address, thread: Channel
) -> None:
    message = await adapter.send(Outbound(room, "hello"))
    fake.guild(1).delete(thread)
    for change in (
        adapter.send(Outbound(room, "hello")),
        adapter.edit(Outbound(room, "hello"), message),
        adapter.withdraw(room, message),
    ):
        with pytest.raises(Refused) as refused:
            await change
        assert refused.value.gone
    assert fake.guild(1).threads == []


async def test_a_locked_room_is_refused_and_not_gone(
    fake: DiscordFake, adapter: DiscordAdapter, staff: Channel, room: Address, thread: Channel
) -> None:
    fake.guild(1).archive(thread, locked=True)
    fake.guild(1).deny(staff, MANAGE_THREADS)
    with pytest.raises(Refused, match="locked") as refused:
        await adapter.send(Outbound(room, "hello"))
    assert not refused.value.gone
    fake.guild(1).deny(staff, SEND_IN_THREADS)
    with pytest.raises(Refused) as refused:
        await adapter.send(Outbound(room, "hello"))
    assert not refused.value.gone


@pytest.mark.parametrize(
    ("guild", "shard", "shards", "told"),
    [(1, 0, 1, True), (1, 0, 4, True), (1, 1, 4, False), (6 << 22, 2, 4, True)],
)
async def test_rooms_are_told_to_the_shard_of_their_server(
    fake: DiscordFake, guild: int, shard: int, shards: int, told: bool
) -> None:
    staff = fake.guild(guild).channel("team", TEXT)
    adapter = DiscordAdapter(settings(fake, staff_channel=str(staff.id)), LANGUAGES)
    await adapter.open()
    assert adapter._rooms.are_told_to(shard, shards) is told
    await adapter.close()
