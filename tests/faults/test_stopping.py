"""F22: told to stop under load, the desk ends well within ten seconds, and whoever goes on after it
loses nothing and repeats nothing.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.processes import Fake, fake_telegram
from tests.faults import program

MESSAGES = 60
LONGEST_STOP = 10.0
"""Seconds, as long as those who stop a container wait before they kill it."""


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with fake_telegram() as one:
        yield one


async def stop(process: program.Process) -> float:
    """How many seconds it took."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 2 * LONGEST_STOP) == 0
    return time.monotonic() - began


async def test_told_to_stop_under_load_it_ends_in_time_and_nothing_is_lost_or_repeated(
    fake: Fake, tmp_path: Path
) -> None:
    await program.put_messages(fake, MESSAGES)
    async with program.running(fake, tmp_path) as desk:
        await fake.get("wait?sends=10")
        assert await stop(desk) < LONGEST_STOP
    assert program.unsent(tmp_path)
    assert not program.ask(
        program.database(tmp_path), "SELECT 1 FROM outbox WHERE state = 'sending'"
    )
    async with program.running(fake, tmp_path):
        await program.until_answered(fake, tmp_path)
    program.check_database(tmp_path, MESSAGES)
    heard = await program.heard_by(fake)
    assert len(heard) == len(set(heard)) == MESSAGES


async def test_a_telegram_that_no_longer_answers_does_not_keep_it_from_stopping(
    fake: Fake, tmp_path: Path
) -> None:
    await fake.post("faults", {"kind": "delay", "method": "sendMessage", "after": 60, "times": None})
    await program.put_messages(fake, 5)
    async with program.running(fake, tmp_path) as desk:
        await fake.get("wait?sends=5&pending=0")
        assert await stop(desk) < LONGEST_STOP
    waiting = program.ask(program.database(tmp_path), "SELECT DISTINCT state FROM outbox")
    assert waiting == [("sending",)]
