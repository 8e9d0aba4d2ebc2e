"""More messages a second than are free."""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from bots.telegram.adapter import TelegramAdapter
from bots.telegram.purse import PAUSE
from core.adapter import Refused, Retry
from core.messages import Address, Outbound
from tests.bots.telegram.conftest import ADA, NEWS, STAFF, settings
from tests.conftest import Clock
from tests.fakes.telegram import TelegramFake

FREE, PAID = 30, 300


@pytest.fixture
async def rich(fake: TelegramFake, clock: Clock) -> AsyncIterator[TelegramAdapter]:
    """May pay, in a second that does not end, for which it has no Stars yet."""
    fake.group(STAFF, forum=True)
    fake.channel(NEWS)
    fake.limits(per_second=FREE, per_chat=math.inf, per_group_minute=math.inf, clock=lambda: 0.0)
    opened = TelegramAdapter(
        settings(fake.url, paid_per_second=PAID, staff_chat=str(STAFF), news_chat=str(NEWS)),
        clock=clock,
    )
    await opened.open()
    yield opened
    await opened.close()


async def send(adapter: TelegramAdapter, count: int) -> list[str | BaseException]:
    said = [adapter.send(Outbound(ADA, f"{number}")) for number in range(count)]
    return await asyncio.gather(*said, return_exceptions=True)


@pytest.mark.alone
async def test_what_goes_beyond_the_free_messages_of_a_second_is_paid_for(
    fake: TelegramFake, rich: TelegramAdapter
) -> None:
    fake.person(7)
    fake.world.pace.stars = Decimal(2)
    sent = await send(rich, 40)
    assert len(fake.ledger) == 40
    assert all(isinstance(one, str) for one in sent)
    assert (fake.world.pace.billed, fake.world.pace.stars) == (10, Decimal(1))
    assert rich.limits.per_second == PAID


@pytest.mark.alone
async def test_without_stars_the_usual_pace_is_kept_and_nothing_fails(
    fake: TelegramFake, rich: TelegramAdapter
) -> None:
    fake.person(7)
    sent = await send(rich, 40)
    assert len(fake.ledger) == FREE
    refused = [one for one in sent if not isinstance(one, str)]
    assert [type(one) for one in refused] == [Retry] * 10
    assert fake.world.pace.billed == 0


@pytest.mark.alone
async def test_when_stars_run_out_it_is_said_once_and_they_are_offered_again_later(
    fake: TelegramFake, rich: TelegramAdapter, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    fake.person(7)
    caplog.clear()

    async def offers() -> list[bool]:
        before = len(fake.calls_of("sendMessage"))
        await send(rich, 1)
        return [call.flag("allow_paid_broadcast") for call in fake.calls_of("sendMessage")[before:]]

    await send(rich, 40)
    assert await offers() == [False]
    assert [one.getMessage()[:32] for one in caplog.records] == ["Telegram takes no Stars of us: w"]
    clock.now += PAUSE
    fake.world.pace.stars = Decimal(2)
    assert await offers() == [True]
    assert fake.world.pace.billed == 1


async def test_what_is_refused_with_and_without_stars_says_nothing_of_them(
    fake: TelegramFake, rich: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    fake.person(7)
    fake.faults.add(kind="bad_request", method="sendMessage", times=2)
    caplog.clear()
    with pytest.raises(Refused):
        await rich.send(Outbound(ADA, "hello"))
    assert caplog.messages == []


async def test_nothing_is_paid_for_in_groups_and_channels_nor_without_the_setting(
    fake: TelegramFake, rich: TelegramAdapter, adapter: TelegramAdapter
) -> None:
    fake.person(7)
    topic = await rich.open_room("12 · Video")
    for place in (topic, Address("telegram", "42", str(NEWS)), ADA):
        await rich.send(Outbound(place, "hello"))
    await adapter.send(Outbound(ADA, "hello"))
    paid = [call.flag("allow_paid_broadcast") for call in fake.calls_of("sendMessage")]
    assert paid == [False, False, True, False]


async def test_who_is_not_there_is_not_asked_for_twice(
    fake: TelegramFake, rich: TelegramAdapter
) -> None:
    nobody = replace(ADA, chat="99")
    with pytest.raises(Exception, match="chat not found"):
        await rich.send(Outbound(nobody, "hello"))
    assert len(fake.calls_of("sendMessage")) == 1


def test_the_paid_pace_is_the_faster_one() -> None:
    with pytest.raises(ValidationError, match="above per_second"):
        settings("http://127.0.0.1:1", paid_per_second=20)


async def test_an_operator_hears_how_many_stars_there_are(
    fake: TelegramFake, rich: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for stars in (0, 250):
        fake.world.pace.stars = Decimal(stars)
        await rich.open()
    told = [(one.levelname, vars(one).get("stars")) for one in caplog.records]
    assert ("WARNING", 0) in told
    assert ("INFO", 250) in told
    fake.faults.add(kind="server_error", method="getMyStarBalance")
    await rich.open()
    assert "the bot's Stars are not known" in caplog.messages
