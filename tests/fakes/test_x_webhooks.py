"""X calling: challenges, signatures, forgeries, and what is told of messages."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.x_calling import NEWER_HEADER
from tests.fakes.x_client import Line, bearer, line_to_x
from tests.fakes.x_forgeries import FORGERIES, HEADER, sign

PUBLIC = "https://desk.example"
URL = f"{PUBLIC}/x"


class Ear:
    """What a careful app does at its webhook. `status` is what it answers to a true call."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.header = HEADER
        self.status = 200
        self.heard: list[Any] = []
        self.refused = 0

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            token = request.query["crc_token"].encode()
            return web.json_response({"response_token": sign(self.secret, token)})
        body = await request.read()
        if request.headers.getall(self.header, []) != [sign(self.secret, body)]:
            self.refused += 1
            return web.Response(status=401)
        self.heard.append(json.loads(body))
        return web.Response(status=self.status)


@pytest.fixture
async def x() -> AsyncIterator[Line]:
    async with line_to_x() as line:
        yield line


@pytest.fixture
async def ear(x: Line) -> AsyncIterator[Ear]:
    made = Ear(x.fake.keys.consumer_secret)
    app = web.Application()
    app.router.add_route("*", "/x", made.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        x.fake.calling.leads[PUBLIC] = str(server.make_url("")).rstrip("/")
        yield made


@pytest.fixture
def app(x: Line) -> dict[str, str]:
    return bearer(x.fake.grants.issue_for_app())


@pytest.fixture
def user(x: Line) -> dict[str, str]:
    return bearer(x.fake.grants.issue())


async def test_a_call_is_signed_over_its_very_bytes(x: Line, ear: Ear) -> None:
    said = await x.fake.person(7, "Anna").says("Hällo")
    for event in (x.fake.activity(said), x.fake.account_activity(said)):
        assert await x.fake.call(URL, event, times=3) == [200] * 3
        assert ear.heard[-1] == event
    assert await x.fake.call(URL, b'{ "a" : 1 }') == [200]
    assert len(ear.heard) == 7
    assert await x.fake.call("https://nowhere.invalid/x", b"{}") == [0]


async def test_one_message_has_one_id_in_every_shape(x: Line) -> None:
    said = await x.fake.person(7, "Anna").says("Hallo")
    newer = x.fake.activity(said)["data"]
    older = x.fake.account_activity(said)
    assert newer["event_type"] == "dm.received"
    assert newer["filter"] == {"user_id": older["for_user_id"]} == {"user_id": "100"}
    assert newer["payload"]["direct_message_events"] == older["direct_message_events"]
    (event,) = older["direct_message_events"]
    assert event["id"] == said.id
    assert event["message_create"]["sender_id"] == "7"
    assert event["message_create"]["target"] == {"recipient_id": "100"}
    assert event["message_create"]["message_data"]["text"] == "Hallo"
    assert newer["payload"]["users"]["7"]["data"]["name"] == "Anna"
    assert older["users"]["7"]["name"] == "Anna"
    assert x.fake.account_activity(said, whose="101")["for_user_id"] == "101"
    assert x.fake.activity(said)["data"]["event_uuid"] != newer["event_uuid"]


async def test_a_file_is_told_of(x: Line) -> None:
    film = await x.fake.person(7).sends_media(b"film", "video", text="look")
    data = x.fake.account_activity(film)["direct_message_events"][0]["message_create"]
    media = data["message_data"]["attachment"]["media"]
    assert media["type"] == "video"
    assert data["message_data"]["text"] == f"look {media['url']}"
    assert data["message_data"]["entities"]["urls"][0]["expanded_url"] == media["expanded_url"]
    assert {"bitrate", "content_type", "url"} == media["video_info"]["variants"][1].keys()


def test_there_are_fourteen_forgeries(x: Line) -> None:
    assert len(FORGERIES) == len(x.fake.forgeries) == 14


@pytest.mark.parametrize("kind", FORGERIES)
async def test_a_forgery_is_none_of_xs_calls(x: Line, ear: Ear, kind: str) -> None:
    said = await x.fake.person(7, "Ünal").says("Hällo")
    assert await x.fake.forge(URL, x.fake.account_activity(said), kind) == 401
    assert (ear.heard, ear.refused) == ([], 1)


async def test_a_forged_body_can_still_be_read(x: Line) -> None:
    said = await x.fake.person(7).says("Hallo")
    event = json.dumps(x.fake.account_activity(said)).encode()
    for make in FORGERIES.values():
        json.loads(make(event, "key", x.fake.user_id)[0])


@pytest.mark.parametrize("signer", ["consumer", "client", "both"])
async def test_either_secret_may_sign(x: Line, ear: Ear, signer: str) -> None:
    x.fake.calling.signs_with = signer
    if signer != "consumer":
        ear.secret, ear.header = x.fake.keys.client_secret, NEWER_HEADER
    assert await x.fake.call(URL, b"{}") == [200]
    assert await x.fake.challenge(URL) is (signer != "both")


# Registering


async def test_who_answers_the_challenge_is_called(
    x: Line, ear: Ear, app: dict[str, str], user: dict[str, str]
) -> None:
    status, told = await x.ask("POST", "/2/webhooks", app, json={"url": URL})
    assert (status, told["data"]["valid"]) == (200, True)
    id = told["data"]["id"]
    for kind in ("dm.received", "dm.sent"):
        asked = {"event_type": kind, "filter": {"user_id": "100"}, "webhook_id": id, "tag": "t"}
        assert (await x.ask("POST", "/2/activity/subscriptions", user, json=asked))[0] == 200
    assert (await x.ask("POST", "/2/activity/subscriptions", user, json=asked))[0] == 400
    _, listed = await x.ask("GET", "/2/activity/subscriptions", app)
    assert [one["event_type"] for one in listed["data"]] == ["dm.received", "dm.sent"]
    said = await x.fake.person(7).says("Hallo")
    await x.tweepy.create_direct_message(participant_id=7, text="Hello")
    await x.fake.all_told()
    kinds = [(one["data"]["event_type"], one["data"]["tag"]) for one in ear.heard]
    assert kinds == [("dm.received", "t"), ("dm.sent", "t")]
    assert ear.heard[0]["data"]["payload"]["direct_message_events"][0]["id"] == said.id


async def test_the_older_interface_tells_of_both_directions(
    x: Line, ear: Ear, app: dict[str, str]
) -> None:
    _, told = await x.ask("POST", "/2/webhooks", app, json={"url": URL})
    older = f"/2/account_activity/webhooks/{told['data']['id']}/subscriptions/all"
    assert (await x.ask("GET", older))[1] == {"data": {"subscribed": False}}
    assert (await x.ask("POST", older, json={}))[1] == {"data": {"subscribed": True}}
    status, again = await x.ask("POST", older, json={})
    assert (status, "DuplicateSubscriptionFailed" in again["detail"]) == (400, True)
    await x.fake.person(7).says("Hallo")
    await x.tweepy.create_direct_message(participant_id=7, text="Hello")
    await x.fake.person(7).says("to all", group="555")
    await x.fake.all_told()
    senders = [one["direct_message_events"][0]["message_create"]["sender_id"] for one in ear.heard]
    assert senders == ["7", "100"]


async def test_a_call_that_failed_comes_again(x: Line, ear: Ear, app: dict[str, str]) -> None:
    _, told = await x.ask("POST", "/2/webhooks", app, json={"url": URL})
    await x.ask(
        "POST",
        f"/2/account_activity/webhooks/{told['data']['id']}/subscriptions/all",
        json={},
    )
    ear.status, x.fake.telling.retries = 503, 2
    await x.fake.person(7).says("Hallo")
    await x.fake.all_told()
    assert [one.status for one in x.fake.deliveries if not one.challenge] == [503] * 3
    assert len({one.body for one in x.fake.deliveries if not one.challenge}) == 1
    assert x.fake.telling.told == 0


async def test_who_does_not_answer_the_challenge_is_not(
    x: Line, ear: Ear, app: dict[str, str]
) -> None:
    ear.secret = "wrong"
    status, told = await x.ask("POST", "/2/webhooks", app, json={"url": URL})
    assert (status, told["detail"].partition(":")[0]) == (400, "CrcValidationFailed")
    ear.secret = x.fake.keys.consumer_secret
    _, made = await x.ask("POST", "/2/webhooks", app, json={"url": URL})
    place = f"/2/webhooks/{made['data']['id']}"
    ear.secret = "wrong"
    assert (await x.ask("PUT", place, app))[0] == 400
    _, listed = await x.ask("GET", "/2/webhooks", app)
    assert [one["valid"] for one in listed["data"]] == [False]
    ear.secret = x.fake.keys.consumer_secret
    assert (await x.ask("PUT", place, app))[1] == {"data": {"valid": True}}
    assert (await x.ask("POST", "/2/webhooks", app, json={"url": URL}))[0] == 400
    assert (await x.ask("DELETE", place, app))[1] == {"data": {"deleted": True}}


@pytest.mark.parametrize(
    "url", ["http://desk.example/x", "https://desk.example:8443/x", "https://", "desk", ""]
)
async def test_an_unfit_address_is_refused(x: Line, app: dict[str, str], url: str) -> None:
    status, told = await x.ask("POST", "/2/webhooks", app, json={"url": url})
    assert (status, told["detail"].partition(":")[0]) == (400, "UrlValidationFailed")


async def test_webhooks_are_the_apps_and_private_events_the_accounts(
    x: Line, app: dict[str, str], user: dict[str, str]
) -> None:
    statuses = [
        (await x.ask(method, path, headers, json={}))[0]
        for method, path, headers in (
            ("GET", "/2/webhooks", user),
            ("POST", "/2/webhooks", None),
            ("POST", "/2/activity/subscriptions", app),
            ("GET", "/2/activity/subscriptions", user),
        )
    ]
    assert statuses == [403] * 4


async def test_it_ends_while_it_calls(x: Line) -> None:
    async def wait(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting.set()
        await ended.wait()
        writer.close()

    waiting, ended = asyncio.Event(), asyncio.Event()
    server = await asyncio.start_server(wait, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        x.fake.telling.put(f"http://127.0.0.1:{port}/x", {})
        await waiting.wait()
        await x.fake.telling.close()
        ended.set()
