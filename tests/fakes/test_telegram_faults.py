"""Faults and limits of the imitation of Telegram, as the real library meets them."""

import asyncio
import math
from datetime import timedelta
from typing import Any

import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_bots import TOKEN, talking_bot


async def test_a_blocked_bot_is_told_and_refused(fake: TelegramFake, bot: Bot) -> None:
    anna = fake.person(7)
    await anna.blocks()
    [update] = await bot.get_updates()
    assert update.my_chat_member
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(7, "hello?")
    await anna.unblocks()
    await bot.send_message(7, "welcome back")
    assert [message["text"] for message in anna.inbox] == ["welcome back"]


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ({"kind": "too_many", "retry_after": 17}, RetryAfter, "17"),
        ({"kind": "blocked"}, Forbidden, "blocked"),
        ({"kind": "bad_request", "description": "Bad Request: nope"}, BadRequest, "Nope"),
        ({"kind": "migrated", "migrate_to": -1009}, ChatMigrated, "-1009"),
        ({"kind": "conflict"}, Conflict, "terminated"),
        ({"kind": "unauthorized"}, InvalidToken, "Unauthorized"),
        ({"kind": "server_error", "status": 502}, NetworkError, "Bad Gateway"),
        ({"kind": "server_error", "status": 500, "html": False}, NetworkError, "Internal"),
        ({"kind": "cut"}, NetworkError, "disconnected"),
    ],
)
async def test_a_fault_before_acceptance_leaves_nothing_behind(
    fake: TelegramFake,
    bot: Bot,
    fault: dict[str, Any],
    error: type[TelegramError],
    words: str,
) -> None:
    fake.person(7)
    fake.faults.add(method="sendMessage", **fault)
    with pytest.raises(error, match=words):
        await bot.send_message(7, "first")
    await bot.send_message(7, "second")
    assert [sent.text for sent in fake.ledger] == ["second"]


async def test_a_lost_answer_was_accepted_all_the_same(fake: TelegramFake, bot: Bot) -> None:
    anna = fake.person(7)
    fake.faults.add(kind="lost_answer", method="sendMessage")
    with pytest.raises(NetworkError, match="disconnected"):
        await bot.send_message(7, "did it arrive?")
    assert [message["text"] for message in anna.inbox] == ["did it arrive?"]
    assert [call.status for call in fake.calls_of("sendMessage")] == [0]


async def test_an_answer_that_is_no_json_was_accepted_too(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    fake.faults.add(kind="malformed", method="sendMessage")
    with pytest.raises(TelegramError):
        await bot.send_message(7, "garbled")
    assert len(fake.ledger) == 1


async def test_a_delay_after_acceptance_ends_in_an_unknown_outcome(
    fake: TelegramFake, bot: Bot
) -> None:
    fake.person(7)
    fake.faults.add(kind="delay", method="sendMessage", after=5)
    with pytest.raises(TimedOut):
        await bot.send_message(7, "slow", read_timeout=0.05)
    assert len(fake.ledger) == 1


async def test_a_fault_strikes_only_its_chat_as_often_as_ordered(
    fake: TelegramFake, bot: Bot
) -> None:
    fake.person(7)
    fake.person(8)
    fake.faults.add(kind="too_many", chat=8, times=2)
    await bot.send_message(7, "other chat")
    for _ in range(2):
        with pytest.raises(RetryAfter):
            await bot.send_message(8, "no")
    await bot.send_message(8, "yes")
    assert [sent.text for sent in fake.ledger] == ["other chat", "yes"]
    with pytest.raises(ValueError, match="none of the faults"):
        fake.faults.add(kind="earthquake")


async def test_a_share_of_the_calls_can_be_struck(fake: TelegramFake, bot: Bot) -> None:
    fake.person(7)
    fake.faults.add(kind="too_many", method="sendMessage", share=0.5, times=None)
    results = await asyncio.gather(
        *(bot.send_message(7, str(n)) for n in range(40)), return_exceptions=True
    )
    refused = sum(isinstance(result, RetryAfter) for result in results)
    assert 8 <= refused <= 32
    assert len(fake.ledger) == 40 - refused == 40 - fake.faults.struck


async def test_the_limits_of_the_platform_can_be_switched_on(fake: TelegramFake, bot: Bot) -> None:
    for chat in range(1, 5):
        fake.person(chat)
    fake.limits(per_second=3, per_chat=1, per_group_minute=math.inf, clock=lambda: 0.0)
    await bot.send_message(1, "first")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(1, "too soon for this chat")
    assert refused.value.retry_after == timedelta(seconds=1)
    await bot.send_message(2, "second")
    await bot.send_message(3, "third")
    with pytest.raises(RetryAfter):
        await bot.send_message(4, "too many for all")
    assert [sent.text for sent in fake.ledger] == ["first", "second", "third"]


async def test_latency_lies_half_before_acceptance_and_half_after() -> None:
    async with TelegramFake(TOKEN, latency=0.1) as fake, talking_bot(fake.url) as bot:
        fake.person(7)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await bot.send_message(7, "hello")
        assert fake.ledger[0].at - began >= 0.05
        assert loop.time() - fake.ledger[0].at >= 0.05
