"""Trouble that a test orders, X's limits, and its clock, met by the real tweepy."""

# mypy: disable-error-code="import-untyped"

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from tweepy import Forbidden, TooManyRequests, TwitterServerError, Unauthorized

from tests.fakes.x_client import Line, line_to_x

SEND = "POST /2/dm_conversations/*/messages"


@pytest.fixture
async def x() -> AsyncIterator[Line]:
    async with line_to_x() as line:
        line.fake.person(7, "Anna")
        yield line


async def send(x: Line, text: str = "hello") -> str:
    told = await x.tweepy.create_direct_message(participant_id=7, text=text)
    return str(told["data"]["dm_event_id"])


@pytest.mark.parametrize(
    ("kind", "fields", "error"),
    [
        ("unauthorized", {}, Unauthorized),
        ("forbidden", {}, Forbidden),
        ("forbidden_v1", {}, Forbidden),
        ("rate_limited", {}, TooManyRequests),
        ("server_error", {"status": 500}, aiohttp.ContentTypeError),
        ("server_error", {"status": 503}, aiohttp.ContentTypeError),
        ("server_error", {"status": 503, "page": False}, TwitterServerError),
        ("html", {}, aiohttp.ContentTypeError),
        ("cut", {}, aiohttp.ServerDisconnectedError),
    ],
)
async def test_what_is_not_accepted_is_not_there(
    x: Line, kind: str, fields: dict[str, Any], error: type[Exception]
) -> None:
    x.fake.faults.add(kind, SEND, **fields)
    with pytest.raises(error):
        await send(x)
    assert x.fake.ledger == []
    await send(x)
    assert x.fake.faults.struck == len(x.fake.ledger) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("lost_answer", aiohttp.ServerDisconnectedError),
        ("late_error", aiohttp.ContentTypeError),
        ("malformed", ValueError),
    ],
)
async def test_what_is_accepted_is_there_though_nobody_says_so(
    x: Line, kind: str, error: type[Exception]
) -> None:
    x.fake.faults.add(kind, SEND)
    with pytest.raises(error):
        await send(x, "perhaps")
    assert [one.text for one in x.fake.ledger] == ["perhaps"]
    told = await x.tweepy.get_direct_message_events(participant_id=7)
    assert [one["text"] for one in told["data"]] == ["perhaps"]
    assert [one["text"] for one in await x.fake.person(7).hears()] == ["perhaps"]


async def test_codes_of_the_older_interface_are_told(x: Line) -> None:
    x.fake.faults.add("forbidden_v1")
    with pytest.raises(Forbidden) as refused:
        await send(x)
    assert refused.value.api_codes == [349]


async def test_a_slow_answer_is_accepted_before_it_is_told(x: Line) -> None:
    x.fake.faults.add("delay", SEND, after=0.05)
    sending = asyncio.create_task(send(x))
    await x.fake.until(lambda: bool(x.fake.ledger))
    assert not sending.done()
    assert await sending == x.fake.ledger[0].id


async def test_a_fault_strikes_where_and_as_often_as_was_said(x: Line) -> None:
    x.fake.faults.add("unauthorized", "GET /2/dm_events", times=2)
    await send(x)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            await x.tweepy.get_direct_message_events()
    await x.tweepy.get_direct_message_events()
    x.fake.faults.add("cut", times=None)
    x.fake.faults.clear()
    await send(x)
    with pytest.raises(ValueError, match="none of the faults"):
        x.fake.faults.add("earthquake")


async def test_part_of_the_calls_can_be_struck(x: Line) -> None:
    x.fake.limits.off()
    x.fake.faults.add("unauthorized", share=0.5, times=None)
    failed = 0
    for _ in range(40):
        try:
            await send(x)
        except Unauthorized:
            failed += 1
    assert failed == x.fake.faults.struck
    assert 10 < failed < 30


# Limits


async def test_fifteen_sends_in_a_quarter_of_an_hour(x: Line) -> None:
    for _ in range(15):
        await send(x)
    with pytest.raises(TooManyRequests) as limited:
        await x.tweepy.create_direct_message(dm_conversation_id="7-100", text="one more")
    assert 890 < limited.value.reset_time - x.fake.clock.now() <= 901
    assert len(x.fake.ledger) == 15
    assert x.fake.limits.refused == 1
    x.fake.clock.advance(901)
    await send(x)


async def test_a_day_has_an_end_too(x: Line) -> None:
    x.fake.limits.sends_a_day = 20
    for number in range(20):
        if number == 15:
            x.fake.clock.advance(900)
        await send(x)
    with pytest.raises(TooManyRequests) as limited:
        await send(x)
    headers = limited.value.response.headers
    assert headers["x-rate-limit-remaining"] == "10"
    assert headers["x-user-limit-24hour-remaining"] == "0"
    assert headers["x-app-limit-24hour-limit"] == "20"
    x.fake.clock.advance(float(headers["x-user-limit-24hour-reset"]) - x.fake.clock.now())
    await send(x)


async def test_each_way_of_looking_up_is_counted_apart(x: Line) -> None:
    look = x.tweepy.get_direct_message_events
    for _ in range(15):
        await look()
    with pytest.raises(TooManyRequests):
        await look()
    await look(participant_id=7)
    await look(dm_conversation_id="7-100")
    x.fake.limits.reads = 16
    await look()


async def test_headers_tell_what_is_left(x: Line) -> None:
    url = f"{x.fake.url}/2/dm_events"
    async with x.session.get(
        url, headers={"Authorization": f"Bearer {x.fake.grants.issue()}"}
    ) as answer:
        told = {name: answer.headers[f"x-rate-limit-{name}"] for name in ("limit", "remaining")}
        assert told == {"limit": "15", "remaining": "14"}
        assert int(answer.headers["x-rate-limit-reset"]) > x.fake.clock.now()


async def test_what_is_not_proven_does_not_count(x: Line) -> None:
    for _ in range(20):
        assert (await x.ask("GET", "/2/dm_events", {}))[0] == 401
    assert (await x.ask("GET", "/2/dm_events"))[0] == 200


async def test_another_clock_may_tell_the_time(x: Line) -> None:
    x.fake.now = lambda: 1_800_000_000.0
    said = await x.fake.person(7).says("hello")
    assert said.at == 1_800_000_000.0
    told = await x.tweepy.get_direct_message_events(dm_event_fields=["created_at"])
    assert told["data"][0]["created_at"] == "2027-01-15T08:00:00.000Z"
    assert (int(said.id) >> 22) + 1_288_834_974_657 == 1_800_000_000_000
