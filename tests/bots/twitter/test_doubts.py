"""What may have arrived is looked up before it is said again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.twitter.adapter import XAdapter
from bots.twitter.doubts import says
from bots.twitter.parse import id_at
from core.adapter import Refused, Retry
from core.messages import Address, Enclosed, Outbound
from tests.bots.twitter.desk import Desk
from tests.bots.twitter.stage import ANN, ME, NOW, Stage, Time, cut, html, to_response

READ = f"/2/dm_conversations/with/{ANN}/dm_events"
SEND = f"/2/dm_conversations/with/{ANN}/messages"
SINCE = datetime.fromtimestamp(NOW, UTC)
HELLO = Outbound(Address("x", ME, ANN), "hello", written=SINCE, doubted=True)
PAGE = "https://twitter.com/messages/media/77"
SENT = {"data": {"dm_event_id": "7"}}

Json = dict[str, Any]


def said(text: str, after: float, sender: str | None = ME, number: int = 0) -> Json:
    """A message so many seconds after the first try."""
    return {
        "id": str(id_at(SINCE + timedelta(seconds=after)) + number),
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": sender,
        "dm_conversation_id": f"{ME}-{ANN}",
    }


def shown(*events: Json, next: str = "") -> Json:
    return {"data": list(events), "meta": {"next_token": next} if next else {}}


@pytest.mark.parametrize(
    "events",
    [
        [said("hello", 5)],
        [said("hello", -30)],
        [said("other", 9), said("hello", 5), said("hello", 4, ANN)],
        [said("hello", 5, None)],
        [said(" hello", 5)],
    ],
    ids=["after", "by another clock", "among others", "writer not told", "blanks"],
)
async def test_what_arrived_is_not_said_again(
    stage: Stage, staged: XAdapter, events: list[Json]
) -> None:
    stage.put(READ, shown(*events))
    ours = next(one for one in events if one["text"].strip() == "hello")
    assert await staged.send(HELLO) == ours["id"]
    assert stage.calls(SEND) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [("example.com", "http://example.com"), ("https://a.example/1", "https://a.example/1"),
     ("https://a.example", "https://a.example/")],
)  # fmt: skip
@pytest.mark.parametrize("has_file", [False, True])
async def test_what_x_made_a_link_of_is_known_again(
    stage: Stage, staged: XAdapter, written: str, told: str, has_file: bool
) -> None:
    """Were it not, everything with an address in it would be said twice."""
    links = [{"url": "https://t.co/abc", "expanded_url": told}]
    text = "see https://t.co/abc now"
    event = said(text, 5)
    file = Enclosed("a.png", "image/png", b"a") if has_file else None
    if has_file:
        event |= {"text": f"{text} https://t.co/xyz", "attachments": {"media_keys": ["3_1"]}}
        links.append({"url": "https://t.co/xyz", "expanded_url": PAGE})
    stage.put(READ, shown(event | {"entities": {"urls": links}}))
    outbound = replace(HELLO, text=f"see {written} now", file=file)
    assert await staged.send(outbound) == event["id"]
    assert stage.calls(SEND) == []


@pytest.mark.parametrize(
    "events",
    [
        [],
        [said("hello", -90)],
        [said("hello!", 5)],
        [said("Hello", 5)],
        [said("hello", 5, ANN)],
        [said("hello", 5) | {"event_type": "ParticipantsJoin"}],
    ],
    ids=["nothing", "long before", "other words", "other letters", "said by them", "no message"],
)
async def test_what_did_not_arrive_is_said(
    stage: Stage, staged: XAdapter, events: list[Json]
) -> None:
    stage.put(READ, shown(*events))
    stage.put(SEND, SENT)
    assert await staged.send(HELLO) == "7"


async def test_without_doubt_nothing_is_looked_up(stage: Stage, staged: XAdapter) -> None:
    stage.put(SEND, SENT)
    await staged.send(Outbound(HELLO.address, "hello"))
    assert stage.calls(READ) == []


async def test_where_there_is_no_conversation_nothing_arrived(
    stage: Stage, staged: XAdapter
) -> None:
    stage.put(READ, to_response({"title": "Not Found"}, 404))
    stage.put(SEND, SENT)
    assert await staged.send(HELLO) == "7"


async def test_pages_are_turned_back_to_the_first_try(stage: Stage, staged: XAdapter) -> None:
    stage.put(
        READ,
        shown(said("newer", 50), next="a"),
        shown(said("hello", 5), said("more", 4), next="b"),
        shown(said("hello", -70), next="c"),
    )
    assert await staged.send(HELLO) == said("hello", 5)["id"]
    assert [one.query.get("pagination_token") for one in stage.calls(READ)] == [None, "a", "b"]


async def test_the_same_words_twice_are_two_messages(stage: Stage, staged: XAdapter) -> None:
    """The first is known to the desk as the part before; the second is the one in doubt."""
    first, second = said("hello", 5), said("hello", 6)
    desk = Desk(said={first["id"]})
    staged.look_up(desk)
    stage.put(READ, shown(second, first))
    stage.put(SEND, SENT)
    assert await staged.send(HELLO) == second["id"]
    desk.arrived.add(second["id"])
    assert await staged.send(HELLO) == "7"
    assert desk.asked == [(HELLO.address, SINCE - timedelta(seconds=60))] * 2


async def test_of_two_unknown_ones_it_is_the_first(stage: Stage, staged: XAdapter) -> None:
    stage.put(READ, shown(said("hello", 9), said("hello", 5)))
    assert await staged.send(HELLO) == said("hello", 5)["id"]


async def test_without_a_read_left_it_waits_until_there_is_one(
    stage: Stage, staged: XAdapter, time: Time
) -> None:
    stage.put(READ, shown())
    stage.put(SEND, SENT)
    for _ in range(15):
        await staged.send(HELLO)
        time.now += 10
    with pytest.raises(Retry) as later:
        await staged.send(HELLO)
    assert (later.value.after, later.value.asked, later.value.everyone) == (750, True, False)
    assert (len(stage.calls(READ)), len(stage.calls(SEND))) == (15, 15)
    time.now += 750
    await staged.send(HELLO)


async def test_when_x_says_that_no_read_is_left_it_waits_as_long(
    stage: Stage, staged: XAdapter, time: Time
) -> None:
    stage.put(READ, to_response({}, 429, x_rate_limit_reset=str(int(time.now) + 400)))
    for _ in range(2):
        with pytest.raises(Retry) as later:
            await staged.send(HELLO)
        assert (later.value.after, later.value.asked) == (400, True)
    assert len(stage.calls(READ)) == 1


@pytest.mark.parametrize("answer", [html(200), html(502), to_response({}, 500), cut])
async def test_when_it_cannot_be_told_nothing_is_said(
    stage: Stage, staged: XAdapter, answer: Any
) -> None:
    stage.put(READ, answer)
    with pytest.raises(Retry):
        await staged.send(HELLO)
    assert stage.calls(SEND) == []


async def test_whoever_shut_us_out_is_refused_at_the_look(stage: Stage, staged: XAdapter) -> None:
    told = {"detail": "You cannot send messages to this user."}
    stage.put(READ, to_response(told, 403))
    with pytest.raises(Refused):
        await staged.send(HELLO)


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        ("see https://t.co/abc.", "see https://example.com/x?y=1.", True),
        ("see https://t.co/abc and https://t.co/d", "see example.com and https://a.b/c", True),
        ("see https://t.co/abc", "see example.com now", False),
        ("see https://t.co/abc", "see", False),
        ("https://t.co/abc", "two words", False),
        ("(https://t.co/a,https://t.co/b)", "(x.co,y,z.co)", True),
        ("(https://t.co/a,https://t.co/b)", "(x.co)", False),
        ("(https://t.co/a,https://t.co/b)", "(,)", False),
        ("a &amp; b &lt;c&gt;", "a & b <c>", True),
        ("a & b <c>", "a &amp; b &lt;c&gt;", True),
        ("&amp;", "&amp;", True),
        ("cafe\u0301", "caf\u00e9", True),
        ("a+b (c)", "a+b (c)", True),
        (".*", "anything", False),
    ],
)
def test_words_are_the_same_as_x_shows_them(theirs: str, ours: str, same: bool) -> None:
    assert says(theirs, ours) is same


def test_no_text_makes_the_comparison_slow() -> None:
    theirs = ",".join(["https://t.co/a"] * 500)
    assert not says(theirs + "!", "," * 10_000)
    assert says(theirs, "," * 10_000)
