"""The staff's group: topics that the desk opens, and all that is written there."""

from collections.abc import Callable

import pytest

from bots.telegram.adapter import TelegramAdapter
from core.adapter import Refused, Retry, Unknown
from core.messages import Address, Choice, Kind, Outbound
from tests.bots.contract import Ears, hear, listening, read
from tests.bots.telegram.conftest import STAFF, settings
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_screen import Shown
from tests.fakes.telegram_world import Room

GENERAL = Address("telegram", "42", str(STAFF))


async def test_without_a_group_there_are_no_rooms(adapter: TelegramAdapter) -> None:
    assert not adapter.has_rooms
    assert adapter.public_place is None


async def test_a_room_is_a_topic_and_what_is_sent_there_is_shown_there(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    assert desk.has_rooms
    room = await desk.open_room("#12 " + "ü" * 200)
    assert (room.platform, room.account, room.chat) == ("telegram", "42", str(STAFF))
    assert fake.group(STAFF).topics[int(room.thread)] == "#12 " + "ü" * 124
    await desk.send(Outbound(room, "in the room", choices=(Choice("Take", "take:12"),)))
    await desk.send(Outbound(GENERAL, "to all"))
    assert fake.screen(STAFF, int(room.thread)) == [Shown("in the room", ("Take",))]
    assert fake.screen(STAFF, 0) == [Shown("to all")]


async def test_all_that_is_written_there_is_heard_in_its_place(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    room = await desk.open_room("Ticket")
    sue, thread = fake.person(9, "Sue"), int(room.thread)
    said = await sue.says_in_group(STAFF, "Hello, ", thread=thread)
    await sue.says_in_group(STAFF, "/queue@front_desk_bot now")
    await sue.says_in_group(STAFF, "/queue@other_bot")
    await sue.says_in_group(STAFF, "/close", thread=thread)
    await sue.edits(said, "Hello!")
    await sue.sends_photo_in_group(STAFF, b"one", thread, album="5")
    heard = await hear(desk, 5)
    assert [(one.kind, one.text, one.address.thread) for one in heard] == [
        (Kind.MESSAGE, "Hello, ", room.thread),
        (Kind.MESSAGE, "/queue now", ""),
        (Kind.MESSAGE, "/close", room.thread),
        (Kind.EDIT, "Hello!", room.thread),
        (Kind.MESSAGE, "", room.thread),
    ]
    assert all(one.in_room and not one.private and one.sender.id == "9" for one in heard)
    assert heard[-1].group == "5"
    assert await read(desk, heard[-1].attachments[0]) == b"one"


async def test_a_press_there_is_one_in_a_room(fake: TelegramFake, desk: TelegramAdapter) -> None:
    room = await desk.open_room("Ticket")
    await desk.send(Outbound(room, "Who?", choices=(Choice("I", "take:12"),)))
    await fake.person(9).presses(fake.group(STAFF).inbox[0], "I")
    (press,) = await hear(desk)
    assert (press.kind, press.choice, press.address) == (Kind.PRESS, "take:12", room)
    assert press.in_room
    assert not press.private


async def test_what_happens_to_topics_is_nobodys_message(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    sue, ears = fake.person(9), Ears()
    topic = await sue.opens_topic(STAFF, "Lunch")
    await sue.renames_topic(STAFF, topic, "Dinner")
    await sue.closes_topic(STAFF, topic)
    async with listening(desk, ears.receive):
        await fake.all_confirmed()
    assert ears.heard == []


async def test_in_other_groups_only_what_is_for_us_is_heard(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    await fake.person(9).says_in_group(-1009, "among ourselves")
    await fake.person(9).says_in_group(-1009, "@front_desk_bot hello")
    (heard,) = await hear(desk)
    assert (heard.text, heard.in_room) == ("hello", False)


async def test_a_deleted_topic_is_gone_and_nothing_is_said_elsewhere(
    fake: TelegramFake, desk: TelegramAdapter
) -> None:
    room = await desk.open_room("Ticket")
    await fake.person(9).deletes_topic(STAFF, int(room.thread))
    with pytest.raises(Refused, match="deleted or closed") as refused:
        await desk.send(Outbound(room, "private matter"))
    assert refused.value.gone
    assert fake.screen(STAFF) == []


@pytest.mark.parametrize("words", ["TOPIC_CLOSED", "TOPIC_DELETED"])
async def test_a_topic_in_which_we_may_not_write_is_gone(
    fake: TelegramFake, desk: TelegramAdapter, words: str
) -> None:
    room = await desk.open_room("Ticket")
    fake.faults.add(kind="bad_request", method="sendMessage", description=f"Bad Request: {words}")
    with pytest.raises(Refused) as refused:
        await desk.send(Outbound(room, "hello"))
    assert refused.value.gone


def lose_topics(room: Room) -> None:
    del room.chat["is_forum"]


def lose_rights(room: Room) -> None:
    room.rights.clear()


def throw_out(room: Room) -> None:
    room.blocked = True


LACKS = [
    (lose_topics, "Switch on “Topics”"),
    (lose_rights, "with the right “Manage topics”"),
    (throw_out, "add the bot to that group"),
]


@pytest.mark.parametrize(("lose", "advice"), LACKS)
async def test_what_is_missing_is_told_at_the_start_and_at_each_room(
    fake: TelegramFake,
    caplog: pytest.LogCaptureFixture,
    lose: Callable[[Room], None],
    advice: str,
) -> None:
    lose(fake.group(STAFF, forum=True))
    desk = TelegramAdapter(settings(fake.url, staff_chat=str(STAFF)))
    await desk.open()
    assert [record.levelname for record in caplog.records if advice in record.message] == ["ERROR"]
    assert "FRONTDESK_TELEGRAM__STAFF_CHAT" in caplog.text
    with pytest.raises(Refused, match=advice):
        await desk.open_room("Ticket")
    await desk.close()


async def test_a_bot_that_hears_only_what_is_said_to_it_says_so(
    fake: TelegramFake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.world.reads_all = False
    fake.group(STAFF, forum=True).rights.clear()
    desk = TelegramAdapter(settings(fake.url, staff_chat=str(STAFF)))
    await desk.open()
    assert "only then it also hears all" in caplog.text
    ears = Ears()
    await fake.person(9).says_in_group(STAFF, "unheard")
    await fake.person(9).says_in_group(STAFF, "/help")
    async with listening(desk, ears.receive):
        await fake.all_confirmed()
        fake.group(STAFF).rights.add("can_manage_topics")
        await fake.person(9).says_in_group(STAFF, "heard")
        assert [one.text for one in await ears.until(2)] == ["/help", "heard"]
    await desk.close()


async def test_a_group_that_is_all_right_is_not_talked_about(
    desk: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_a_desk_whose_group_is_not_seen_still_opens(
    fake: TelegramFake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.faults.add(kind="cut", method="getChat")
    desk = TelegramAdapter(settings(fake.url, staff_chat=str(STAFF)))
    await desk.open()
    assert "the staff's group was not seen" in caplog.text
    await desk.close()


@pytest.mark.parametrize("method", ["getChat", "createForumTopic", "sendMessage"])
async def test_a_group_with_a_new_id_is_named(
    fake: TelegramFake, desk: TelegramAdapter, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    fake.faults.add(kind="migrated", method=method, migrate_to=-100777)
    if method == "getChat":
        await desk.open()
    else:
        say = desk.open_room("T") if method == "createForumTopic" else desk.send(
            Outbound(GENERAL, "hello")
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            await say
        assert refused.value.moved_to == "-100777"
    assert "set FRONTDESK_TELEGRAM__STAFF_CHAT to -100777" in caplog.text


async def test_the_news_of_a_new_id_is_logged(
    fake: TelegramFake, desk: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    told = await fake.person(9).says_in_group(STAFF, "x")
    fake.updates.forget_all()
    del told["text"]
    fake.updates.put("message", told | {"migrate_to_chat_id": -100777})
    async with listening(desk, Ears().receive):
        await fake.all_confirmed()
    assert "set FRONTDESK_TELEGRAM__STAFF_CHAT to -100777" in caplog.text


async def test_who_hides_behind_the_group_is_told_in_the_log(
    fake: TelegramFake, desk: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    said = await fake.person(9).says_in_group(STAFF, "who am I")
    fake.updates.forget_all()
    fake.updates.put("message", said | {"from": nobody, "sender_chat": said["chat"]})
    ears = Ears()
    async with listening(desk, ears.receive):
        await fake.all_confirmed()
    assert ears.heard == []
    assert "Remain anonymous" in caplog.text
    assert "who am I" not in caplog.text


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("too_many", Retry),
        ("server_error", Retry),
        ("lost_answer", Unknown),
        ("malformed", Unknown),
    ],
)
async def test_trouble_at_opening_a_room_says_what_it_was(
    fake: TelegramFake, desk: TelegramAdapter, kind: str, failure: type[Exception]
) -> None:
    fake.faults.add(kind=kind, method="createForumTopic")
    with pytest.raises(failure):
        await desk.open_room("Ticket")
