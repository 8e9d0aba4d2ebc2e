"""Asking: back to what is known, as often as X allows, and nothing passed by."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web

from bots.twitter.adapter import XAdapter
from bots.twitter.budget import Budget
from bots.twitter.hearing import Hearing, Progress
from bots.twitter.parse import id_at
from bots.twitter.polling import EASE, Polling
from bots.twitter.reading import TRIES, Reading
from core.adapter import Receive, Retry
from core.messages import Address, Inbound, Outbound
from tests.bots.contract import PATIENCE, Ears, listening
from tests.bots.twitter.desk import Desk
from tests.bots.twitter.stage import (
    ANN,
    ME,
    NOW,
    Asked,
    Stage,
    Time,
    cut,
    html,
    on_stage,
    to_response,
)

READ = "/2/dm_events"
EVEN = 60 * EASE

Json = dict[str, Any]


def at(seconds: float) -> str:
    """The id of a message written so many seconds after now."""
    return str(id_at(datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=seconds)))


class Inbox:
    """All that was ever written, shown in pages as X does."""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self.media: list[Json] = []

    def add(self, text: str, seconds: float, sender: str | None = "", person: str = ANN) -> Json:
        event = {
            "id": at(seconds),
            "text": text,
            "sender_id": person if sender == "" else sender,
            "dm_conversation_id": f"{ME}-{person}",
        }
        self.events.append(event)
        return event

    def show(self, request: web.Request) -> web.Response:
        start = int(request.query.get("pagination_token", 0))
        size = int(request.query["max_results"])
        newest_first = sorted(self.events, key=lambda one: -int(one["id"]))
        meta = {"next_token": str(start + size)} if len(newest_first) > start + size else {}
        page = newest_first[start : start + size]
        return to_response({"data": page, "includes": {"media": self.media}, "meta": meta})


@pytest.fixture
def inbox(stage: Stage) -> Inbox:
    made = Inbox()
    stage.put(READ, made.show)
    return made


async def looked(stage: Stage, count: int) -> list[Asked]:
    """Once it was looked so often."""
    async with asyncio.timeout(PATIENCE):
        while len(stage.calls(READ)) < count:  # noqa: ASYNC110  # the stage sets no event
            await asyncio.sleep(0.001)
    return stage.calls(READ)


def texts(heard: list[Inbound]) -> list[str]:
    return [one.text for one in heard]


# Catching up


async def test_what_was_missed_is_received_the_oldest_first(staged: XAdapter, inbox: Inbox) -> None:
    for number in range(5):
        inbox.add(f"{number}", number - 100, person=str(1001 + number % 2))
    ears = Ears()
    async with listening(staged, ears.receive):
        assert texts(await ears.until(5)) == ["0", "1", "2", "3", "4"]


async def test_a_desk_that_was_down_for_a_month_reads_all_of_it(
    staged: XAdapter, inbox: Inbox
) -> None:
    """X shows thirty days; only one that never heard anything looks back a single day."""
    day = 86_400
    for number in range(150):
        inbox.add(f"{number}", number * day / 5 - 30 * day)
    staged.look_up(Desk({Address("x", ME, ANN): at(-31 * day)}))
    ears = Ears()
    async with listening(staged, ears.receive):
        assert texts(await ears.until(150)) == [f"{number}" for number in range(150)]


async def test_pages_are_turned_back_to_the_newest_that_was_received(
    stage: Stage, staged: XAdapter, inbox: Inbox
) -> None:
    for number in range(450):
        inbox.add(f"{number}", number * 100 - 100_000)
    staged.look_up(Desk({Address("x", ME, ANN): at(200 * 100 - 100_000)}))
    ears = Ears()
    async with listening(staged, ears.receive):
        heard = await ears.until(285)
    assert texts(heard) == [str(number) for number in range(165, 450)]
    assert [one.query["max_results"] for one in stage.calls(READ)[:3]] == ["100"] * 3


async def test_of_what_came_at_the_same_time_none_is_left_out(
    staged: XAdapter, inbox: Inbox
) -> None:
    """Ben's was received, Ann's a little before it was not."""
    inbox.add("ann", -50)
    staged.look_up(Desk({Address("x", ME, "1002"): inbox.add("ben", -40, person="1002")["id"]}))
    ears = Ears()
    async with listening(staged, ears.receive):
        assert "ann" in texts(await ears.until(1))


async def test_a_desk_that_never_heard_anything_looks_back_one_day(
    staged: XAdapter, inbox: Inbox
) -> None:
    inbox.add("answered by hand long ago", -100_000)
    inbox.add("yesterday", -80_000)
    ears = Ears()
    staged.look_up(Desk())
    async with listening(staged, ears.receive):
        assert texts(await ears.until(1)) == ["yesterday"]


async def test_what_was_received_is_not_received_again(
    stage: Stage, staged: XAdapter, inbox: Inbox
) -> None:
    inbox.add("once", -5)
    ears = Ears()
    for _ in range(2):
        async with listening(staged, ears.receive):
            await looked(stage, len(stage.calls(READ)) + 3)
    assert texts(ears.heard) == ["once"]


async def test_groups_are_passed_by_for_good(stage: Stage, staged: XAdapter, inbox: Inbox) -> None:
    for number in range(300):
        inbox.add("in a group", number - 1000)["dm_conversation_id"] = "1578398451921985538"
    async with listening(staged, Ears().receive):
        asked = await looked(stage, 6)
    sizes = [one.query["max_results"] for one in asked]
    assert sizes[:6] == ["100", "100", "100", "10", "10", "10"]


@pytest.mark.parametrize("field", ["sender_id", "referenced_tweets"])
async def test_names_that_x_no_longer_knows_are_left_out(
    stage: Stage, staged: XAdapter, inbox: Inbox, field: str
) -> None:
    def show(request: web.Request) -> web.Response:
        if field in request.query["dm_event.fields"].split(","):
            return to_response({"title": "Invalid Request"}, 400)
        return inbox.show(request)

    inbox.add("hello", -5)
    stage.put(READ, show)
    ears = Ears()
    async with listening(staged, ears.receive):
        assert texts(await ears.until(1)) == ["hello"]
        await looked(stage, 4)
    named = [field in one.query["dm_event.fields"] for one in stage.calls(READ)]
    assert named[:4] == [True, False, False, False]


# Our own words


async def test_we_do_not_answer_ourselves(stage: Stage, staged: XAdapter, inbox: Inbox) -> None:
    """Even where X no longer tells who wrote."""
    known = inbox.add("said before a restart", -9, None)["id"]
    inbox.add("from the phone", -8, ME)
    inbox.add("theirs", -7, None)
    staged.look_up(Desk(said={known}))
    stage.put(f"/2/dm_conversations/with/{ANN}/messages", {"data": {"dm_event_id": at(-6)}})
    await staged.send(Outbound(Address("x", ME, ANN), "said just now"))
    inbox.add("said just now", -6, None)
    ears = Ears()
    async with listening(staged, ears.receive):
        await ears.until(1)
        await looked(stage, 3)
    assert texts(ears.heard) == ["theirs"]


# How often


async def test_an_idle_desk_asks_about_once_a_minute_and_shows_little(
    stage: Stage, staged: XAdapter, inbox: Inbox, time: Time
) -> None:
    async with listening(staged, Ears().receive):
        asked = await looked(stage, 4)
    assert time.slept[:3] == [EVEN] * 3
    assert [one.query["max_results"] for one in asked[:3]] == ["100", "10", "10"]


async def test_while_somebody_writes_it_asks_more_often_but_never_too_often(
    stage: Stage, staged: XAdapter, inbox: Inbox, time: Time
) -> None:
    moments: list[float] = []

    def show(request: web.Request) -> web.Response:
        moments.append(time.now)
        inbox.add("again", time.now - NOW)
        return inbox.show(request)

    stage.put(READ, show)
    async with listening(staged, Ears().receive):
        await looked(stage, 60)
    assert EVEN / 3 in time.slept
    for start in moments:
        assert sum(start <= one < start + 900 for one in moments) <= 15


def test_the_last_reads_are_never_taken_in_haste(time: Time) -> None:
    budget = Budget(15, time)
    hearing = Hearing(Ears().receive, ME, Progress(), None, time)
    polling = Polling(cast(Reading, None), hearing, budget, time, time.sleep)
    polling._last = time.now
    pauses = []
    while budget.left:
        pauses.append(polling.pause)
        budget.take()
    assert pauses == [EVEN / 3] * 13 + [EVEN] * 2


async def test_the_operator_says_how_often(
    stage: Stage, tmp_path: Path, time: Time, inbox: Inbox
) -> None:
    async with (
        on_stage(stage, tmp_path, time, reads_per_quarter_hour=5) as adapter,
        listening(adapter, Ears().receive),
    ):
        await looked(stage, 3)
    assert time.slept[:2] == [180 * EASE] * 2


async def test_when_x_says_no_read_is_left_it_waits_as_long(
    stage: Stage, staged: XAdapter, inbox: Inbox, time: Time
) -> None:
    inbox.add("hello", -5)
    stage.put(READ, to_response({}, 429, x_rate_limit_reset=str(int(NOW) + 321)), inbox.show)
    ears = Ears()
    async with listening(staged, ears.receive):
        await ears.until(1)
    assert time.slept[0] == 321


async def test_many_pages_wait_for_reads(
    stage: Stage, tmp_path: Path, time: Time, inbox: Inbox
) -> None:
    for number in range(450):
        inbox.add(f"{number}", number - 1000)
    ears = Ears()
    async with (
        on_stage(stage, tmp_path, time, reads_per_quarter_hour=2) as adapter,
        listening(adapter, ears.receive),
    ):
        assert texts(await ears.until(450)) == [str(number) for number in range(450)]
    assert time.slept[:2] == [900, 900]


# Trouble


@pytest.mark.parametrize("answer", [html(200), html(503), cut, to_response({}, 500)])
async def test_after_trouble_it_asks_again(
    stage: Stage, staged: XAdapter, inbox: Inbox, answer: Any
) -> None:
    inbox.add("hello", -5)
    stage.put(READ, answer, answer, inbox.show)
    ears = Ears()
    async with listening(staged, ears.receive):
        assert texts(await ears.until(1)) == ["hello"]


async def test_of_a_long_look_no_page_is_read_again_because_another_failed(
    stage: Stage, staged: XAdapter, inbox: Inbox
) -> None:
    """A month is a hundred pages, and fifteen may be read in a quarter of an hour."""
    for number in range(250):
        inbox.add(f"{number}", number - 1000)
    stage.put(READ, inbox.show, html(502), inbox.show, cut, cut, inbox.show)
    ears = Ears()
    async with listening(staged, ears.receive):
        assert len(await ears.until(250)) == 250
    tokens = [one.query.get("pagination_token") for one in stage.calls(READ)]
    assert tokens[:6] == [None, "100", "100", "200", "200", "200"]


@pytest.mark.parametrize(("answer", "times"), [(to_response({}, 400), 3), (html(502), TRIES)])
async def test_a_page_that_fails_for_good_begins_from_the_first_again(
    stage: Stage, staged: XAdapter, inbox: Inbox, answer: Any, times: int
) -> None:
    """What tells X where to go on may be worth nothing after a while: no name is to blame then."""
    for number in range(150):
        inbox.add(f"{number}", number - 1000)
    stage.put(READ, inbox.show, *[answer] * times, inbox.show)
    ears = Ears()
    async with listening(staged, ears.receive):
        assert len(await ears.until(150)) == 150
    tokens = [one.query.get("pagination_token") for one in stage.calls(READ)]
    assert tokens[: times + 3] == [None, *["100"] * times, None, "100"]
    assert "sender_id" in stage.calls(READ)[-1].query["dm_event.fields"]


async def test_bad_keys_end_the_listening(stage: Stage, staged: XAdapter) -> None:
    stage.put(READ, to_response({}, 401))
    with pytest.raises(Retry, match="FRONTDESK_X__CONSUMER_KEY"):
        await staged.listen(Ears().receive)


def failing(times: int, ears: Ears, text: str) -> Receive:
    """A database that does not take one message, so many times."""
    left = [times]

    async def receive(inbound: Inbound) -> None:
        if inbound.text == text and left[0]:
            left[0] -= 1
            raise OSError("no space left on device")
        await ears.receive(inbound)

    return receive


async def test_what_could_not_be_received_comes_again_before_what_is_newer(
    staged: XAdapter, inbox: Inbox
) -> None:
    for number in range(4):
        inbox.add(f"{number}", number - 100)
    ears = Ears()
    async with listening(staged, failing(3, ears, "1")):
        assert texts(await ears.until(4)) == ["0", "1", "2", "3"]


async def test_how_it_hears_is_told_in_one_line(
    staged: XAdapter, stage: Stage, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with listening(staged, Ears().receive):
        await looked(stage, 1)
    told = [one.getMessage() for one in caplog.records]
    assert [one for one in told if one.startswith("X is")] == ["X is asked for messages"]
