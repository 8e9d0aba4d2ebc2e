"""In which language somebody is to be told what no dialog says, by whichever desk tells them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK)
    async for one in opened(settings, clock, replace(FAST, discreet=True)):
        yield one


async def language_at(talk: Talk) -> str:
    assert talk.room.adapter.desk
    return await talk.room.adapter.desk.language(talk.address)


async def test_it_is_the_persons_who_reads_there(talk: Talk) -> None:
    assert await language_at(talk) == ""
    await talk.presses_value("language:de")
    assert await language_at(talk) == "de"
    await talk.presses_value("language:en")
    assert await language_at(talk) == "en"


async def test_where_others_read_along_it_is_that_of_the_last_question(talk: Talk) -> None:
    await talk.says("ich habe leider mein passwort vergessen", private=False)
    assert await language_at(talk) == "de"
    await talk.says("I forgot my password, how do I get a new one?", private=False)
    assert await language_at(talk) == "en"


async def test_somebody_who_is_known_is_answered_there_in_their_own(talk: Talk) -> None:
    await talk.presses_value("language:de")
    lobby = talk.another(talk.name)
    lobby.address = replace(talk.address, chat="lobby", thread="77")
    talk.room.adapter.rooms["77"] = "lobby"
    lobby.sender = replace(talk.sender, language="")
    (said,) = await lobby.says("xyzzy", private=False)
    assert said.text.startswith("Darauf weiß ich keine Antwort")
