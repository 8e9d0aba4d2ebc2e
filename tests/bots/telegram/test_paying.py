"""More messages a second than are free."""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from bots.telegram.adapter import TelegramAdapter
from core.adapter import Retry
from core.messages import Address, Outbound
from tests.bots.telegram.conftest import ADA, NEWS, STAFF, settings
from tests.fakes.telegram import TelegramFake

FREE, PAID = 30, 300


@pytest.fixture
async def rich(fake: TelegramFake) -> AsyncIterator[TelegramAdapter]:
    """May pay, in a second that does not end, for which it has no Stars yet."""
    fake.group(STAFF, forum=True)
    fake.channel(NEWS)
    fake.limits(per_second=FREE, per_chat=math.inf, per_group_minute=math.inf, clock=lambda: 0.0)
    opened = TelegramAdapter(
        settings(fake.url, paid_per_second=PAID, staff_chat=str(STAFF), news_chat=str(NEWS))
    )
    await opened.open()
    yield opened
    await opened.close()


async def send(adapter: TelegramAdapter, count: int) -> list[str | BaseException]:
    said = [adapter.send(Outbound(ADA, f"{number}")) for number in range(count)]
    return await asyncio.gather(*said, return_exceptions=True)


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


async def test_without_stars_the_usual_pace_is_kept_and_nothing_fails(
    fake: TelegramFake, rich: TelegramAdapter
) -> None:
    fake.person(7)
    sent = await send(rich, 40)
    assert len(fake.ledger) == FREE
    refused = [one for one in sent if not isinstance(one, str)]
    assert [type(one) for one in refused] == [Retry] * 10
    assert fake.world.pace.billed == 0


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
