"""All that people write in the threads of the staff is heard, and nothing else."""

import asyncio

import pytest

from bots.discord.adapter import DiscordAdapter
from core.messages import Address, Inbound, Kind, Outbound
from tests.bots.contract import Ears, listening
from tests.bots.discord.conftest import LANGUAGES, Waits, settings
from tests.bots.discord.rooms.conftest import KnowsRooms
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import TEXT, Channel

LOOK = "GET /channels/{channel_id}"


async def test_all_that_people_write_in_a_room_is_heard_and_nothing_else(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    lobby = fake.guild(1).channel("lobby")
    await adapter.send(Outbound(room, "from the person"))
    await kim.renames(thread, "another name")
    await kim.says(f"<@{adapter.account}> not here", channel=lobby)
    said = await kim.says("see: ", channel=thread)
    await kim.says("", [Upload(b"data", "log.txt")], reply_to=said, channel=thread)
    await ears.until(2)
    await kim.edits(said, "look:")
    await kim.says(f"<@{adapter.account}> /queue mine", channel=thread)
    first, second, third, fourth = await ears.until(4)
    assert (first.text, first.address, first.message) == ("see:", room, said["id"])
    assert {(one.in_room, one.private) for one in ears.heard} == {(True, False)}
    assert (second.attachments[0].name, second.reply_to) == ("log.txt", said["id"])
    assert (third.kind, third.text, third.message) == (Kind.EDIT, "look:", said["id"])
    assert fourth.text == "/queue mine"
    assert {one.sender.id for one in ears.heard} == {str(kim.id)}


async def test_words_that_are_taken_back_in_a_room_are_changed_to_none(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    await adapter.withdraw(room, await adapter.send(Outbound(room, "ours")))
    said = await kim.says("wrong", channel=thread)
    await ears.until(1)
    await kim.edits(said, "still wrong")
    await ears.until(2)
    await kim.deletes(said)
    await kim.deletes(await kim.says("elsewhere", channel=fake.guild(1).channel("lobby")))
    await kim.says("right", channel=thread)
    _, _, gone, last = await ears.until(4)
    assert (gone.kind, gone.text, gone.message) == (Kind.EDIT, "", said["id"])
    assert (gone.address, gone.sender.id, gone.in_room) == (room, str(kim.id), True)
    assert last.text == "right"


async def test_many_words_that_are_taken_back_at_once_are_all_changed_to_none(
    fake: DiscordFake, ears: Ears, thread: Channel, kim: Person
) -> None:
    """As whoever moderates does it."""
    said = [(await kim.says(text, channel=thread))["id"] for text in ("wrong", "wrong, too")]
    await ears.until(2)
    gone = {"ids": said, "channel_id": str(thread.id), "guild_id": "1"}
    fake.world.publish("MESSAGE_DELETE_BULK", gone, 1)
    changed = (await ears.until(4))[2:]
    assert [(one.kind, one.text, one.message) for one in changed] == [
        (Kind.EDIT, "", id) for id in said
    ]


async def test_a_post_of_the_staff_begins_with_no_word_of_its_room(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, thread: Channel, kim: Person
) -> None:
    starter = thread.messages[thread.id]
    starter["author"] = kim.user
    await kim.edits(starter, "changed")
    await kim.says("first word", channel=thread)
    assert [one.text for one in await ears.until(1)] == ["first word"]


@pytest.mark.parametrize("kind", [TEXT])
async def test_the_staffs_channel_itself_is_no_room_and_answers_no_mention(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, staff: Channel, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    await kim.says("among us", channel=staff)
    await kim.mentions_bot("and you?", staff)
    await kim.says("in the room", channel=thread)
    assert [one.text for one in await ears.until(1)] == ["in the room"]


async def test_mentions_elsewhere_are_answered_beside_rooms(
    fake: DiscordFake, staff: Channel, kim: Person, waits: Waits, knows: KnowsRooms
) -> None:
    lobby = fake.guild(1).channel("lobby")
    adapter = DiscordAdapter(
        settings(fake, staff_channel=str(staff.id), mentions=True), LANGUAGES, sleep=waits.sleep
    )
    await adapter.open()
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        said = await kim.mentions_bot("how?", lobby)
        (heard,) = await ears.until(1)
    assert (heard.in_room, heard.address.thread) == (False, said["id"])
    await adapter.send(Outbound(heard.address, "so"))
    assert [one.data["parent_id"] for one in fake.guild(1).threads] == [str(lobby.id)]
    await adapter.close()


async def test_a_room_that_cannot_be_looked_at_now_is_heard_later(
    fake: DiscordFake, staff: Channel, thread: Channel, kim: Person, waits: Waits
) -> None:
    restarted = DiscordAdapter(
        settings(fake, staff_channel=str(staff.id)), LANGUAGES, sleep=waits.sleep
    )
    await restarted.open()
    fake.faults.add(route="GET /guilds/{guild_id}/threads/active", kind="forbidden")
    fake.faults.add(route=LOOK, kind="server_error", status=503, times=2)
    ears = Ears()
    async with listening(restarted, ears.receive):
        await fake.is_connected()
        await kim.says("one", channel=thread)
        await kim.says("two", channel=thread)
        assert [one.text for one in await ears.until(2)] == ["one", "two"]
    assert all(one.in_room for one in ears.heard)
    assert len(waits) == 2
    await restarted.close()


async def test_what_was_said_in_rooms_meanwhile_is_heard_before_anything_new(
    fake: DiscordFake, adapter: DiscordAdapter, room: Address, thread: Channel, kim: Person,
    knows: KnowsRooms,
) -> None:  # fmt: skip
    known = await kim.says("known", channel=thread)
    knows.rooms[room] = known["id"]
    for number in range(3):
        await kim.says(f"missed {number}", channel=thread)
    await kim.renames(thread, "another name")
    fake.guild(1).archive(thread)
    other = fake.world.channel((await adapter.open_room("13")).thread)
    await kim.says("never heard there", channel=other)
    ears, release = Ears(), asyncio.Event()

    async def receive(inbound: Inbound) -> None:
        await release.wait()
        await ears.receive(inbound)

    async with listening(adapter, receive):
        await fake.is_connected()
        await kim.says("live", channel=thread)
        release.set()
        await ears.until(5)
    texts = [one.text for one in ears.heard if one.address == room]
    assert list(dict.fromkeys(texts)) == ["missed 0", "missed 1", "missed 2", "live"]
    assert [one.text for one in ears.heard if one.address != room] == ["never heard there"]
    assert all(one.in_room and not one.private for one in ears.heard)


@pytest.mark.parametrize("fault", [{"kind": "forbidden"}, {"kind": "server_error", "status": 503}])
async def test_rooms_that_cannot_be_listed_hold_up_nobody(
    fake: DiscordFake, adapter: DiscordAdapter, thread: Channel, kim: Person,
    fault: dict[str, object],
) -> None:  # fmt: skip
    fake.faults.add(route="GET /guilds/{guild_id}/threads/active", **fault)
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        await kim.says("live", channel=thread)
        assert (await ears.until(1))[0].text == "live"
