"""Threads of the staff's channel: opened for tickets, heard in full, answered."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import OpensRooms, Receive, Refused, Retry, Unknown
from core.messages import Address, Choice, Inbound, Kind, Outbound
from tests.bots.contract import Ears, hear, listening
from tests.bots.discord.conftest import LANGUAGES, Knows, Waits, settings
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_guilds import (
    CREATE_PRIVATE,
    CREATE_PUBLIC,
    FORUM,
    MANAGE_THREADS,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    SEND_IN_THREADS,
    VIEW,
)
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import TEXT, Channel

MAKE = "POST /channels/{channel_id}/threads"
LOOK = "GET /channels/{channel_id}"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
NOTHING_NEW, PROMISED = 6, 5
ONLY_THEM = 1 << 6


class KnowsRooms(Knows):
    """A desk that heard in rooms, too."""

    def __init__(self, fake: DiscordFake) -> None:
        super().__init__(lambda: str(fake.world.bot["id"]))
        self.rooms: dict[Address, str] = {}

    async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
        return {**await super().last_heard(platform, account), **self.rooms}


@pytest.fixture
def knows(fake: DiscordFake) -> KnowsRooms:
    return KnowsRooms(fake)


@pytest.fixture
def kind() -> int:
    return FORUM


@pytest.fixture
def staff(fake: DiscordFake, kind: int) -> Channel:
    return fake.guild(1).channel("staff", kind)


@pytest.fixture
def kim(fake: DiscordFake) -> Person:
    """Of the staff."""
    person = fake.person(8, "Kim")
    fake.guild(1).join(person.user, [fake.guild(1).role("staff", MANAGE_THREADS)])
    return person


@pytest.fixture
async def adapter(
    fake: DiscordFake, staff: Channel, waits: Waits, knows: KnowsRooms
) -> AsyncIterator[DiscordAdapter]:
    opened = DiscordAdapter(
        settings(fake, staff_channel=str(staff.id)), LANGUAGES, sleep=waits.sleep, quick=0.05
    )
    opened.look_up(knows)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def room(adapter: DiscordAdapter) -> Address:
    return await adapter.open_room("12 · It is broken")


@pytest.fixture
def thread(fake: DiscordFake, room: Address) -> Channel:
    return fake.world.channel(room.thread)


@pytest.fixture
async def ears(fake: DiscordFake, adapter: DiscordAdapter) -> AsyncIterator[Ears]:
    """As a desk that takes each event once."""
    hearing = Ears()
    async with listening(adapter, once(hearing)):
        await fake.is_connected()
        yield hearing


def once(ears: Ears) -> Receive:
    async def receive(inbound: Inbound) -> None:
        if inbound.event not in [one.event for one in ears.heard]:
            await ears.receive(inbound)

    return receive


def shown(fake: DiscordFake, thread: Channel) -> list[str]:
    return [one.content for one in fake.screen(thread)]


# Opening


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


# Saying


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


# Hearing


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


# Buttons and commands


async def test_a_press_in_a_room_is_answered_to_its_presser_and_the_card_can_change(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    card = Outbound(room, "Ticket 12", choices=(Choice("Take", "staff:take:12"),))
    message = await adapter.send(card)
    pressed = await kim.presses("Take", thread.inbox.messages[-1])
    assert await pressed.answered() == NOTHING_NEW
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.choice, heard.message) == (Kind.PRESS, "staff:take:12", message)
    assert (heard.address, heard.in_room, heard.private) == (room, True, False)
    await adapter.edit(Outbound(room, "Ticket 12, yours"), message)
    answered = await adapter.send(Outbound(room, "It is yours", answer_to=heard.answer_to))
    assert shown(fake, thread)[1:] == ["Ticket 12, yours"]
    (answer,) = kim.seen
    assert answer.content == "It is yours"
    assert kim.inbox[0]["flags"] & ONLY_THEM
    await adapter.edit(Outbound(room, "It is yours now"), answered)
    assert [one.content for one in kim.seen] == ["It is yours now"]
    await adapter.withdraw(room, answered)
    assert kim.seen == []


async def test_a_command_in_a_room_has_the_rooms_address_and_only_its_caller_is_answered(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    command = await kim.runs("queue", {"text": "mine"}, channel=thread)
    assert await command.answered() == PROMISED
    (heard,) = await ears.until(1)
    assert (heard.kind, heard.text, heard.address) == (Kind.MESSAGE, "/queue mine", room)
    assert heard.in_room
    assert not heard.private
    outbound = Outbound(room, "1 ticket", reply_to=heard.message, answer_to=heard.answer_to)
    answered = await adapter.send(outbound)
    assert [one.content for one in kim.seen] == ["1 ticket"]
    assert shown(fake, thread)[1:] == []
    fake.clock.advance(901)
    with pytest.raises(Refused, match="15 minutes") as refused:
        await adapter.edit(Outbound(room, "2 tickets"), answered)
    assert not refused.value.gone
    await adapter.send(outbound)  # too late for them alone
    assert shown(fake, thread)[1:] == ["1 ticket"]


async def test_a_command_in_a_room_that_says_nothing_leaves_nothing(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person,
) -> None:  # fmt: skip
    command = await kim.runs("take", channel=thread)
    assert await command.answered() == PROMISED
    (heard,) = await ears.until(1)
    await fake.until(lambda: command.original is None)
    await adapter.send(Outbound(room, "late", answer_to=heard.answer_to, nonce="out:1"))
    assert [one.content for one in kim.seen] == ["late"]
    assert shown(fake, thread)[1:] == []


async def test_after_a_restart_a_press_is_answered_and_its_card_stays(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, room: Address, thread: Channel,
    kim: Person, staff: Channel,
) -> None:  # fmt: skip
    await adapter.send(Outbound(room, "Ticket 12", choices=(Choice("Take", "staff:take:12"),)))
    await (await kim.presses("Take", thread.inbox.messages[-1])).answered()
    (heard,) = await ears.until(1)
    restarted = DiscordAdapter(settings(fake, staff_channel=str(staff.id)), LANGUAGES)
    await restarted.open()
    await restarted.send(Outbound(room, "It is yours", answer_to=heard.answer_to))
    assert [one.content for one in kim.seen] == ["It is yours"]
    assert shown(fake, thread)[1:] == ["Ticket 12"]
    await restarted.close()


async def test_a_press_comes_after_what_was_missed_in_its_room(
    fake: DiscordFake, adapter: DiscordAdapter, room: Address, thread: Channel, kim: Person,
    knows: KnowsRooms,
) -> None:  # fmt: skip
    await adapter.send(Outbound(room, "Ticket 12", choices=(Choice("Take", "staff:take:12"),)))
    knows.rooms[room] = str(thread.id)
    await kim.says("missed", channel=thread)
    fake.faults.add(route="GET /channels/{channel_id}/messages", kind="delay", before=0.1)
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        await kim.presses("Take", thread.inbox.messages[-1])
        first, second = await ears.until(2)
    assert (first.text, second.choice) == ("missed", "staff:take:12")


async def test_the_staffs_commands_are_in_their_server_only_and_hidden_from_others(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, kim: Person
) -> None:
    ada = fake.person(7, "Ada")
    for number in (1, 2):
        fake.guild(number).join(ada.user)
    fake.guild(2).join(kim.user, [fake.guild(2).role("staff", MANAGE_THREADS)])
    lobbies = [fake.guild(number).channel("lobby") for number in (1, 2)]
    with pytest.raises(LookupError, match="hidden"):
        await ada.runs("queue", channel=lobbies[0])
    with pytest.raises(LookupError, match="no command"):
        await kim.runs("queue", channel=lobbies[1])
    with pytest.raises(LookupError, match="no command"):
        await kim.runs("queue")
    await ada.runs("tickets", channel=lobbies[1])
    await kim.runs("reply", {"text": "12 Hello there"}, channel=lobbies[0])
    first, second = await ears.until(2)
    assert (first.text, second.text) == ("/tickets", "/reply 12 Hello there")
    assert second.address == Address("discord", adapter.account, str(lobbies[0].id), f"@{kim.id}")
    assert not second.in_room


@pytest.mark.parametrize("guild", ["1", "5", ""])
async def test_commands_are_told_once_wherever_they_are_shown(
    fake: DiscordFake, staff: Channel, guild: str
) -> None:
    fake.guild(5)
    for _ in range(2):
        adapter = DiscordAdapter(
            settings(fake, staff_channel=str(staff.id), guild=guild), LANGUAGES
        )
        await adapter.open()
        await adapter.close()
    told = [call for call in fake.calls if call.route.startswith("PUT")]
    assert len(told) == (1 if guild == "1" else 2)
    assert sum("queue" in [one["name"] for one in call.body] for call in told) == 1
