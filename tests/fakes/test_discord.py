"""The imitation of Discord as the real discord.py meets it: words in and out."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import Echo, connected
from tests.fakes.discord_people import Shown


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running


@pytest.fixture
async def echo(fake: DiscordFake) -> AsyncIterator[Echo]:
    async with connected(fake, Echo()) as client:
        yield client


async def test_words_go_in_and_out(fake: DiscordFake, echo: Echo) -> None:
    anna = fake.person(7, "Anna")
    said = await anna.says("Hallo 👋")
    [answer] = await anna.hears()
    assert answer["content"] == "echo: Hallo 👋"
    assert anna.seen == [Shown("echo: Hallo 👋")]
    assert echo.heard[0].id == int(said["id"])
    assert echo.heard[0].author.id == 7
    assert [sent.text for sent in fake.ledger] == ["echo: Hallo 👋"]
