"""The imitation of Telegram, used by the real python-telegram-bot: updates, messages, buttons."""

import asyncio
import copy
from typing import Any

import pytest
from telegram import (
    Bot,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    Conflict,
)

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_bots import keyboard, polling_echo, talking_bot
from tests.fakes.telegram_people import labels


async def test_a_polling_bot_hears_and_answers(fake: TelegramFake) -> None:
    anna = fake.person(7, "Anna", language_code="de")
    async with polling_echo(fake.url):
        await anna.says("/start")
        [welcome] = await anna.hears()
        await anna.says("Wo bleibt mein Geld?")
        [answer] = await anna.hears()
        await fake.all_confirmed()
    assert welcome["text"] == "welcome de"
    assert answer["text"] == "echo: Wo bleibt mein Geld?"
    assert [sent.text for sent in fake.ledger] == [welcome["text"], answer["text"]]


async def test_a_waiting_poll_is_woken_by_a_message(fake: TelegramFake, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await fake.is_polled()
    await fake.person(7).says("wake up")
    async with asyncio.timeout(10):
        [update] = await poll
    assert update.message
    assert update.message.text == "wake up"


async def test_of_two_pollers_the_older_one_meets_a_conflict(fake: TelegramFake, bot: Bot) -> None:
    async with talking_bot(fake.url) as second:
        older = asyncio.create_task(bot.get_updates(timeout=50))
        await fake.is_polled()
        newer = asyncio.create_task(second.get_updates(timeout=50))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await older
        await fake.person(7).says("for the newer one")
        assert len(await newer) == 1


async def test_only_a_higher_offset_confirms_an_update(fake: TelegramFake, bot: Bot) -> None:
    anna = fake.person(7)
    for text in ("one", "two", "three"):
        await anna.says(text)
    first = await bot.get_updates(limit=2)
    assert [update.message and update.message.text for update in first] == ["one", "two"]
    assert await bot.get_updates(limit=2) == first
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message and update.message.text for update in rest] == ["three"]
    assert fake.updates.confirmed == first[-1].update_id


async def test_a_negative_offset_counts_from_the_end(fake: TelegramFake, bot: Bot) -> None:
    for text in ("one", "two", "three"):
        await fake.person(7).says(text)
    [last] = await bot.get_updates(offset=-1)
    assert last.message
    assert last.message.text == "three"
    assert len(fake.updates.pending) == 1


async def test_update_numbers_may_jump_back_and_nothing_is_lost(
    fake: TelegramFake, bot: Bot
) -> None:
    anna = fake.person(7)
    fake.next_update_id = 900_000
    await anna.says("before")
    [before] = await bot.get_updates()
    with pytest.raises(ValueError, match="once the bot has confirmed"):
        fake.next_update_id = 5
    await bot.get_updates(offset=before.update_id + 1)
    fake.next_update_id = 5
    await anna.says("after")
    [after] = await bot.get_updates(offset=before.update_id + 1)
    assert (before.update_id, after.update_id) == (900_000, 5)


async def test_kinds_that_were_not_asked_for_do_not_arrive(fake: TelegramFake, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await fake.person(7).says("unheard")
    await bot.get_updates(allowed_updates=[])
    await fake.person(7).says("heard")
    [update] = await bot.get_updates()
    assert update.message
    assert update.message.text == "heard"


async def test_buttons_are_pressed_answered_and_edited(fake: TelegramFake, bot: Bot) -> None:
    anna = fake.person(7)
    sent = await bot.send_message(
        7, "Did this help?", reply_markup=keyboard(("Yes", "y"), ("No", "n"))
    )
    [question] = await anna.hears()
    assert labels(question) == ["Yes", "No"]
    query_id = await anna.presses(question, "No")
    [update] = await bot.get_updates()
    query = update.callback_query
    assert query
    assert (query.id, query.data, query.from_user.id) == (query_id, "n", 7)
    assert fake.press_answers[query_id] is None
    await query.answer("Sorry!")
    call = fake.press_answers[query_id]
    assert call
    assert call.text("text") == "Sorry!"
    old = copy.deepcopy(question)
    await bot.edit_message_text(
        "Then a ticket?", 7, sent.message_id, reply_markup=keyboard(("Ok", "t"))
    )
    assert (question["text"], labels(question)) == ("Then a ticket?", ["Ok"])
    await bot.edit_message_reply_markup(7, sent.message_id)
    assert labels(question) == []
    await anna.presses(old, "y")
    with pytest.raises(LookupError, match="no button 'y'"):
        await anna.presses(question, "y")


async def test_an_edit_that_changes_nothing_is_refused(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    sent = await bot.send_message(7, "same", reply_markup=keyboard(("Ok", "ok")))
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("same", 7, sent.message_id, reply_markup=keyboard(("Ok", "ok")))


@pytest.mark.parametrize(
    ("arguments", "description"),
    [
        ({"text": " "}, "Message text is empty"),
        ({"text": "x" * 4097}, "Message is too long"),
        ({"text": "\N{GRINNING FACE}" * 2049}, "Message is too long"),
        ({"text": "x", "reply_markup": keyboard(("Ok", "ü" * 33))}, "Button_data_invalid"),
        ({"text": "x", "chat_id": 8}, "Chat not found"),
        ({"text": "x", "reply_parameters": ReplyParameters(99)}, "Message to be replied not found"),
        ({"text": "x", "message_thread_id": 99}, "Message thread not found"),
        ({"text": "x", "parse_mode": "HTML"}, "Unsupported parse_mode"),
        (
            {"text": "ab", "entities": [MessageEntity("bold", 1, 2)]},
            "Entity beginning at utf-16 offset 1 ends after the end of the text at utf-16 offset 3",
        ),
        (
            {"text": "\N{GRINNING FACE}", "entities": [MessageEntity("bold", 1, 1)]},
            "Entity begins in a middle of a utf-16 symbol at byte offset 4",
        ),
    ],
)
async def test_what_telegram_refuses_is_refused_in_its_words(
    fake: TelegramFake, bot: Bot, arguments: dict[str, Any], description: str
) -> None:
    """Case aside: the library writes the first letter large and all others small."""
    fake.person(7)
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(**{"chat_id": 7, **arguments})
    assert refused.value.message == description
    assert fake.ledger == []


async def test_the_longest_text_and_button_are_accepted(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    text = "\N{GRINNING FACE}" * 2048
    sent = await bot.send_message(
        7, text, entities=[MessageEntity("bold", 0, 4096)], reply_markup=keyboard(("Ok", "ü" * 32))
    )
    assert sent.text == text
    assert sent.entities == (MessageEntity("bold", 0, 4096),)


async def test_an_answer_shows_what_it_answers(fake: TelegramFake, bot: Bot) -> None:
    anna = fake.person(7)
    question = await anna.says("Why?")
    sent = await bot.send_message(
        7, "So.", reply_parameters=ReplyParameters(question["message_id"])
    )
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "Why?"
    await anna.says("Thanks", reply_to=anna.inbox[0])
    update = (await bot.get_updates())[-1]
    assert update.message
    assert update.message.reply_to_message
    assert update.message.reply_to_message.text == "So."


async def test_topics_of_a_forum_take_messages(fake: TelegramFake, bot: Bot) -> None:
    staff = fake.group(-1001, "Staff", forum=True)
    topic = await bot.create_forum_topic(-1001, "Ticket 12")
    sent = await bot.send_message(-1001, "new ticket", message_thread_id=topic.message_thread_id)
    assert sent.is_topic_message
    await fake.person(9).says_in_group(-1001, "mine", thread=topic.message_thread_id)
    [update] = await bot.get_updates()
    assert update.message
    assert update.message.chat.type == "supergroup"
    assert update.message.message_thread_id == topic.message_thread_id
    assert [message["text"] for message in staff.inbox] == ["new ticket"]
    assert (await bot.get_chat(-1001)).is_forum


async def test_a_deleted_message_can_no_longer_be_edited(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    sent = await bot.send_message(7, "soon gone")
    await sent.delete()
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await sent.edit_text("too late")


async def test_what_the_bot_says_about_itself_is_remembered(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    await bot.set_my_commands([("help", "Hilfe")], language_code="de")
    await bot.set_my_description("We help.")
    await bot.set_my_short_description("Help")
    await bot.send_chat_action(7, "typing")
    assert "Hilfe" in fake.profile["setMyCommands", "de"]["commands"]
    assert fake.profile["setMyDescription", ""] == {"description": "We help."}
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([("Help!", "Help")])
