"""X calling us, and callers who are not X."""

import asyncio
import gzip
import hashlib
import hmac
import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bots.called import LARGEST
from bots.twitter.adapter import XAdapter
from bots.twitter.polling import SELDOM
from bots.twitter.webhook import HEADER, NEWER_HEADER, PATH
from core.adapter import Receive
from core.messages import Inbound
from tests.bots.contract import PATIENCE, Ears, listening
from tests.bots.twitter.stage import ANN, ME, Stage, Time, html, on_stage, settings, to_response
from tests.bots.twitter.test_parse import ID, account_activity, called, x_activity
from tests.bots.twitter.test_polling import Inbox, looked

URL = "https://desk.example/x"
APP_TOKEN, HOOKS, SUBSCRIPTIONS = "/oauth2/token", "/2/webhooks", "/2/activity/subscriptions"
OLDER = "/2/account_activity/webhooks/55/subscriptions/all"
HOOK = {"id": "55", "url": URL, "valid": True}
CALL = account_activity(called())
KEY = "CANARY-cs"

Client = TestClient[web.Request, web.Application]
Json = dict[str, Any]


def signed(body: bytes, key: str = KEY, digest: str = "sha256") -> str:
    return f"{digest}={b64encode(hmac.digest(key.encode(), body, digest)).decode()}"


@pytest.fixture
def inbox(stage: Stage) -> Inbox:
    made = Inbox()
    stage.put("/2/dm_events", made.show)
    stage.put(APP_TOKEN, {"token_type": "bearer", "access_token": "CANARY-app"})
    stage.put(HOOKS, {"data": [HOOK]})
    stage.put(OLDER, {"data": {"subscribed": True}})
    return made


@asynccontextmanager
async def served(adapter: XAdapter, receive: Receive) -> AsyncIterator[Client]:
    """As the program joins them."""
    app = web.Application(client_max_size=50_000_000)
    app.add_routes(adapter.routes(receive))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


@asynccontextmanager
async def at_work(
    stage: Stage, folder: Path, time: Time, ears: Ears, **more: Any
) -> AsyncIterator[Client]:
    """A desk that was called once and has caught up."""
    async with (
        on_stage(stage, folder, Standing(time.now), "https://desk.example", webhook=True, **more)
        as adapter,
        served(adapter, ears.receive) as client,
        listening(adapter, ears.receive),
    ):  # fmt: skip
        await looked(stage, 1)
        yield client


class Standing(Time):
    """Sleeps as long as nobody wakes it."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.Event().wait()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
async def client(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time, ears: Ears
) -> AsyncIterator[Client]:
    async with at_work(stage, tmp_path, time, ears) as running:
        yield running


async def post(client: Client, told: object, headers: dict[str, str] | None = None) -> int:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    proven = {HEADER: signed(body)} if headers is None else headers
    async with client.post(PATH, data=body, headers=proven) as response:
        return response.status


# The challenge


async def test_a_challenge_is_answered(client: Client) -> None:
    async with client.get(PATH, params={"crc_token": "abc-123_="}) as response:
        assert response.status == 200
        assert await response.json() == {"response_token": signed(b"abc-123_=")}


@pytest.mark.parametrize("challenge", ["", "a" * 513, '{"for_user_id":"100"}', "a b", "[1]", "ü"])
async def test_what_could_be_a_call_is_not_signed(client: Client, challenge: str) -> None:
    """Whoever can have any text signed can sign a call of their own."""
    async with client.get(PATH, params={"crc_token": challenge}) as response:
        assert response.status == 400
        assert b"sha256" not in await response.read()


# Calls


@pytest.mark.parametrize("told", [CALL, x_activity(CALL)])
async def test_a_call_is_received_before_it_is_acknowledged(
    client: Client, ears: Ears, told: Json
) -> None:
    assert await post(client, told) == 200
    assert [(one.event, one.text) for one in ears.heard] == [(ID, "hello")]


async def test_a_call_signed_with_the_newer_secret_is_received(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time, ears: Ears
) -> None:
    body = json.dumps(CALL).encode()
    async with at_work(
        stage, tmp_path, time, ears, client_secret=SecretStr("CANARY-client")
    ) as client:
        assert await post(client, body, {NEWER_HEADER: signed(body, "CANARY-client")}) == 200
        assert await post(client, body, {NEWER_HEADER: signed(body, KEY)}) == 401
        assert await post(client, body, {HEADER: signed(body, "CANARY-client")}) == 401
    assert len(ears.heard) == 1


async def test_a_call_that_comes_again_is_received_once(client: Client, ears: Ears) -> None:
    for _ in range(10):
        assert await post(client, CALL) == 200
    assert len(ears.heard) == 1


BODY = json.dumps(CALL).encode()
OTHER = BODY.replace(b"hello", b"hellO")
FORGERIES: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "no signature": (BODY, []),
    "an empty one": (BODY, [(HEADER, "")]),
    "its name alone": (BODY, [(HEADER, "sha256=")]),
    "another key": (BODY, [(HEADER, signed(BODY, "CANARY-as"))]),
    "no key": (BODY, [(HEADER, signed(BODY, ""))]),
    "another body's": (BODY, [(HEADER, signed(OTHER))]),
    "a changed body": (OTHER, [(HEADER, signed(BODY))]),
    "a longer body": (BODY + b" ", [(HEADER, signed(BODY))]),
    "a shorter one": (BODY, [(HEADER, signed(BODY)[:-1])]),
    "a longer one": (BODY, [(HEADER, signed(BODY) + "=")]),
    "another digest": (BODY, [(HEADER, signed(BODY, digest="sha1"))]),
    "no digest named": (BODY, [(HEADER, signed(BODY).removeprefix("sha256="))]),
    "in hexadecimal": (
        BODY,
        [(HEADER, "sha256=" + hmac.new(KEY.encode(), BODY, hashlib.sha256).hexdigest())],
    ),
    "upper case": (BODY, [(HEADER, signed(BODY).upper())]),
    "under another name": (BODY, [("x-hub-signature-256", signed(BODY))]),
    "as the newer one": (BODY, [(NEWER_HEADER, signed(BODY))]),
    "two of them": (BODY, [(HEADER, signed(BODY)), (HEADER, "sha256=x")]),
    "no letters": (BODY, [(HEADER, "sha256=ü\udcff")]),
    "of the unpacked body": (gzip.compress(BODY), [(HEADER, signed(BODY))]),
}


@pytest.mark.parametrize("kind", FORGERIES)
async def test_a_forged_call_has_no_effect(client: Client, ears: Ears, kind: str) -> None:
    body, headers = FORGERIES[kind]
    reader, writer = await asyncio.open_connection(client.host, client.port)
    head = [f"POST {PATH} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers]
    lines = "\r\n".join(head).encode("utf-8", "surrogateescape")
    writer.write(lines + b"\r\n\r\n" + body)
    answer = await reader.readline()
    writer.close()
    assert answer.split()[1] in (b"401", b"400")
    assert ears.heard == []


async def test_without_a_signature_the_body_is_not_waited_for(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    writer.close()


@pytest.mark.parametrize("body", [b"", b"hello", b"[]", b"null", b"[" * 100_000, b"\xff"])
async def test_what_is_no_call_is_a_bad_request(client: Client, ears: Ears, body: bytes) -> None:
    assert await post(client, body) == 400
    assert ears.heard == []


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"for_user_id": ME, "tweet_create_events": [{}]},
        account_activity(called(), whose="101"),
        account_activity(called(ME, ANN)),
        x_activity({"x": 1}, "chat.received"),
        {"data": 5},
    ],
)
async def test_what_is_not_for_us_is_acknowledged_and_left_out(
    client: Client, ears: Ears, told: Json
) -> None:
    assert await post(client, told) == 200
    assert ears.heard == []


async def test_a_body_beyond_the_limit_is_refused(client: Client, ears: Ears) -> None:
    assert await post(client, b" " * (LARGEST + 1)) == 413
    assert await post(client, BODY.ljust(LARGEST)) == 200
    assert len(ears.heard) == 1


async def test_what_cannot_be_kept_is_told_and_looked_up_again(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    ears = Ears(deaf_for=1)
    async with at_work(stage, tmp_path, time, ears) as client:
        inbox.add("hello", -5)
        event = called() | {"id": inbox.events[0]["id"]}
        assert await post(client, account_activity(event)) == 503
        assert [one.text for one in await ears.until(1)] == ["hello"]
        assert await post(client, account_activity(event)) == 200
    assert len(ears.heard) == 1
    assert "hello" not in "".join(str(record.__dict__) for record in caplog.records)


async def test_before_it_listens_x_is_told_to_come_again(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time, ears: Ears
) -> None:
    async with (
        on_stage(stage, tmp_path, time, "https://desk.example", webhook=True) as adapter,
        served(adapter, ears.receive) as client,
    ):
        assert await post(client, CALL) == 503
    assert ears.heard == []


async def test_what_was_missed_comes_before_what_is_new(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time, ears: Ears
) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def receive(one: Inbound) -> None:
        if one.text == "missed":
            begun.set()
            await release.wait()
        await ears.receive(one)

    inbox.add("missed", -5)
    async with (
        on_stage(stage, tmp_path, time, "https://desk.example", webhook=True) as adapter,
        served(adapter, receive) as client,
        listening(adapter, receive),
    ):
        await begun.wait()
        calling = asyncio.create_task(post(client, CALL))
        done, _ = await asyncio.wait([calling], timeout=0.1)
        assert not done
        release.set()
        assert await calling == 200
    assert [one.text for one in ears.heard] == ["missed", "hello"]


def test_without_the_webhook_there_is_no_route(tmp_path: Path) -> None:
    adapter = XAdapter(settings("https://api.x.com"), "https://desk.example", tmp_path)
    assert adapter.routes(Ears().receive) == []


# Registering


async def registered(
    stage: Stage, folder: Path, time: Time, **more: Any
) -> tuple[list[str], float]:
    """What X was asked so that it calls, and for how long the desk rests then."""
    standing = Standing(time.now)
    async with (
        on_stage(stage, folder, standing, "https://desk.example/", webhook=True, **more)
        as adapter,
        listening(adapter, Ears().receive),
        asyncio.timeout(PATIENCE),
    ):  # fmt: skip
        while not standing.slept:  # noqa: ASYNC110  # nothing else tells it
            await asyncio.sleep(0.001)
    wanted = (HOOKS, SUBSCRIPTIONS, "/2/account_activity")
    asked = [f"{one.method} {one.path}" for one in stage.asked if one.path.startswith(wanted)]
    return asked, standing.slept[0]


OAUTH2 = {"client_id": "id", "refresh_token": SecretStr("CANARY-r0")}
GRANT = {"access_token": "CANARY-user", "refresh_token": "CANARY-r1", "expires_in": 7200}


async def test_a_new_app_is_registered_and_subscribed(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time
) -> None:
    stage.put(HOOKS, {"data": [{"id": "9", "url": "https://other.example"}]}, {"data": HOOK})
    stage.put(SUBSCRIPTIONS, {"data": []}, {"data": {}})
    stage.put("/2/oauth2/token", GRANT)
    asked, rest = await registered(stage, tmp_path, time, **OAUTH2)
    assert asked == [
        f"GET {HOOKS}",
        f"POST {HOOKS}",
        f"GET {SUBSCRIPTIONS}",
        f"POST {SUBSCRIPTIONS}",
    ]
    assert rest == SELDOM
    assert stage.calls(HOOKS)[1].json == {"url": URL}
    assert stage.calls(HOOKS)[1].headers["Authorization"] == "Bearer CANARY-app"
    subscribed = stage.calls(SUBSCRIPTIONS)[1]
    assert subscribed.headers["Authorization"] == "Bearer CANARY-user"
    assert subscribed.json["event_type"] == "dm.received"
    assert subscribed.json["filter"] == {"user_id": ME}
    assert subscribed.json["webhook_id"] == "55"


async def test_what_is_there_is_left_as_it_is(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time
) -> None:
    there = {"event_type": "dm.received", "filter": {"user_id": ME}, "webhook_id": "55"}
    stage.put(SUBSCRIPTIONS, {"data": [there]})
    asked, _ = await registered(stage, tmp_path, time, **OAUTH2)
    assert asked == [f"GET {HOOKS}", f"GET {SUBSCRIPTIONS}"]


async def test_a_webhook_that_x_gave_up_is_proven_again(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time
) -> None:
    stage.put(HOOKS, {"data": [HOOK | {"valid": False}]})
    stage.put(f"{HOOKS}/55", {"data": {"valid": True}})
    asked, _ = await registered(stage, tmp_path, time)
    assert asked == [f"GET {HOOKS}", f"PUT {HOOKS}/55", f"POST {OLDER}"]


async def test_the_secret_that_x_wants_is_found(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time
) -> None:
    """X's documents name either for the challenge."""
    failed = to_response({"errors": [{"message": "CrcValidationFailed"}]}, 400)
    stage.put(HOOKS, {"data": []}, failed, {"data": HOOK})
    async with (
        on_stage(
            stage,
            tmp_path,
            time,
            "https://desk.example",
            webhook=True,
            client_secret=SecretStr("CANARY-client"),
        ) as adapter,
        served(adapter, Ears().receive) as client,
    ):
        answers = []
        for _ in range(2):
            async with client.get(PATH, params={"crc_token": "abc"}) as response:
                answers.append((await response.json())["response_token"])
            if len(answers) == 1:
                assert await adapter._subscribing.ensure(ME)
    assert answers == [signed(b"abc", "CANARY-client"), signed(b"abc")]


@pytest.mark.parametrize(
    ("path", "answer", "missing"),
    [
        (APP_TOKEN, to_response({}, 403), "the app's own token"),
        (HOOKS, to_response({"title": "Forbidden"}, 403), f"the webhook {URL}"),
        (HOOKS, html(503), f"the webhook {URL}"),
        (OLDER, to_response({"title": "Forbidden"}, 403), "FRONTDESK_X__CLIENT_ID"),
    ],
)
async def test_without_the_webhook_x_is_asked_and_the_log_says_what_is_missing(
    stage: Stage,
    inbox: Inbox,
    tmp_path: Path,
    time: Time,
    caplog: pytest.LogCaptureFixture,
    path: str,
    answer: Any,
    missing: str,
) -> None:
    caplog.set_level(logging.INFO)
    stage.put(path, answer)
    _, rest = await registered(stage, tmp_path, time)
    assert rest < 100
    (told,) = (one.getMessage() for one in caplog.records if one.levelno == logging.WARNING)
    assert missing in told
    assert "CANARY" not in caplog.text


async def test_a_subscription_that_is_there_already_is_no_trouble(
    stage: Stage, inbox: Inbox, tmp_path: Path, time: Time
) -> None:
    stage.put(OLDER, to_response({"errors": [{"message": "DuplicateSubscriptionFailed"}]}, 400))
    _, rest = await registered(stage, tmp_path, time)
    assert rest == SELDOM
