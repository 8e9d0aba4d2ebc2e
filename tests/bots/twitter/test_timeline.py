"""Posts on our timeline: cut to fit, chained, and never begun twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.twitter.adapter import XAdapter
from bots.twitter.parse import id_at
from bots.twitter.posts import to_posts, weigh
from core.adapter import Refused, Retry, Unknown
from core.messages import Address, Outbound
from tests.bots.twitter.stage import ME, NOW, Stage, cut, html, to_response

POST, POSTS = "/2/tweets", f"/2/users/{ME}/tweets"
TIMELINE = Address("x", ME, "timeline")
SINCE = datetime.fromtimestamp(NOW, UTC)
LONG = "word " * 150
PARTS = to_posts(LONG)

Json = dict[str, Any]


def made(id: int) -> Json:
    return {"data": {"id": str(id), "text": "…"}}


def shown(text: str, after: float) -> Json:
    return {"id": str(id_at(SINCE + timedelta(seconds=after))), "text": text}


async def test_a_short_text_is_one_post(stage: Stage, staged: XAdapter) -> None:
    stage.put(POST, made(5))
    assert await staged.send(Outbound(TIMELINE, "news", "Title")) == "5"
    assert [one.json for one in stage.calls(POST)] == [{"text": "Title\n\nnews"}]


async def test_a_long_text_is_a_thread(stage: Stage, staged: XAdapter) -> None:
    stage.put(POST, made(5), made(6), made(7))
    assert len(PARTS) == 3
    assert await staged.send(Outbound(TIMELINE, LONG)) == "5"
    posted = [one.json for one in stage.calls(POST)]
    assert [one["text"] for one in posted] == PARTS
    assert [one.get("reply") for one in posted] == [
        None,
        {"in_reply_to_tweet_id": "5"},
        {"in_reply_to_tweet_id": "6"},
    ]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (to_response({"detail": "duplicate content"}, 403), Refused),
        (to_response({}, 429), Retry),
        (to_response({}, 503), Unknown),
        (html(200), Unknown),
        (cut, Unknown),
    ],
)
async def test_a_first_post_fails_as_any_message(
    stage: Stage, staged: XAdapter, answer: Any, failure: type[Exception]
) -> None:
    stage.put(POST, answer)
    with pytest.raises(failure):
        await staged.send(Outbound(TIMELINE, LONG))


@pytest.mark.parametrize(
    "answer", [to_response({}, 429), to_response({}, 403), to_response({}, 503), cut]
)
async def test_a_thread_that_stops_half_way_is_in_doubt_and_goes_on_where_it_stopped(
    stage: Stage, staged: XAdapter, answer: Any
) -> None:
    stage.put(POST, made(5), answer)
    with pytest.raises(Unknown):
        await staged.send(Outbound(TIMELINE, LONG))
    stage.asked.clear()
    stage.put(POSTS, {"data": [shown("another", 9), shown(PARTS[0], 5), shown("earlier", -300)]})
    stage.put(POST, made(6), made(7))
    first = shown(PARTS[0], 5)["id"]
    assert await staged.send(Outbound(TIMELINE, LONG, written=SINCE, doubted=True)) == first
    posted = [one.json for one in stage.calls(POST)]
    assert [one["text"] for one in posted] == PARTS[1:]
    assert posted[0]["reply"] == {"in_reply_to_tweet_id": first}


async def test_a_thread_that_is_there_is_not_posted_again(stage: Stage, staged: XAdapter) -> None:
    posts = [shown(part, 5 + number) for number, part in enumerate(PARTS)]
    stage.put(POSTS, {"data": posts[::-1]})
    assert (
        await staged.send(Outbound(TIMELINE, LONG, written=SINCE, doubted=True)) == posts[0]["id"]
    )
    assert stage.calls(POST) == []


async def test_when_the_timeline_is_not_shown_nothing_is_posted(
    stage: Stage, staged: XAdapter
) -> None:
    stage.put(POSTS, html(503))
    with pytest.raises(Retry):
        await staged.send(Outbound(TIMELINE, "news", written=SINCE, doubted=True))
    assert stage.calls(POST) == []


# How a text is cut


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 280, 1), ("a" * 281, 2), ("é" * 280, 1), ("漢" * 140, 1), ("漢" * 141, 2),
     ("👋" * 140, 1), ("👋" * 141, 2), ("", 0), (" \n ", 0)],
)  # fmt: skip
def test_a_post_has_room_for_what_x_counts(text: str, count: int) -> None:
    assert len(to_posts(text)) == count


def test_a_link_counts_the_same_however_long_and_stays_whole() -> None:
    link = "https://example.com/" + "a" * 500
    assert to_posts(f"{'b' * 240} {link}") == [f"{'b' * 240} {link}"]
    assert to_posts(f"{'b' * 260} {link}") == ["b" * 260, link]
    for before, after in (("(", ")"), ("„", "“."), ('("', '"),'), ("", "…"), ("", "?")):
        assert to_posts(f"{before}{link}{after}") == [f"{before}{link}{after}"]
    assert weigh("x.co") > 23


@pytest.mark.parametrize(
    ("start", "sign"),
    [("https://example.com/{", "y"), ("https://example.com\\", "y"), ("https://example.com/y", "!"),
     ("http://localhost/", "y"), ("https://192.168.0.1/", "y"), ("(((https://example.com/", "y")],
)  # fmt: skip
def test_what_x_does_not_take_for_a_link_counts_as_it_is(start: str, sign: str) -> None:
    assert len(to_posts(start + sign * 280)) == 2


def test_what_people_see_as_one_character_stays_one() -> None:
    family = "👩‍👩‍👧‍👦"
    assert set("".join(to_posts(family * 200)).split(family)) == {""}


@given(st.text(st.sampled_from("ab .\n漢👋é"), max_size=700))
def test_no_words_are_lost_and_no_post_is_too_long(text: str) -> None:
    posts = to_posts(text)
    assert "".join("".join(posts).split()) == "".join(text.split())
    assert all(len(post) > 0 and sum(2 if ord(one) > 4351 else 1 for one in post) <= 280
               for post in posts)  # fmt: skip
