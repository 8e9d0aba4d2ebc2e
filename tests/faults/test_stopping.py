"""F22: told to stop under load, the desk ends well within ten seconds, and whoever goes on after it
loses nothing and repeats nothing.
"""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from benchmarks.processes import fake_telegram
from tests.faults import program

pytestmark = pytest.mark.alone

MESSAGES = 60
SENDING = "SELECT 1 FROM outbox WHERE state = 'sending'"
LONGEST_STOP = 10.0
"""Seconds, as long as those who stop a container wait before they kill it."""


async def stop(process: program.Process) -> float:
    """How many seconds it took."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 2 * LONGEST_STOP) == 0
    return time.monotonic() - began


async def stop_under_load(data: Path) -> None:
    async with fake_telegram() as fake:
        await program.put_messages(fake, MESSAGES)
        async with program.running(fake, data) as desk:
            await fake.get("wait?sends=10")
            assert await stop(desk) < LONGEST_STOP
        assert program.unsent(data)
        assert program.ask(program.database(data), SENDING) == []
        async with program.running(fake, data):
            await program.until_answered(fake, data)
        program.check_database(data, MESSAGES)
        heard = await program.heard_by(fake)
        assert len(heard) == len(set(heard)) == MESSAGES


async def stop_while_telegram_is_silent(data: Path) -> None:
    async with fake_telegram() as fake:
        hang = {"kind": "delay", "method": "sendMessage", "after": 60, "times": None}
        await fake.post("faults", hang)
        await program.put_messages(fake, 5)
        async with program.running(fake, data) as desk:
            await fake.get("wait?sends=5&pending=0")
            assert await stop(desk) < LONGEST_STOP
        assert len(program.ask(program.database(data), SENDING)) == 5


async def test_told_to_stop_it_ends_in_time_and_nothing_is_lost_or_repeated(
    tmp_path: Path,
) -> None:
    """Two desks at once, to save time: one under load, and one whose Telegram no longer answers."""
    async with asyncio.TaskGroup() as group:
        group.create_task(stop_under_load(tmp_path / "busy"))
        group.create_task(stop_while_telegram_is_silent(tmp_path / "silent"))
