"""The imitation of Discord, driven from another process."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import TOKEN, DiscordFake
from tests.fakes.discord_client import Echo, connected, discord


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


async def order(client: aiohttp.ClientSession, verb: str, path: str, **body: Any) -> Any:
    async with client.request(verb, f"/control/{path}", **body) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_another_process_can_say_see_and_break_things(fake: DiscordFake) -> None:
    async with aiohttp.ClientSession(fake.root) as client, connected(fake, Echo()):
        said = [{"chat": 7, "text": "a"}, {"chat": 8, "text": "b"}]
        await order(client, "POST", "say", json=said)
        await order(client, "GET", "wait?sends=2&connected")
        ledger = await order(client, "GET", "ledger?since=1")
        assert ledger["next"] == 2
        assert len(ledger["sent"]) == 1
        history = await order(client, "GET", "history?chat=7")
        assert [message["content"] for message in history["messages"]] == ["a", "echo: a"]
        fault = {"kind": "rate_limited", "route": "POST /channels/**", "retry_after": 0.1}
        await order(client, "POST", "faults", json=fault)
        await order(client, "POST", "backlog", json={"messages": 6, "chats": 3})
        stats = await order(client, "GET", "wait?sends=8&timeout=5")
        assert stats["sends"] == 8
        assert stats["faults_struck"] == stats["invalid_calls"] == 1
        assert stats["identifies"] == 1
        await order(client, "DELETE", "faults")
        async with client.post("/control/faults", json={"kind": "earthquake"}) as response:
            assert response.status == 400
        async with client.get("/control/wait?sends=9&timeout=0.01") as response:
            assert response.status == 504


async def test_another_process_can_press_and_trouble_the_gateway(fake: DiscordFake) -> None:
    async with aiohttp.ClientSession(fake.root) as client, connected(fake, Echo()) as echo:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Yes", custom_id="yes"))
        channel = await echo.fetch_channel(fake.person(7).dm.id)
        assert isinstance(channel, discord.DMChannel)
        await channel.send("Well?", view=view)
        press = {"chat": 7, "button": "Yes", "timeout": 0.05}
        assert not (await order(client, "POST", "press", json=press))["answered"]

        @echo.event
        async def on_interaction(interaction: discord.Interaction) -> None:
            await interaction.response.defer()

        press = {"chat": 7, "button": "Yes"}
        assert (await order(client, "POST", "press", json=press))["answered"]
        await order(client, "POST", "gateway", json={"do": "drop", "forget": False})
        stats = await order(client, "GET", "wait?resumes=1&connected&timeout=5")
        assert (stats["identifies"], stats["resumes"]) == (1, 1)
        await order(client, "POST", "gateway", json={"do": "close", "code": 4000})
        await order(client, "GET", "wait?resumes=2&timeout=5")
        async with client.post("/control/gateway", json={"do": "dance"}) as response:
            assert response.status == 400
        before = fake.clock.now()
        await order(client, "POST", "clock", json={"seconds": 60})
        assert fake.clock.now() - before >= 60


async def test_what_is_lost_and_what_came_twice_is_told(fake: DiscordFake) -> None:
    async with aiohttp.ClientSession(fake.root) as client, connected(fake, Echo()) as echo:
        anna = fake.person(7)
        channel = await echo.fetch_channel(anna.dm.id)
        assert isinstance(channel, discord.DMChannel)
        for text, nonce in (("one", "n1"), ("two", "n2"), ("two", "n3"), ("four", "n4")):
            await channel.send(text, nonce=nonce)
        by_text = await order(client, "POST", "report", json={"texts": ["one", "two", "three"]})
        assert by_text == {"sends": 4, "lost": ["three"], "duplicates": {"two": 2}, "others": 1}
        by_nonce = await order(client, "POST", "report", json={"nonces": ["n1", "n9"]})
        assert by_nonce == {"sends": 4, "lost": ["n9"], "duplicates": {}, "others": 3}


async def test_a_closed_loop_measures_the_bot(fake: DiscordFake) -> None:
    async with aiohttp.ClientSession(fake.root) as client, connected(fake, Echo()):
        plan = {"chats": 4, "messages": 30, "warmup": 8, "texts": ["wo", "wann"]}
        result = await order(client, "POST", "drive", json=plan)
    assert (result["answers"], result["unanswered"]) == (30, 0)
    assert len(fake.ledger) == 38
    assert {sent.text for sent in fake.ledger} == {"echo: wo", "echo: wann"}
    assert 0 < result["p50_ms"] <= result["p99_ms"]
    assert result["answers_per_second"] == pytest.approx(30 / result["seconds"])


async def test_a_silent_bot_leaves_a_closed_loop_unanswered(fake: DiscordFake) -> None:
    async with aiohttp.ClientSession(fake.root) as client:
        plan = {"chats": 2, "messages": 5, "timeout": 0.1}
        result = await order(client, "POST", "drive", json=plan)
    assert (result["answers"], result["unanswered"], result["p50_ms"]) == (0, 5, None)


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.discord",
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
    assert process.stdout
    root = (await process.stdout.readline()).decode().strip()
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with aiohttp.ClientSession(root) as client:
        await order(client, "POST", "say", json=[{"chat": 7, "text": "a"}])
        dm = client.post("/api/v10/users/@me/channels", json={"recipient_id": "7"}, headers=headers)
        async with dm as answer:
            channel = (await answer.json(content_type=None))["id"]
        send = client.post(
            f"/api/v10/channels/{channel}/messages", json={"content": "b"}, headers=headers
        )
        async with send as answer:
            assert answer.status == 200
        assert (await order(client, "GET", "ledger"))["sent"][0]["text"] == "b"
    process.terminate()
    await process.wait()
