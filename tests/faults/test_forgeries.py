"""B9, F20: who does not know the secret is turned away at the door, quickly and without a trace;
who replays a genuine call changes nothing.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest

from bots.telegram.webhook import HEADER
from tests.fakes.telegram import TelegramFake
from tests.faults.desks import check_effects, sizes
from tests.faults.door import KEY, SECRET, Door, called_desk, update

QUICK = 0.01
"""Seconds in which a forged call is turned away, on a machine that has other work."""


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


@pytest.fixture
async def door(telegram: TelegramFake, tmp_path: Path) -> AsyncIterator[Door]:
    async with called_desk(telegram, tmp_path) as one:
        yield one


@pytest.mark.alone
async def test_forged_calls_are_turned_away_quickly_and_leave_nothing(door: Door) -> None:
    before = await sizes(door.parts)
    for name, (headers, body) in FORGED.items():
        times = []
        for _ in range(10):
            began = time.monotonic()
            assert await door.call(body, headers) == 401, name
            times.append(time.monotonic() - began)
        assert median(times) < QUICK, name
    assert await door.call(BODY, {}, f"?secret_token={SECRET}&{HEADER}={SECRET}") == 401
    assert await sizes(door.parts) == before
    assert await door.call(BODY, KEY) == 200


async def test_with_the_secret_a_broken_body_is_refused_and_leaves_nothing(door: Door) -> None:
    before = await sizes(door.parts)
    for name, body in BROKEN.items():
        assert await door.call(body, KEY) == 400, name
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
