"""Pictures and videos on their way to X."""

from typing import Any

import pytest

from bots.twitter.adapter import XAdapter
from bots.twitter.limits import FILES
from bots.twitter.upload import CHUNK
from core.adapter import Refused, Retry, Unsupported
from tests.bots.twitter.stage import Stage, Time, cut, html, to_response

PUT = "/2/media/upload"
BEGIN, APPEND, END = f"{PUT}/initialize", f"{PUT}/77/append", f"{PUT}/77/finalize"
MADE = {"data": {"id": "77"}}


def processing(state: str) -> dict[str, Any]:
    info = {"state": state, "check_after_secs": 2}
    return {"data": {"id": "77", "processing_info": info}}


async def test_a_small_picture_goes_in_one_call(stage: Stage, staged: XAdapter) -> None:
    stage.put(PUT, MADE)
    assert await staged.upload(b"\x89PNG", "image/png") == "77"
    (asked,) = stage.calls(PUT)
    assert asked.headers["Content-Type"].startswith("multipart/form-data")
    assert asked.headers["Authorization"].startswith("OAuth ")
    for part in (b"\x89PNG", b"tweet_image", b"image/png"):
        assert part in asked.body


async def test_a_video_goes_in_pieces_and_is_waited_for(
    stage: Stage, staged: XAdapter, time: Time
) -> None:
    data = bytes(range(256)) * 36_000
    stage.put(BEGIN, MADE)
    stage.put(APPEND, to_response(None, 204))
    stage.put(END, processing("pending"))
    stage.put(PUT, processing("in_progress"), processing("succeeded"))
    assert await staged.upload(data, "video/mp4") == "77"
    assert stage.calls(BEGIN)[0].json == {
        "media_type": "video/mp4",
        "total_bytes": len(data),
        "media_category": "tweet_video",
    }
    pieces = stage.calls(APPEND)
    assert len(pieces) == 3
    for number, piece in enumerate(pieces):
        assert data[number * CHUNK : (number + 1) * CHUNK] in piece.body
        assert f"\r\n\r\n{number}\r\n".encode() in piece.body
    assert time.slept == [2, 2]
    assert stage.calls(PUT)[0].query == {"command": "STATUS", "media_id": "77"}


async def test_a_gif_goes_in_pieces_though_it_is_small(stage: Stage, staged: XAdapter) -> None:
    stage.put(BEGIN, MADE)
    stage.put(APPEND, {})
    stage.put(END, MADE)
    assert await staged.upload(b"GIF89a", "image/gif") == "77"
    assert stage.calls(BEGIN)[0].json["media_category"] == "tweet_gif"


@pytest.mark.parametrize(
    ("data", "media_type", "failure"),
    [
        (b"%PDF", "application/pdf", Unsupported),
        (b"<svg>", "image/svg+xml", Unsupported),
        (b"", "image/png", Refused),
        (bytes(FILES["image/jpeg"] + 1), "image/jpeg", Refused),
    ],
)
async def test_what_x_does_not_take_is_not_sent(
    stage: Stage, staged: XAdapter, data: bytes, media_type: str, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        await staged.upload(data, media_type)
    assert len(stage.asked) == 1


async def test_what_x_cannot_use_is_refused(stage: Stage, staged: XAdapter) -> None:
    stage.put(BEGIN, MADE)
    stage.put(APPEND, {})
    stage.put(END, processing("failed"))
    with pytest.raises(Refused):
        await staged.upload(b"mp4", "video/mp4")


async def test_what_x_never_finishes_is_tried_later(stage: Stage, staged: XAdapter) -> None:
    stage.put(BEGIN, MADE)
    stage.put(APPEND, {})
    stage.put(END, processing("pending"))
    stage.put(PUT, processing("pending"))
    with pytest.raises(Retry):
        await staged.upload(b"mp4", "video/mp4")


@pytest.mark.parametrize("answer", [html(200), html(503), to_response({}, 500), cut, {"data": 1}])
async def test_whatever_became_of_it_it_can_be_done_again(
    stage: Stage, staged: XAdapter, answer: Any
) -> None:
    stage.put(PUT, answer)
    with pytest.raises(Retry):
        await staged.upload(b"\x89PNG", "image/png")
