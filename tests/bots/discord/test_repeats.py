"""What may have arrived before a long silence is not said twice, and nothing is left unsaid."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bots.discord.adapter import DiscordAdapter
from core.messages import Address, Enclosed, Outbound
from tests.bots.discord.conftest import Knows
from tests.bots.discord.screen import words
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel

HISTORY = "GET /channels/{channel_id}/messages"
FILE = Enclosed("my proof.png", "image/png", b"\x89PNG")
LONG_AGO = timedelta(minutes=10)


def private(adapter: DiscordAdapter, ada: Person) -> Outbound:
    """As the outbox gives it for the second time."""
    address = Address("discord", adapter.account, str(ada.dm.id))
    written = datetime.now(UTC) - LONG_AGO
    return Outbound(address, " Is it *better* now? ", nonce="1", written=written, doubted=True)


async def said(fake: DiscordFake, adapter: DiscordAdapter, outbound: Outbound) -> str:
    """The first try, whose answer was lost; then Discord forgets its nonce."""
    fake.clock.advance(-LONG_AGO.total_seconds())
    id = await adapter.send(replace(outbound, doubted=False))
    fake.clock.advance(LONG_AGO.total_seconds())
    return id


@pytest.mark.parametrize(
    "change", [{}, {"text": "*" * 1500}, {"file": FILE}, {"file": FILE, "text": ""}]
)
async def test_what_is_there_is_not_said_again(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, change: dict[str, object]
) -> None:
    outbound = replace(private(adapter, ada), **change)  # type: ignore[arg-type]
    first = await said(fake, adapter, outbound)
    for _ in range(110):
        await ada.says("hello?")
    assert await adapter.send(outbound) == first
    assert len(ada.inbox) == 1
    assert len(fake.calls_of(HISTORY)) == 2


@pytest.mark.parametrize("thread", ["thread", "@7"])
async def test_in_a_thread_and_in_private_to_somebody_in_a_server(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, lobby: Channel, thread: str
) -> None:
    asked = await ada.says("how?", channel=lobby)
    place = asked["id"] if thread == "thread" else thread
    address = Address("discord", adapter.account, str(lobby.id), place)
    outbound = replace(private(adapter, ada), address=address)
    assert await said(fake, adapter, outbound) == await adapter.send(outbound)


async def test_what_is_not_there_is_said(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    outbound = private(adapter, ada)
    await said(fake, adapter, replace(outbound, text="Something else", nonce="0"))
    await ada.says("Is it *better* now?")
    await adapter.send(outbound)
    assert [words(one) for one in ada.inbox] == ["Something else", "Is it *better* now?"]


async def test_the_same_words_that_are_known_to_have_arrived_are_another_message(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, knows: Knows
) -> None:
    outbound = private(adapter, ada)
    first = await said(fake, adapter, replace(outbound, nonce="0"))
    knows.arrived[outbound.address] = [first]
    assert await adapter.send(outbound) != first


async def test_while_discord_knows_by_itself_nothing_is_read(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    just_now = replace(private(adapter, ada), written=datetime.now(UTC))
    sure = replace(private(adapter, ada), doubted=False)
    for outbound in (just_now, sure):
        await adapter.send(outbound)
    assert fake.calls_of(HISTORY) == []
