"""A channel for news: what is sent there goes on to the servers that follow it."""

from collections.abc import AsyncIterator

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import Publishes
from core.messages import Address, Outbound
from tests.bots.discord.conftest import LANGUAGES, settings
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_guilds import NEWS
from tests.fakes.discord_world import TEXT, Channel

PUBLISH = "POST /channels/{channel_id}/messages/{message_id}/crosspost"


@pytest.fixture
def channel(fake: DiscordFake) -> Channel:
    return fake.guild(1).channel("news", NEWS)


@pytest.fixture
async def adapter(fake: DiscordFake, channel: Channel) -> AsyncIterator[DiscordAdapter]:
    opened = DiscordAdapter(settings(fake, news_channel=str(channel.id)), LANGUAGES)
    await opened.open()
    yield opened
    await opened.close()


def news(adapter: DiscordAdapter, number: int = 1) -> Outbound:
    assert adapter.public_place
    return Outbound(adapter.public_place, f"news {number}", nonce=f"out:{number}")


async def test_news_is_published_once(
    fake: DiscordFake, adapter: DiscordAdapter, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(adapter, Publishes)
    assert adapter.public_place == Address("discord", adapter.account, str(channel.id))
    for _ in range(2):
        await adapter.send(news(adapter))
    (shown,) = channel.inbox.messages
    assert shown["flags"] & 1
    assert "in our channel only" not in caplog.text


async def test_more_than_ten_an_hour_are_sent_and_stay_in_the_channel(
    fake: DiscordFake, adapter: DiscordAdapter, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    fake.limits.set(routes={PUBLISH: (10, 3600.0)})
    for number in range(12):
        assert await adapter.send(news(adapter, number))
    assert [one["flags"] & 1 for one in channel.inbox.messages] == [1] * 10 + [0] * 2
    assert caplog.text.count("in our channel only") == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "forbidden"},
        {"kind": "server_error", "status": 503},
        {"kind": "cut"},
        {"kind": "rate_limited", "retry_after": 20.0},
    ],
)
async def test_what_is_not_published_counts_as_sent(
    fake: DiscordFake,
    adapter: DiscordAdapter,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, object],
) -> None:
    monkeypatch.setattr("bots.discord.saying.PUBLISHING", 0.2)
    fake.faults.add(route=PUBLISH, **fault)
    assert await adapter.send(news(adapter)) == channel.inbox.messages[0]["id"]
    assert "in our channel only" in caplog.text


async def test_a_channel_that_nobody_can_follow_only_shows_it(fake: DiscordFake) -> None:
    plain = fake.guild(1).channel("news for all", TEXT)
    adapter = DiscordAdapter(settings(fake, news_channel=str(plain.id)), LANGUAGES)
    await adapter.open()
    await adapter.send(news(adapter))
    assert fake.calls_of(PUBLISH) == []
    assert [one.content for one in fake.screen(plain)] == ["news 1"]
    await adapter.close()


async def test_without_the_setting_there_is_no_such_place(fake: DiscordFake) -> None:
    adapter = DiscordAdapter(settings(fake), LANGUAGES)
    await adapter.open()
    assert adapter.public_place is None
    await adapter.close()
