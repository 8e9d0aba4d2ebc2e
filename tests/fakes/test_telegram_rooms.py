"""The imitation's forums, channels, captions and deletions, used by the real library."""

import pytest
from telegram import Bot, MessageEntity
from telegram.error import BadRequest

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_bots import keyboard
from tests.fakes.telegram_screen import Shown

STAFF, NEWS = -1001, -1002


async def test_a_bot_knows_what_it_may_do_in_a_group(fake: TelegramFake, bot: Bot) -> None:
    staff = fake.group(STAFF, forum=True)
    administrator = await bot.get_chat_member(STAFF, 42)
    assert administrator.to_dict()["can_manage_topics"]
    staff.rights.clear()
    assert (await bot.get_chat_member(STAFF, 42)).status == "member"
    staff.blocked = True
    assert (await bot.get_chat_member(STAFF, 42)).status == "kicked"


async def test_topics_need_a_forum_and_the_right(fake: TelegramFake, bot: Bot) -> None:
    fake.group(-1009)
    fake.group(STAFF, forum=True).rights.clear()
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await bot.create_forum_topic(-1009, "Ticket")
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(STAFF, "Ticket")


async def test_people_open_close_and_delete_topics(fake: TelegramFake, bot: Bot) -> None:
    staff, sue = fake.group(STAFF, forum=True), fake.person(9)
    topic = await sue.opens_topic(STAFF, "Lunch")
    await sue.renames_topic(STAFF, topic, "Dinner")
    await bot.send_message(STAFF, "Soup", message_thread_id=topic)
    await sue.closes_topic(STAFF, topic)
    await bot.send_message(STAFF, "more", message_thread_id=topic)
    assert fake.screen(STAFF, topic) == [Shown("Soup"), Shown("more")]
    staff.rights.clear()
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(STAFF, "Tea", message_thread_id=topic)
    told = [update.message for update in await bot.get_updates()]
    assert [one and one.message_thread_id for one in told] == [topic] * 3
    await sue.deletes_topic(STAFF, topic)
    assert fake.screen(STAFF) == []
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(STAFF, "Tea", message_thread_id=topic)


async def test_a_caption_is_edited_where_there_is_one(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    written = await bot.send_message(7, "words")
    pictured = await bot.send_photo(7, b"picture", "Lok", reply_markup=keyboard(("Ok", "ok")))
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await written.edit_caption("more")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await pictured.edit_text("more")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await pictured.edit_caption("x" * 1025)
    bold = MessageEntity("bold", 0, 4)
    await pictured.edit_caption("Look", caption_entities=[bold])
    with pytest.raises(BadRequest, match="Message is not modified"):
        await pictured.edit_caption("Look", caption_entities=[bold])
    assert fake.screen(7) == [Shown("words"), Shown("Look", file=b"picture")]


@pytest.mark.parametrize(("width", "height"), [(10_000, 1), (6_000, 4_001), (21, 1)])
async def test_a_picture_of_odd_sides_is_no_photo(
    fake: TelegramFake, bot: Bot, width: int, height: int
) -> None:
    fake.person(7)
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4)
    with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
        await bot.send_photo(7, png)
    await bot.send_document(7, png)
    assert fake.screen(7) == [Shown("", file=png)]


async def test_two_days_old_messages_stay(fake: TelegramFake, bot: Bot) -> None:
    ada = fake.person(7)
    sent = await bot.send_message(7, "old")
    ada.inbox[0]["date"] -= 48 * 3600 + 1
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await sent.delete()
    assert fake.screen(7) == [Shown("old")]


async def test_a_channel_speaks_in_its_own_name(fake: TelegramFake, bot: Bot) -> None:
    channel = fake.channel(NEWS, "our_news")
    sent = await bot.send_message("@our_news", "News")
    assert sent.from_user is None
    assert sent.sender_chat
    await sent.edit_text("Better news")
    await fake.person(9).posts(channel, "by hand")
    [update] = await bot.get_updates()
    assert update.channel_post
    assert update.channel_post.text == "by hand"
    await update.channel_post.edit_text("by the bot")
    channel.rights.remove("can_edit_messages")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await update.channel_post.edit_text("once more")
    assert fake.screen(NEWS) == [Shown("Better news")]
    channel.rights.clear()
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await sent.edit_text("too late")


async def test_in_privacy_mode_a_member_hears_only_what_is_for_it(
    fake: TelegramFake, bot: Bot
) -> None:
    fake.world.reads_all = False
    staff, sue = fake.group(STAFF, forum=True), fake.person(9)
    await sue.says_in_group(STAFF, "to an administrator")
    staff.rights.clear()
    await bot.send_message(STAFF, "yes?")
    await sue.says_in_group(STAFF, "unheard")
    await sue.says_in_group(STAFF, "/help")
    await sue.says_in_group(STAFF, "an answer", reply_to=staff.inbox[0])
    heard = [update.message and update.message.text for update in await bot.get_updates()]
    assert heard == ["to an administrator", "/help", "an answer"]
