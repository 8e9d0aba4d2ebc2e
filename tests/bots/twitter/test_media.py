"""Files that came in: from X alone, with what authorises us there and nowhere else."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiohttp import web
from pydantic import SecretStr

from bots.twitter.adapter import XAdapter
from core.adapter import FetchError, Gone, TooLarge
from core.messages import Attachment
from tests.bots.contract import read
from tests.bots.twitter.stage import Stage, Time, cut, html, to_response, under_its_names

NAMES = ("api.x.com", "ton.twitter.com", "video.twimg.com", "pbs.twimg.com", "evil.example")
OLDER = "/1.1/ton/data/dm/1/2/photo.jpg"
NEWER = "/2/dm_conversations/media/1/2/photo.jpg"
PHOTO = Attachment(f"1 https://ton.twitter.com{OLDER}", "photo")
VIDEO = Attachment("1 https://video.twimg.com/dm_video/1/vid/a.mp4", "video")
DATA = bytes(range(256)) * 1_000
FILE = web.Response(body=DATA)
GRANTS = [{"access_token": f"CANARY-a{n}", "refresh_token": f"CANARY-r{n}"} for n in (1, 2)]


class Open(Protocol):
    def __call__(self, **more: Any) -> AbstractAsyncContextManager[XAdapter]: ...


@pytest.fixture
async def open_x(stage: Stage, tmp_path: Path, time: Time) -> Open:
    return lambda **more: under_its_names(stage, NAMES, tmp_path, time, **more)


@pytest.fixture
async def signing(open_x: Open) -> AsyncIterator[XAdapter]:
    """Has OAuth 1.0a alone."""
    async with open_x() as adapter:
        yield adapter


@pytest.fixture
async def bearing(open_x: Open, stage: Stage) -> AsyncIterator[XAdapter]:
    """Has OAuth 2.0 as well."""
    stage.put("/2/oauth2/token", *GRANTS)
    async with open_x(client_id="id", refresh_token=SecretStr("CANARY-r0")) as adapter:
        yield adapter


def authorised(stage: Stage, path: str) -> list[str]:
    return [one.headers.get("Authorization", "")[:20] for one in stage.calls(path)]


async def test_with_oauth_2_a_file_is_had_from_the_interface(
    stage: Stage, bearing: XAdapter
) -> None:
    stage.put(NEWER, FILE)
    assert await read(bearing, PHOTO) == DATA
    assert await read(bearing, PHOTO) == DATA
    assert authorised(stage, NEWER) == ["Bearer CANARY-a1"] * 2


async def test_without_it_from_its_older_place(stage: Stage, signing: XAdapter) -> None:
    stage.put(OLDER, FILE)
    assert await read(signing, PHOTO) == DATA
    (asked,) = stage.calls(OLDER)
    assert asked.headers["Host"] == "ton.twitter.com"
    assert asked.headers["Authorization"].startswith("OAuth ")


async def test_a_video_comes_from_its_own_place(stage: Stage, bearing: XAdapter) -> None:
    stage.put("/dm_video/1/vid/a.mp4", FILE)
    assert await read(bearing, VIDEO) == DATA


async def test_a_token_refused_before_its_time_is_renewed(stage: Stage, bearing: XAdapter) -> None:
    stage.put(NEWER, to_response({}, 401), FILE)
    assert await read(bearing, PHOTO) == DATA
    assert authorised(stage, NEWER) == ["Bearer CANARY-a1", "Bearer CANARY-a2"]


@pytest.mark.parametrize("status", [401, 403])
async def test_where_the_token_does_not_do_the_older_way_may(
    stage: Stage, bearing: XAdapter, status: int
) -> None:
    stage.put(NEWER, to_response({}, status))
    stage.put(OLDER, FILE)
    assert await read(bearing, PHOTO) == DATA


async def test_where_there_is_no_token_the_older_way_may_do(
    stage: Stage, bearing: XAdapter
) -> None:
    stage.put("/2/oauth2/token", to_response({}, 400))
    stage.put(OLDER, FILE)
    assert await read(bearing, PHOTO) == DATA


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (to_response({}, 404), Gone),
        (to_response({}, 410), Gone),
        (to_response({}, 401), FetchError),
        (to_response({}, 403), FetchError),
        (to_response({}, 429), FetchError),
        (html(503), FetchError),
        (cut, FetchError),
    ],
)
async def test_every_failure_has_its_meaning(
    stage: Stage, signing: XAdapter, answer: Any, failure: type[FetchError]
) -> None:
    stage.put(OLDER, answer)
    with pytest.raises(FetchError) as failed:
        await read(signing, PHOTO)
    assert type(failed.value) is failure


async def test_a_file_that_ends_early_is_no_file(stage: Stage, signing: XAdapter) -> None:
    stage.put(OLDER, web.Response(body=DATA, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FetchError):
        await read(signing, PHOTO)


async def test_a_file_beyond_the_limit_is_too_large(stage: Stage, signing: XAdapter) -> None:
    stage.put(OLDER, web.Response(body=bytes(signing.limits.file_in + 1)))
    with pytest.raises(TooLarge) as refused:
        await read(signing, PHOTO)
    assert refused.value.limit == signing.limits.file_in


def moved(to: str) -> web.Response:
    return web.Response(status=302, headers={"Location": to})


@pytest.mark.parametrize("to", ["https://pbs.twimg.com/a.jpg", "/a.jpg"])
async def test_another_place_of_xs_gets_nothing_of_ours(
    stage: Stage, signing: XAdapter, to: str
) -> None:
    stage.put(OLDER, moved(to))
    stage.put("/a.jpg", FILE)
    assert await read(signing, PHOTO) == DATA
    assert authorised(stage, "/a.jpg") == [""]


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/a.jpg",
        "http://pbs.twimg.com/a.jpg",
        "//evil.example/a.jpg",
        "https://[",
    ],
)
async def test_to_other_places_it_does_not_go(stage: Stage, signing: XAdapter, to: str) -> None:
    stage.put(OLDER, moved(to))
    with pytest.raises(FetchError):
        await read(signing, PHOTO)
    assert stage.calls("/a.jpg") == []


async def test_it_does_not_go_around_in_circles(stage: Stage, signing: XAdapter) -> None:
    stage.put(OLDER, moved(OLDER))
    with pytest.raises(FetchError):
        await read(signing, PHOTO)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "7_77",
        "https://evil.example/1.1/ton/data/dm/1/2/photo.jpg",
        "http://ton.twitter.com/1.1/ton/data/dm/1/2/photo.jpg",
        "https://ton.twitter.com@evil.example/a",
        "https://ton.twitter.com:444/a",
        "https://[",
        "https://ton.twitter.com/a b?ü=\n",
        "file:///etc/passwd",
    ],
)
async def test_what_is_no_link_of_xs_is_not_asked_for(
    stage: Stage, bearing: XAdapter, link: str
) -> None:
    with pytest.raises(Gone):
        await read(bearing, Attachment(f"1 {link}", "photo"))
    assert len(stage.asked) == 1
