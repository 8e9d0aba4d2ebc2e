"""Help names what can be done where it is read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.dialogs.menu import COMMANDS
from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST

OFFERED = (("/ask", "Ask a question"), ("/subscribe", "Get the news here"))


@pytest.fixture
async def offered(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK)
    async for one in opened(settings, clock, replace(FAST, commands=OFFERED)):
        yield one


async def test_commands_are_called_as_in_the_persons_app(offered: Talk) -> None:
    await offered.presses_value("language:de")
    for app, named in {"de": "/frage", "en-US": "/ask", "fr": "/ask", "": "/frage"}.items():
        offered.sender = replace(offered.sender, language=app)
        (said,) = await offered.says("/help")
        listed = [line for line in said.text.splitlines() if line.startswith("/")]
        assert listed == [f"{named}  Eine Frage stellen", "/subscribe  Neuigkeiten hier bekommen"]


async def test_elsewhere_they_are_those_that_can_be_written(talk: Talk) -> None:
    await talk.presses_value("language:de")
    (said,) = await talk.says("/help")
    listed = [line.split()[0] for line in said.text.splitlines() if line.startswith("/")]
    assert listed == [f"/{name}" for name in COMMANDS]
