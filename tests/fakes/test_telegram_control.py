"""The imitation of Telegram, driven from another process."""

import asyncio
import os
import sys
from typing import Any

import aiohttp
import pytest

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_bots import polling_echo, talking_bot


async def order(client: aiohttp.ClientSession, verb: str, path: str, **body: Any) -> Any:
    async with client.request(verb, f"/control/{path}", **body) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_another_process_can_say_see_and_break_things(fake: TelegramFake) -> None:
    async with aiohttp.ClientSession(fake.url) as client, polling_echo(fake.url):
        await order(
            client, "POST", "say", json=[{"chat": 7, "text": "a"}, {"chat": 8, "text": "b"}]
        )
        await order(client, "GET", "wait?sends=2&pending=0")
        ledger = await order(client, "GET", "ledger?since=1")
        assert ledger["next"] == 2
        assert len(ledger["sent"]) == 1
        await order(client, "POST", "faults", json={"kind": "lost_answer", "method": "getUpdates"})
        await order(client, "POST", "backlog", json={"messages": 6, "chats": 3})
        stats = await order(client, "GET", "wait?sends=8&pending=0&timeout=5")
        assert stats["sends"] == 8
        assert stats["faults_struck"] == 1
        await order(client, "DELETE", "faults")
        await order(client, "POST", "limits", json={"per_chat": 1})
        async with client.post("/control/faults", json={"kind": "earthquake"}) as response:
            assert response.status == 400


async def test_a_closed_loop_measures_the_bot(fake: TelegramFake) -> None:
    async with aiohttp.ClientSession(fake.url) as client, polling_echo(fake.url):
        plan = {"chats": 4, "messages": 30, "warmup": 8, "texts": ["wo", "wann"]}
        result = await order(client, "POST", "drive", json=plan)
    assert (result["answers"], result["unanswered"]) == (30, 0)
    assert len(fake.ledger) == 38
    assert {sent.text for sent in fake.ledger} == {"echo: wo", "echo: wann"}
    assert 0 < result["p50_ms"] <= result["p99_ms"]
    assert result["answers_per_second"] == pytest.approx(30 / result["seconds"])


async def test_a_silent_bot_leaves_a_closed_loop_unanswered(fake: TelegramFake) -> None:
    async with aiohttp.ClientSession(fake.url) as client:
        plan = {"chats": 2, "messages": 5, "timeout": 0.1}
        result = await order(client, "POST", "drive", json=plan)
    assert (result["answers"], result["unanswered"], result["p50_ms"]) == (0, 5, None)


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.telegram",
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession(url) as client, talking_bot(url) as bot:
        await order(client, "POST", "say", json=[{"chat": 7, "text": "a"}])
        await bot.send_message(7, "b")
        assert (await order(client, "GET", "ledger"))["sent"][0]["text"] == "b"
    process.terminate()
    await process.wait()
