"""What a bare HTTP client sees at the door of the imitation of Discord."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import DiscordFake

SEND = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def bare(fake: DiscordFake) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bot {fake.token}"}
    async with aiohttp.ClientSession(fake.root, headers=headers) as client:
        yield client


async def test_answers_carry_the_headers_that_libraries_look_at(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    for path in ("/api/v10/users/@me", "/api/v10/channels/1"):
        async with bare.get(path) as response:
            assert response.headers["Content-Type"] == "application/json"
            assert response.headers["Via"]
            assert int(response.headers["X-RateLimit-Remaining"]) > 0
            assert float(response.headers["X-RateLimit-Reset-After"]) > 0
            assert response.headers["X-RateLimit-Bucket"]


async def test_where_the_gateway_is_may_be_asked_by_anybody(fake: DiscordFake) -> None:
    async with (
        aiohttp.ClientSession(fake.root) as nobody,
        nobody.get("/api/v10/gateway") as response,
    ):
        assert await response.json(content_type=None) == {"url": fake.gateway_url}


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, 50109),
        ("content=a", "application/x-www-form-urlencoded", 400, 50109),
        ("[]", "application/json", 400, 50035),
        ("{}", "application/json", 400, 50006),
        (json.dumps({"content": "x" * 2001}), "application/json", 400, 50035),
        (json.dumps({"content": "a", "nonce": "x" * 26}), "application/json", 400, 50035),
    ],
)
async def test_what_cannot_be_read_is_refused(
    fake: DiscordFake,
    bare: aiohttp.ClientSession,
    body: str,
    kind: str,
    status: int,
    code: int,
) -> None:
    path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
    async with bare.post(path, data=body, headers={"Content-Type": kind}) as response:
        assert response.status == status
        assert (await response.json(content_type=None))["code"] == code


async def test_a_wrong_form_is_told_where_it_is_wrong(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    button = {"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}
    body = {"content": "a", "components": [{"type": 1, "components": [button]}]}
    path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
    async with bare.post(path, json=body) as response:
        told: Any = await response.json(content_type=None)
    assert told["message"] == "Invalid Form Body"
    wrong = told["errors"]["components"]["0"]["components"]["0"]["label"]["_errors"]
    assert wrong[0]["code"] == "BASE_TYPE_BAD_LENGTH"


async def test_a_request_over_the_limit_is_too_large(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps({"content": "a"}))
    for number in range(3):
        form.add_field(f"files[{number}]", io.BytesIO(bytes(9 << 20)), filename="a.bin")
    async with bare.post(path, data=form) as response:
        assert response.status == 413
    assert fake.ledger == []


async def test_the_same_nonce_gives_the_same_files(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    anna = fake.person(7)
    told = []
    for _ in range(2):
        form = aiohttp.FormData(quote_fields=False)
        body = {"nonce": "row 7", "enforce_nonce": True, "attachments": [{"id": 0}]}
        form.add_field("payload_json", json.dumps(body))
        form.add_field("files[0]", b"proof", filename="proof.txt")
        path = f"/api/v10/channels/{anna.dm.id}/messages"
        async with bare.post(path, data=form) as response:
            told.append(await response.json(content_type=None))
    assert told[0]["attachments"][0]["id"] == told[1]["attachments"][0]["id"]
    assert len(anna.inbox) == len(fake.ledger) == 1
    assert fake.files.data(anna.inbox[0]["attachments"][0]) == b"proof"


async def test_answers_to_interactions_are_outside_the_global_limit(
    fake: DiscordFake, bare: aiohttp.ClientSession
) -> None:
    fake.limits.set(per_second=1, routes={}, second=60)
    for path, expected in (
        ("/api/v10/users/@me", [200, 429]),
        (f"/api/v10/webhooks/{fake.world.application}/x/messages/@original", [404, 404]),
    ):
        told = []
        for _ in range(2):
            async with bare.get(path) as response:
                told.append(response.status)
        assert told == expected
