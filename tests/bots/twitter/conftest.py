"""A stage, and an adapter on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.twitter.adapter import XAdapter
from tests.bots.twitter.stage import Stage, Time, on_stage


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def staged(stage: Stage, time: Time, tmp_path: Path) -> AsyncIterator[XAdapter]:
    async with on_stage(stage, tmp_path, time) as adapter:
        yield adapter
