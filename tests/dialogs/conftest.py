"""A person, Kim, who speaks German and has never been here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.settings import Settings
from tests.conftest import Clock
from tests.dialogs.talk import PACK, Talk, opened


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Talk]:
    settings = Settings(data=tmp_path, database_url=SecretStr(database_url), pack=PACK)
    async for one in opened(settings, clock):
        yield one
