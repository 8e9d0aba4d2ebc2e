"""Two desks of one bot that hear the same: all is kept once, answered once, and one is enough."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from core.pack import read_pack
from core.settings import Settings
from frontdesk.app import languages_of
from tests.bots.discord.conftest import settings
from tests.bots.discord.screen import words
from tests.dialogs.story import desk
from tests.dialogs.talk import PACK
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel

FILLED = {"subject": "Es geht nicht", "audience": ["user"], "description": "Seit heute um neun"}


@pytest.fixture
def ada(fake: DiscordFake, lobby: Channel) -> Person:
    """In the server too."""
    person = fake.person(7, "Ada", locale="de")
    fake.guild(1).join(person.user)
    return person


async def test_each_thing_is_answered_once_and_one_goes_on_alone(
    fake: DiscordFake,
    ada: Person,
    lobby: Channel,
    new_postgres_database: Callable[[], str],
    tmp_path: Path,
) -> None:
    url = SecretStr(new_postgres_database())
    discord = settings(fake, mentions=True, per_second=1000, per_address=0)

    def one(name: str) -> tuple[Settings, DiscordAdapter]:
        adapter = DiscordAdapter(discord, languages_of(read_pack(PACK)))
        return Settings(data=tmp_path / name, database_url=url, pack=PACK, discord=discord), adapter

    async with desk(*one("right")) as right:
        async with AsyncExitStack() as first:
            left = await first.enter_async_context(desk(*one("left")))
            await fake.until(lambda: len(fake.gateway.sessions) == 2, timeout=20)
            await (await ada.runs("tickets", channel=lobby)).answered()
            await ada.hears()
            await (await ada.runs("ticket", channel=lobby)).answered()
            (modal,) = ada.modals
            await (await ada.submits(modal, FILLED)).answered()
            await ada.hears()
            await ada.says("ich habe leider mein passwort vergessen")
            await ada.mentions_bot("ich habe leider mein passwort vergessen", lobby)
            await ada.hears()
            await fake.until(lambda: bool(fake.guild(1).threads))
            await left.settle()
            await right.settle()
        await ada.says("nochmal: passwort vergessen")
        await ada.hears()
        await right.settle()
    beginnings = [words(message)[:8] for message in ada.inbox]
    assert beginnings == ["Du hast ", "Ticket 1", "Wie setz", "Wie setz"]
    (thread,) = fake.guild(1).threads
    assert len(thread.inbox.messages) == 1
