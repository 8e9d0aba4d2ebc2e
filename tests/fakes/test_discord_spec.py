"""Checks against Discord's official document, where it is at hand."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Call
from tests.fakes.discord_spec import HABITS, Specification, find_specification

SEND = "POST /channels/{channel_id}/messages"
at_hand = pytest.mark.skipif(
    find_specification() is None,
    reason="the official document is not at hand: see FRONTDESK_SPECS",
)


@pytest.fixture
def specification() -> Specification:
    found = find_specification()
    assert found
    return found


def send(**body: Any) -> Call:
    return Call(SEND, {"channel_id": "1"}, {}, body)


@at_hand
@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (send(content=5), f"{SEND}.content: 5 is not string or null"),
        (send(content="x" * 4001), f"{SEND}.content is longer than 4000"),
        (send(contents="a"), f"{SEND} knows no contents"),
        (send(message_reference={}), f"{SEND}.message_reference lacks message_id"),
        (send(components=[{"type": 1}]), f"{SEND}.components[0] lacks components"),
        (Call(SEND, {}, {"wait": "1"}, {"content": "a"}), f"{SEND}?wait is unknown"),
        (
            Call("GET /channels/{channel_id}/messages", {}, {"limit": "many"}),
            "GET /channels/{channel_id}/messages?limit: 'many' is no integer",
        ),
        (Call("POST /nowhere", {}, {}), "POST /nowhere is no route of Discord's"),
        (Call("GET /users/@me", {}, {}, {"a": 1}), "GET /users/@me takes no body"),
    ],
)
def test_a_call_that_disagrees_is_found(
    specification: Specification, call: Call, problem: str
) -> None:
    assert problem in specification.check_call(call)


@at_hand
def test_ids_may_be_asked_for_as_numbers_but_are_told_as_text(
    specification: Specification,
) -> None:
    assert specification.check_call(send(message_reference={"message_id": 7})) == []
    call = Call("POST /users/@me/channels", {}, {}, {"recipient_id": 7})
    assert specification.check_call(call) == []
    answer = {"id": 7, "type": 1, "flags": 0, "recipients": []}
    problems = specification.check_answer(call, 200, answer)
    assert problems == ["the 200 to POST /users/@me/channels.id: 7 is not string"]


@at_hand
def test_what_discord_py_says_beyond_the_document_is_tolerated(
    specification: Specification,
) -> None:
    assert HABITS.fullmatch(f"{SEND} knows no tts")
    answer = Call(
        "POST /interactions/{interaction_id}/{interaction_token}/callback",
        {},
        {"with_response": "1"},
        {"type": 7, "data": {"content": "a", "tts": False}},
    )
    assert specification.check_call(answer) == []


@at_hand
async def test_violations_are_collected_as_they_happen() -> None:
    async with DiscordFake() as fake:
        path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
        headers = {"Authorization": f"Bot {fake.token}"}
        async with aiohttp.ClientSession(fake.root) as bare:
            for body in ({"content": "a"}, {"content": "a", "colour": "red"}):
                await bare.post(path, json=body, headers=headers)
            await bare.get("/api/v10/sticker-packs", headers=headers)
            await bare.get("/api/v10/users/@me")
            await bare.get(f"/api/v10/users/@me?token={fake.token}", headers=headers)
        assert fake.violations == [
            f"{SEND} knows no colour",
            "GET /sticker-packs exists, but is not imitated",
            "GET /users/@me came without Authorization",
            "GET /users/@me: the bot's token is in the URL",
            "GET /users/@me?token is unknown",
        ]
        assert fake.spec_report().endswith("5 found")


async def test_without_the_document_nothing_is_checked_and_that_is_said(tmp_path: Path) -> None:
    async with DiscordFake(specs=tmp_path) as fake:
        path = f"/api/v10/channels/{fake.person(7).dm.id}/messages"
        headers = {"Authorization": f"Bot {fake.token}"}
        async with aiohttp.ClientSession(fake.root) as bare:
            await bare.post(path, json={"content": "a", "colour": "red"}, headers=headers)
        assert fake.violations == []
        assert "not at hand" in fake.spec_report()


def test_the_document_is_looked_for_where_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {"info": {"version": "99"}, "components": {"schemas": {}}, "paths": {}}
    (tmp_path / "discord-openapi.json").write_text(json.dumps(document))
    monkeypatch.setenv("FRONTDESK_SPECS", str(tmp_path))
    found = find_specification()
    assert found
    assert found.version == "99"
