"""Files on their way out: shown, or named, and looked for after a send without an answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bots.twitter.adapter import XAdapter
from bots.twitter.posts import CHAT, to_posts
from core.adapter import DeliveryError, Publishes, Retry, Unknown
from core.messages import Address, Enclosed, Outbound
from core.settings import X
from tests.bots.contract import ANN
from tests.bots.contract_changes import PICTURE
from tests.bots.twitter.stage import ME, NOW, Stage, Time, on_stage, to_response
from tests.fakes.x import XFake

FILE = Enclosed("@ann picture.png", "image/png", PICTURE)
NAMED = "📎 _ann picture.png (0.0 MB)"
SEND, POST = "POST /2/dm_conversations/*/messages", "POST /2/tweets"
UPLOAD = "POST /2/media/upload"
PROBLEMS = "https://api.twitter.com/2/problems/"
WRITTEN = datetime.fromtimestamp(NOW, UTC)
LONG = " ".join(f"word{number}" for number in range(90))


@pytest.fixture
async def fake() -> AsyncIterator[XFake]:
    async with XFake(now=Time()) as made:
        yield made


@pytest.fixture
async def desk(fake: XFake, tmp_path: Path) -> AsyncIterator[XAdapter]:
    names = ("consumer_key", "consumer_secret", "access_token", "access_secret")
    keys = {name: SecretStr(getattr(fake.keys, name)) for name in names}
    settings, time = X.model_validate(keys | {"news": True}), Time()
    adapter = XAdapter(
        settings, "", tmp_path, connector=fake.connector(), clock=time, sleep=time.sleep
    )
    await adapter.open()
    yield adapter
    await adapter.close()
    await fake.hang_up()


def to_ann(desk: XAdapter, text: str, file: Enclosed | None = FILE, **more: Any) -> Outbound:
    return Outbound(Address("x", desk.account, ANN), text, file=file, written=WRITTEN, **more)


def news(desk: XAdapter, text: str, file: Enclosed | None = FILE, **more: Any) -> Outbound:
    assert desk.public_place
    return Outbound(desk.public_place, text, file=file, written=WRITTEN, **more)


async def lost(desk: XAdapter, fake: XFake, outbound: Outbound, where: str) -> None:
    fake.faults.add("lost_answer", where)
    with pytest.raises(Unknown):
        await desk.send(outbound)


@pytest.mark.parametrize("text", ["Look: https://x.example/a b", ""])
async def test_a_message_with_a_file_that_arrived_is_not_said_again(
    desk: XAdapter, fake: XFake, text: str
) -> None:
    ann = fake.person(ANN)
    await lost(desk, fake, to_ann(desk, text), SEND)
    assert await desk.send(to_ann(desk, text, doubted=True)) == ann.inbox[0]["id"]
    assert [(one["text"], one["media"]) for one in ann.inbox] == [(text, PICTURE)]


async def test_the_same_words_without_the_file_are_another_message(
    desk: XAdapter, fake: XFake
) -> None:
    ann = fake.person(ANN)
    await desk.send(to_ann(desk, "Look", file=None))
    await desk.send(to_ann(desk, "Look", doubted=True))
    await desk.send(to_ann(desk, "", doubted=True))
    assert [(one["text"], one["media"]) for one in ann.inbox] == [
        ("Look", None),
        ("Look", PICTURE),
        ("", PICTURE),
    ]


async def test_what_x_cannot_use_after_all_is_named_and_that_is_found_again(
    desk: XAdapter, fake: XFake
) -> None:
    ann = fake.person(ANN)
    fake.uploads.states = ["pending", "failed"]
    film = Enclosed("film.mp4", "video/mp4", b"no film")
    await lost(desk, fake, to_ann(desk, "Look", film), SEND)
    fake.uploads.states = ["succeeded"]
    await desk.send(to_ann(desk, "Look", film, doubted=True))
    assert [(one["text"], one["media"]) for one in ann.inbox] == [
        ("Look\n\n📎 film.mp4 (0.0 MB)", None)
    ]


@pytest.mark.parametrize("fault", ["rate_limited", "lost_answer", "server_error"])
async def test_an_upload_that_fails_says_nothing_and_is_tried_again(
    desk: XAdapter, fake: XFake, fault: str
) -> None:
    ann = fake.person(ANN)
    fake.faults.add(fault, UPLOAD)
    with pytest.raises(Retry):
        await desk.send(to_ann(desk, "Look"))
    assert ann.inbox == []
    await desk.send(to_ann(desk, "Look"))
    assert [one["media"] for one in ann.inbox] == [PICTURE]


# On the timeline


async def test_the_timeline_is_the_public_place_where_news_is_wanted(
    desk: XAdapter, stage: Stage, tmp_path: Path
) -> None:
    assert isinstance(desk, Publishes)
    assert desk.public_place == Address("x", desk.account, "timeline")
    async with on_stage(stage, tmp_path, Time()) as without:
        assert without.account == ME
        assert without.public_place is None


async def test_a_file_stands_in_the_first_post_of_a_thread_with_the_title(
    desk: XAdapter, fake: XFake
) -> None:
    id = await desk.send(news(desk, LONG, title="Title"))
    posts = fake.world.posts
    assert [one.text for one in posts] == to_posts(f"Title\n\n{LONG}")
    assert posts[0].text.startswith("Title\n\nword0")
    assert [[file.data for file in one.files] for one in posts] == [[PICTURE], [], []]
    assert [one.reply_to for one in posts] == ["", posts[0].id, posts[1].id]
    assert id == posts[0].id


async def test_a_file_alone_is_a_post(desk: XAdapter, fake: XFake) -> None:
    await desk.send(news(desk, ""))
    assert [(one.text, one.files[0].data) for one in fake.world.posts] == [("", PICTURE)]


async def test_another_file_is_named_and_its_name_calls_nobody(desk: XAdapter, fake: XFake) -> None:
    pdf = Enclosed(FILE.name, "application/pdf", b"%PDF")
    await desk.send(news(desk, "Words", pdf))
    assert [(one.text, one.files) for one in fake.world.posts] == [(f"Words\n\n{NAMED}", ())]


@pytest.mark.parametrize("text", ["Words", "See https://x.example/a", "", LONG])
async def test_a_post_with_a_file_that_is_there_is_not_posted_again(
    desk: XAdapter, fake: XFake, text: str
) -> None:
    await lost(desk, fake, news(desk, text), POST)
    there = fake.world.posts[0].id
    assert await desk.send(news(desk, text, doubted=True)) == there
    assert [one.text for one in fake.world.posts] == (to_posts(text) or [""])


async def test_a_thread_that_stopped_goes_on_without_the_file(desk: XAdapter, fake: XFake) -> None:
    await lost(desk, fake, news(desk, LONG), POST)
    assert len(fake.world.posts) == 1
    await desk.send(news(desk, LONG, doubted=True))
    assert [len(one.files) for one in fake.world.posts] == [1, 0, 0]
    assert sum(call.path == "/2/media/upload" for call in fake.world.calls) == 1


async def test_without_the_right_to_upload_all_wait(stage: Stage, staged: XAdapter) -> None:
    stage.put("/2/media/upload", to_response({"title": "Unauthorized"}, 401))
    with pytest.raises(DeliveryError) as failed:
        await staged.send(Outbound(Address("x", ME, ANN), "Look", file=FILE))
    assert isinstance(failed.value, Retry)
    assert failed.value.everyone


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (to_response({}, 429, x_rate_limit_reset=str(int(NOW) + 80_000)), 80_000),
        (
            to_response({"title": "client-forbidden", "type": f"{PROBLEMS}client-forbidden"}, 403),
            300,
        ),
    ],
    ids=["all posts of a day", "no right to post"],
)
@pytest.mark.parametrize("path", ["/2/media/upload", "/2/tweets"])
async def test_when_a_post_or_a_file_has_to_wait_no_message_does(
    stage: Stage, staged: XAdapter, answer: Any, after: float, path: str
) -> None:
    stage.put(path, answer)
    person = Address("x", ME, ANN) if "media" in path else Address("x", ME, CHAT)
    file = FILE if "media" in path else None
    with pytest.raises(Retry) as later:
        await staged.send(Outbound(person, "Look", file=file))
    assert (later.value.after, later.value.everyone) == (after, False)
