"""Faults and limits of the imitation of Discord, as the real library and a bare one meet them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import Echo, connected, discord

SEND = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running


@pytest.fixture
async def echo(fake: DiscordFake) -> AsyncIterator[Echo]:
    async with connected(fake, Echo()) as client:
        yield client


@pytest.fixture
async def anna(fake: DiscordFake, echo: Echo) -> discord.DMChannel:
    channel = await echo.fetch_channel(fake.person(7, "Anna").dm.id)
    assert isinstance(channel, discord.DMChannel)
    return channel


@pytest.fixture
async def bare(fake: DiscordFake) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that hides nothing, with the bot's token."""
    headers = {"Authorization": f"Bot {fake.token}"}
    async with aiohttp.ClientSession(fake.root, headers=headers) as client:
        yield client


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ({"kind": "cloudflare"}, discord.HTTPException, "429"),
        ({"kind": "unauthorized"}, discord.HTTPException, "401"),
        ({"kind": "forbidden"}, discord.Forbidden, "50013"),
        ({"kind": "forbidden", "code": 50001}, discord.Forbidden, "50001"),
        ({"kind": "blocked"}, discord.Forbidden, "Cannot send messages to this user"),
        ({"kind": "not_found"}, discord.NotFound, "Unknown Channel"),
        ({"kind": "bad_request"}, discord.HTTPException, "Invalid Form Body"),
        ({"kind": "server_error", "status": 503}, discord.DiscordServerError, "503"),
        ({"kind": "server_error", "status": 503, "html": False}, discord.DiscordServerError, "503"),
        ({"kind": "cut"}, aiohttp.ServerDisconnectedError, "disconnected"),
    ],
)
async def test_a_fault_before_acceptance_leaves_nothing_behind(
    fake: DiscordFake,
    anna: discord.DMChannel,
    fault: dict[str, Any],
    error: type[Exception],
    words: str,
) -> None:
    fake.faults.add(route=SEND, **fault)
    with pytest.raises(error, match=words):
        await anna.send("first")
    await anna.send("second")
    assert [sent.text for sent in fake.ledger] == ["second"]


async def test_the_library_waits_out_a_429_and_sends_again(
    fake: DiscordFake, anna: discord.DMChannel
) -> None:
    fake.faults.add(kind="rate_limited", route=SEND, retry_after=0.2)
    began = asyncio.get_running_loop().time()
    await anna.send("patience")
    assert asyncio.get_running_loop().time() - began >= 0.2
    assert [call.status for call in fake.calls_of(SEND)] == [429, 200]
    assert len(fake.ledger) == 1
    assert fake.violations == []


async def test_who_comes_before_the_time_that_a_429_told_is_noted(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
    fake.faults.add(kind="rate_limited", route=SEND, retry_after=0.4)
    for text, status in (("a", 429), ("b", 200)):
        async with bare.post(path, json={"content": text}) as response:
            assert response.status == status
            if status == 429:
                assert response.headers["Via"]
                assert response.headers["X-RateLimit-Scope"] == "user"
                assert (await response.json(content_type=None))["retry_after"] == 0.4
                await asyncio.sleep(0.1)  # longer than a call may have been on its way
    [early] = fake.violations
    assert early.startswith(f"{SEND} came 0.")
    other = f"/api/v10/channels/{fake.person(8).dm.id}/messages"
    async with bare.post(other, json={"content": "c"}) as response:
        assert response.status == 200
    assert fake.limits.early == 1


async def test_a_global_429_stops_everything(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
    fake.faults.add(kind="rate_limited", route=SEND, retry_after=0.4, is_global=True)
    async with bare.post(path, json={"content": "a"}) as response:
        assert response.headers["X-RateLimit-Global"] == "true"
    await asyncio.sleep(0.1)  # longer than a call may have been on its way
    async with bare.get("/api/v10/users/@me") as response:
        assert response.status == 200
    assert fake.limits.early == 1


async def test_the_library_sends_again_what_ended_in_an_error_and_its_nonce_saves_it(
    fake: DiscordFake, anna: discord.DMChannel
) -> None:
    fake.faults.add(kind="late_error", route=SEND, status=504)
    message = await anna.send("once")
    assert [call.status for call in fake.calls_of(SEND)] == [504, 200]
    assert [sent.message for sent in fake.ledger] == [message.id]


@pytest.mark.parametrize("kind", ["lost_answer", "malformed"])
async def test_an_answer_that_does_not_arrive_was_accepted_all_the_same(
    fake: DiscordFake, bare: aiohttp.ClientSession, kind: str
) -> None:
    anna = fake.person(7)
    path = f"/api/v10/channels/{anna.dm.id}/messages"
    body = {"content": "did it arrive?", "nonce": "row 7", "enforce_nonce": True}
    fake.faults.add(kind=kind, route=SEND)
    with pytest.raises((aiohttp.ServerDisconnectedError, ValueError)):
        async with bare.post(path, json=body) as response:
            await response.json(content_type=None)
    async with bare.post(path, json=body) as response:
        again = await response.json(content_type=None)
    assert [message["id"] for message in anna.inbox] == [again["id"]]
    assert len(fake.ledger) == 1


async def test_a_delay_lies_before_or_after_acceptance(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
    for fields, accepted in (({"before": 5}, 0), ({"after": 5}, 1)):
        fake.faults.add(kind="delay", route=SEND, **fields)
        with pytest.raises(TimeoutError):
            await bare.post(path, json={"content": "a"}, timeout=aiohttp.ClientTimeout(0.05))
        assert len(fake.ledger) == accepted


async def test_a_fault_strikes_its_route_as_often_as_ordered(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    ours = fake.person(7).dm.id
    fake.faults.add(kind="server_error", route=f"GET /channels/{ours}/**", times=2)
    for path, status in (
        ("/users/@me", 200),
        (f"/channels/{ours}", 200),
        (f"/channels/{ours}/messages", 502),
        (f"/channels/{ours}/messages", 502),
        (f"/channels/{ours}/messages", 200),
    ):
        async with bare.get(f"/api/v10{path}") as response:
            assert response.status == status
    with pytest.raises(ValueError, match="none of the faults"):
        fake.faults.add(kind="earthquake")


async def test_the_limits_of_the_platform_can_be_switched_on(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    fake.limits.set(per_second=6, second=60)
    paths = [f"/api/v10/channels/{fake.person(id).dm.id}/messages" for id in (7, 8)]
    told = []
    for path in [paths[0]] * 6 + [paths[1]] * 2:
        async with bare.post(path, json={"content": "a"}) as response:
            body = await response.json(content_type=None)
            told.append((response.status, body.get("global")))
            if len(told) == 5:
                assert response.headers["X-RateLimit-Limit"] == "5"
                assert response.headers["X-RateLimit-Remaining"] == "0"
                assert 0 < float(response.headers["X-RateLimit-Reset-After"]) <= 5
    assert told == [(200, None)] * 5 + [(429, False), (429, True), (429, True)]
    assert fake.limits.refused == 3
    assert fake.limits.count_invalid() == 3


async def test_the_library_keeps_to_the_limits_that_the_headers_tell(
    fake: DiscordFake, anna: discord.DMChannel
) -> None:
    fake.limits.set(routes={SEND: (3, 0.3)})
    await asyncio.gather(*(anna.send(str(number)) for number in range(7)))
    assert len(fake.ledger) == 7
    assert fake.limits.refused == 0
    assert fake.ledger[-1].at - fake.ledger[0].at >= 0.3


async def test_too_many_invalid_calls_earn_a_ban(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    fake.limits.invalid.extend([asyncio.get_running_loop().time()] * 10_001)
    async with bare.get("/api/v10/users/@me") as response:
        assert response.status == 429
        assert "Via" not in response.headers
        assert response.content_type == "text/html"


async def test_a_wrong_token_is_no_token(fake: DiscordFake) -> None:
    async with (
        aiohttp.ClientSession(fake.root, headers={"Authorization": "Bot no"}) as client,
        client.get("/api/v10/users/@me") as response,
    ):
        assert response.status == 401
    assert fake.limits.count_invalid() == 1
    fake.token = "another"
    with pytest.raises(discord.LoginFailure):
        async with connected(fake, Echo()):
            pass


async def test_latency_lies_half_before_acceptance_and_half_after() -> None:
    async with DiscordFake(latency=0.1) as fake, connected(fake, Echo()) as echo:
        channel = await echo.fetch_channel(fake.person(7).dm.id)
        assert isinstance(channel, discord.DMChannel)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await channel.send("hello")
        assert fake.ledger[0].at - began >= 0.05
        assert loop.time() - fake.ledger[0].at >= 0.05
