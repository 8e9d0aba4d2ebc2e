"""Files of messages and of posts, tokens, and our timeline."""

import re

# mypy: disable-error-code="import-untyped"
from base64 import b64encode
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from tweepy import BadRequest, Forbidden

from tests.fakes.x_client import Line, bearer, line_to_x, signed

PICTURE = b"\x89PNG" * 500_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def x() -> AsyncIterator[Line]:
    async with line_to_x() as line:
        yield line


async def media_of(x: Line) -> dict[str, Any]:
    """What the look-up tells of the newest message's file."""
    told = await x.tweepy.get_direct_message_events(
        expansions=["attachments.media_keys"], media_fields=["url", "variants", "type"]
    )
    newest = told["data"][0]["attachments"]["media_keys"]
    media: dict[str, Any] = told["includes"]["media"][0]
    assert newest == [media["media_key"]]
    return media


async def test_a_picture_is_had_with_a_token_or_at_its_older_address(x: Line) -> None:
    said = await x.fake.person(7).sends_media(PICTURE, name="proof ü.jpg")
    media = await media_of(x)
    link = media["url"]
    assert media["type"] == "photo"
    assert link.startswith(f"https://ton.twitter.com/1.1/ton/data/dm/{said.id}/")
    newer = f"{x.fake.url}/2/dm_conversations/media/" + link.partition("/dm/")[2]
    token = bearer(x.fake.grants.issue())
    assert await x.download(newer, token) == (200, PICTURE)
    quoted = link.replace(" ", "%20").replace("ü", "%C3%BC")
    assert await x.download(quoted, signed(x.fake.keys, "GET", quoted)) == (200, PICTURE)
    newer = newer.replace(" ", "%20").replace("ü", "%C3%BC")
    assert (await x.download(newer, signed(x.fake.keys, "GET", newer)))[0] == 403
    assert (await x.download(newer, bearer(x.fake.grants.issue_for_app())))[0] == 403
    assert (await x.download(newer, {}))[0] == 401
    assert (await x.download(newer.replace(said.id, "1"), token))[0] == 404
    assert said.file
    x.fake.files.remove(said.file.id)
    assert (await x.download(newer, token))[0] == 404


@pytest.mark.parametrize("kind", ["video", "animated_gif"])
async def test_a_film_is_had_at_its_address(x: Line, kind: str) -> None:
    await x.fake.person(7).sends_media(b"film", kind)
    media = await media_of(x)
    assert media["type"] == kind
    assert "url" not in media
    films = [one for one in media["variants"] if one["content_type"] == "video/mp4"]
    for film in films:
        assert await x.download(film["url"], {}) == (200, b"film")


# Uploads


async def upload(x: Line, data: bytes, category: str) -> tuple[int, Any]:
    form = aiohttp.FormData({"media_category": category})
    form.add_field("media", BytesIO(data), filename="a", content_type="application/octet-stream")
    return await x.ask("POST", "/2/media/upload", data=form)


async def test_a_picture_goes_up_at_once_and_out_in_one_message(x: Line) -> None:
    anna = x.fake.person(7)
    status, told = await upload(x, PICTURE, "dm_image")
    assert (status, told["data"]["size"]) == (200, len(PICTURE))
    id = told["data"]["id"]
    await x.tweepy.create_direct_message(participant_id=7, media_id=id)
    (seen,) = await anna.hears()
    assert (seen["text"], seen["media"]) == ("", PICTURE)
    with pytest.raises(BadRequest):
        await x.tweepy.create_direct_message(participant_id=7, media_id=id)


async def test_an_upload_ends_after_a_day(x: Line) -> None:
    x.fake.person(7)
    _, told = await upload(x, PICTURE, "dm_image")
    x.fake.clock.advance(86_400)
    with pytest.raises(BadRequest):
        await x.tweepy.create_direct_message(participant_id=7, media_id=told["data"]["id"])


async def test_what_is_no_upload_is_refused(x: Line) -> None:
    for data, category in ((b"", "dm_image"), (b"a", "dm_document"), (b"a", "dm_video")):
        assert (await upload(x, data, category))[0] == 400
    assert (await upload(x, bytes(5_000_001), "tweet_image"))[0] == 400
    assert (await x.ask("POST", "/2/media/upload/5/finalize"))[0] == 404


async def begin(x: Line, total: int) -> str:
    begun = {"media_type": "video/mp4", "total_bytes": total, "media_category": "dm_video"}
    status, told = await x.ask("POST", "/2/media/upload/initialize", json=begun)
    assert status == 200
    return f"/2/media/upload/{told['data']['id']}"


async def test_a_video_goes_up_in_parts_and_is_looked_through(x: Line) -> None:
    anna = x.fake.person(7)
    place = await begin(x, 8)
    form = aiohttp.FormData({"segment_index": "1"})
    form.add_field("media", b"-end", filename="a")
    assert (await x.ask("POST", f"{place}/append", data=form))[0] == 200
    assert (await x.ask("POST", f"{place}/finalize"))[0] == 400
    part = {"segment_index": 0, "media": b64encode(b"film").decode()}
    assert (await x.ask("POST", f"{place}/append", json=part))[0] == 200
    states = [(await x.ask("POST", f"{place}/finalize"))[1]["data"]["processing_info"]["state"]]
    id = place.rpartition("/")[2]
    with pytest.raises(BadRequest):
        await x.tweepy.create_direct_message(participant_id=7, media_id=id)
    while states[-1] != "succeeded":
        _, told = await x.ask("GET", f"/2/media/upload?command=STATUS&media_id={id}")
        states.append(told["data"]["processing_info"]["state"])
    assert states == ["pending", "in_progress", "succeeded"]
    await x.tweepy.create_direct_message(participant_id=7, text="look", media_id=id)
    assert (await anna.hears())[0]["media"] == b"film-end"


async def test_a_video_may_be_of_no_use(x: Line) -> None:
    x.fake.uploads.states = ["pending", "failed"]
    place = await begin(x, 4)
    form = aiohttp.FormData({"segment_index": "0"})
    form.add_field("media", b"film", filename="a")
    await x.ask("POST", f"{place}/append", data=form)
    await x.ask("POST", f"{place}/finalize")
    id = place.rpartition("/")[2]
    for _ in range(2):
        _, told = await x.ask("GET", f"/2/media/upload?media_id={id}")
        assert told["data"]["processing_info"] == {"state": "failed"}


# Posts


async def test_a_thread_with_a_picture_stands_on_the_timeline(x: Line) -> None:
    _, told = await upload(x, PICTURE, "tweet_image")
    first = await x.tweepy.create_tweet(text="one", media_ids=[told["data"]["id"]])
    id = first["data"]["id"]
    await x.tweepy.create_tweet(text="two https://example.com", in_reply_to_tweet_id=id)
    shown = await x.tweepy.get_users_tweets(
        "100",
        max_results=5,
        tweet_fields=["attachments", "created_at", "entities"],
        user_auth=True,
    )
    newest, oldest = shown["data"]
    assert oldest["id"] == id
    assert re.fullmatch(r"one https://t\.co/\w+", oldest["text"])
    assert oldest["attachments"]["media_keys"]
    assert newest["entities"]["urls"][0]["expanded_url"] == "https://example.com"
    assert x.fake.posts[0].files[0].data == PICTURE
    assert x.fake.posts[1].reply_to == id


async def test_what_is_no_post_is_refused(x: Line) -> None:
    await x.tweepy.create_tweet(text="w" * 280)
    for text in ("w" * 281, "語" * 141, "w" * 280):
        with pytest.raises(Forbidden):
            await x.tweepy.create_tweet(text=text)
    with pytest.raises(Forbidden, match="deleted or not visible"):
        await x.tweepy.create_tweet(text="a", in_reply_to_tweet_id=5)
    with pytest.raises(BadRequest):
        await x.tweepy.create_tweet(text="a", media_ids=[5])
    await x.tweepy.create_tweet(text="語" * 140)
    await x.tweepy.create_tweet(text="https://example.com/" + "a" * 400)
    x.fake.posting.refuses_repeats = False
    await x.tweepy.create_tweet(text="w" * 280)


# Tokens


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{secret}".encode()).decode()}


async def renew(x: Line, token: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    keys = x.fake.keys
    proven = basic(keys.client_id, keys.client_secret) if headers is None else headers
    asked = {"grant_type": "refresh_token", "refresh_token": token, "client_id": keys.client_id}
    return await x.ask("POST", "/2/oauth2/token", proven | FORM, data=asked)


async def test_a_refresh_token_is_good_for_one_use(x: Line) -> None:
    first = x.fake.keys.refresh_token
    status, pair = await renew(x, first)
    assert (status, pair["expires_in"]) == (200, 7200)
    assert (await x.ask("GET", "/2/users/me", bearer(pair["access_token"])))[0] == 200
    status, told = await renew(x, first)
    assert (status, told["error"]) == (400, "invalid_request")
    assert (await renew(x, pair["refresh_token"]))[0] == 200
    assert x.fake.grants.renewals == 2
    x.fake.grants.end_access()
    assert (await x.ask("GET", "/2/users/me", bearer(pair["access_token"])))[0] == 401
    x.fake.grants.end_all()
    assert (await renew(x, ""))[0] == 400


async def test_who_renews_says_who_it_is(x: Line) -> None:
    first = x.fake.keys.refresh_token
    assert (await renew(x, first, {}))[0] == 401
    assert (await renew(x, first, basic("x-client-id", "wrong")))[0] == 401
    x.fake.grants.is_public = True
    assert (await renew(x, first, {}))[0] == 200


async def test_the_app_has_a_token_of_its_own(x: Line) -> None:
    keys, asked = x.fake.keys, {"grant_type": "client_credentials"}
    known = basic(keys.consumer_key, keys.consumer_secret) | FORM
    status, told = await x.ask("POST", "/oauth2/token", known, data=asked)
    assert (status, told["token_type"]) == (200, "bearer")
    assert (await x.ask("GET", "/2/webhooks", bearer(told["access_token"])))[0] == 200
    wrong = basic(keys.consumer_key, "wrong") | FORM
    status, told = await x.ask("POST", "/oauth2/token", wrong, data=asked)
    assert (status, told["errors"][0]["code"]) == (403, 99)
