"""B9, F20: who does not know the secret is turned away at the door, quickly and without a trace;
who replays a genuine call changes nothing.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bots.telegram.adapter import TelegramAdapter
from bots.telegram.webhook import HEADER, PATH
from core.pack import read_pack
from core.settings import Settings, Telegram, Web
from frontdesk.app import Parts, open_desk
from tests.dialogs.talk import PACK
from tests.fakes.telegram import TelegramFake
from tests.faults.desks import check_effects, sizes
from web.server import build, serving

SECRET = "correct-horse_battery-staple"
KEY = {HEADER: SECRET}
QUICK = 0.01
"""Seconds in which a forged call is turned away, on a machine that has other work."""


def update(number: int, text: str = "forgot my password") -> dict[str, Any]:
    person = {"id": 7, "is_bot": False, "first_name": "Ada", "language_code": "en"}
    chat = {"id": 7, "type": "private", "first_name": "Ada"}
    said = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": said}


BODY = json.dumps(update(5)).encode()
FORGED: dict[str, tuple[dict[str, str], bytes]] = {
    "no secret": ({}, BODY),
    "an empty one": ({HEADER: ""}, BODY),
    "another one": ({HEADER: "wrong-horse_battery-staple"}, BODY),
    "in other letters": ({HEADER: SECRET.upper()}, BODY),
    "its beginning": ({HEADER: SECRET[:-1]}, BODY),
    "more than it": ({HEADER: SECRET + "x"}, BODY),
    "twice": ({HEADER: f"{SECRET}, {SECRET}"}, BODY),
    "quoted": ({HEADER: f'"{SECRET}"'}, BODY),
    "beyond ASCII": ({HEADER: "ü" * 28}, BODY),
    "very long": ({HEADER: "x" * 8000}, BODY),
    "as a password": ({"Authorization": f"Bearer {SECRET}"}, BODY),
    "as a cookie": ({"Cookie": f"{HEADER}={SECRET}"}, BODY),
    "with no update": ({HEADER: "x"}, b"{not even JSON"),
    "with a large body": ({HEADER: "x"}, b" " * 900_000),
}
BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "not an update": b"[]",
    "nested too deep": b'{"update_id": 5, "message": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "a number too large": b'{"update_id": 1' + b"0" * 400 + b"}",
    "no number": b'{"update_id": NaN}',
}


class Door:
    """The desk as those see it who call it."""

    def __init__(self, url: str, session: aiohttp.ClientSession, parts: Parts) -> None:
        self.parts = parts
        self._url = url
        self._session = session

    async def call(self, body: bytes, headers: dict[str, str], query: str = "") -> int:
        async with self._session.post(
            f"{self._url}{PATH}{query}", data=body, headers=headers
        ) as answer:
            return answer.status


@asynccontextmanager
async def opened(telegram: TelegramFake, data: Path) -> AsyncIterator[Door]:
    called = Telegram(
        token=SecretStr(telegram.token), api_url=telegram.url, webhook_secret=SecretStr(SECRET),
        per_second=1000, per_chat=0,
    )  # fmt: skip
    web = Web(public_url="https://127.0.0.1:1")
    settings = Settings(data=data, pack=PACK, telegram=called, web=web)
    adapter = TelegramAdapter(called, web.public_url)
    async with open_desk(settings, read_pack(PACK), [adapter]) as parts:
        await adapter.open()
        server = build(adapter.routes(parts.desk.receive), parts.is_well)
        async with serving(server, "127.0.0.1", 0) as url, aiohttp.ClientSession() as session:
            yield Door(url, session, parts)


@pytest.fixture
async def door(telegram: TelegramFake, tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(telegram, tmp_path) as one:
        yield one


@pytest.mark.parametrize(("headers", "body"), FORGED.values(), ids=FORGED)
async def test_a_forged_call_is_turned_away_quickly_and_leaves_nothing(
    door: Door, headers: dict[str, str], body: bytes
) -> None:
    before = await sizes(door.parts)
    times = []
    for _ in range(10):
        began = time.monotonic()
        assert await door.call(body, headers) in (400, 401, 403)
        times.append(time.monotonic() - began)
    assert median(times) < QUICK
    assert await sizes(door.parts) == before
    assert await door.call(BODY, KEY) == 200


async def test_the_secret_in_the_address_is_worth_nothing(door: Door) -> None:
    before = await sizes(door.parts)
    assert await door.call(BODY, {}, f"?secret_token={SECRET}&{HEADER}={SECRET}") == 401
    assert await sizes(door.parts) == before


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_with_the_secret_a_broken_body_is_refused_and_leaves_nothing(
    door: Door, body: bytes
) -> None:
    before = await sizes(door.parts)
    assert await door.call(body, KEY) == 400
    assert await sizes(door.parts) == before


async def test_a_genuine_call_replayed_ten_times_at_once_has_one_effect(
    door: Door, telegram: TelegramFake
) -> None:
    ada = telegram.person(7, "Ada", language_code="en")
    assert set(await asyncio.gather(*(door.call(BODY, KEY) for _ in range(10)))) == {200}
    assert await door.call(BODY, KEY) == 200
    await check_effects(door.parts, 1)
    assert len(ada.inbox) == 1


async def test_genuine_calls_are_answered_while_forged_ones_rain(
    door: Door, telegram: TelegramFake
) -> None:
    ada = telegram.person(7, "Ada", language_code="en")
    forged = [asyncio.create_task(door.call(BODY, {HEADER: "x"})) for _ in range(200)]
    genuine = [door.call(json.dumps(update(n)).encode(), KEY) for n in range(100, 110)]
    assert set(await asyncio.gather(*genuine)) == {200}
    assert set(await asyncio.gather(*forged)) == {401}
    await check_effects(door.parts, 10)
    assert len(ada.inbox) == 10
