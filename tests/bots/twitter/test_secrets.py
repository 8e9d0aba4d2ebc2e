"""No key, token, signature or proof is ever shown: not in a log, an error, a URL, or a repr."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bots.twitter.adapter import XAdapter
from bots.twitter.webhook import PATH
from core.adapter import DeliveryError, FetchError
from core.messages import Address, Attachment, Outbound
from tests.bots.contract import Ears, read
from tests.bots.leaks import all_that_shows, failures_of
from tests.bots.twitter.stage import ANN, ME, NOW, Stage, Time, cut, html, on_stage, to_response
from tests.bots.twitter.test_doubts import SINCE
from tests.bots.twitter.test_webhook import served, signed

PRIVATE = "what somebody wrote"
MEDIA = "/2/dm_conversations/media/1/2/photo.jpg"
SECRET = ("CANARY", "oauth_signature", "Bearer ", PRIVATE)
PROBLEM = {"title": PRIVATE, "detail": f"{PRIVATE} CANARY-cs", "errors": [{"message": PRIVATE}]}
PATHS = [
    "/2/users/me",
    "/2/dm_events",
    f"/2/dm_conversations/with/{ANN}/messages",
    f"/2/dm_conversations/with/{ANN}/dm_events",
    "/2/tweets",
    f"/2/users/{ME}/tweets",
    "/2/media/upload",
    "/2/oauth2/token",
    "/oauth2/token",
    "/2/webhooks",
    MEDIA,
]
ALL = {
    "client_id": "id",
    "client_secret": SecretStr("CANARY-client"),
    "refresh_token": SecretStr("CANARY-r0"),
}
GRANT = {"access_token": "CANARY-user", "refresh_token": "CANARY-r1", "detail": PRIVATE}
ANSWERS: dict[str, Any] = {
    "401": to_response(PROBLEM, 401),
    "403": to_response(PROBLEM, 403),
    "404": to_response(PROBLEM, 404),
    "429": to_response(PROBLEM, 429),
    "500": to_response(PROBLEM, 500),
    "html": html(502),
    "not json": html(200),
    "cut": cut,
    "nothing": {},
    "wrong": {"data": PRIVATE},
}


async def try_everything(adapter: XAdapter, root: str) -> list[BaseException]:
    """All that can fail, and how it failed."""
    ann, timeline = Address("x", ME, ANN), Address("x", ME, "timeline")
    photo = Attachment(f"1 {root}{MEDIA}", "photo")

    async def listen() -> None:
        async with asyncio.timeout(0.05):
            await adapter.listen(Ears().receive)

    acts: list[Callable[[], Awaitable[object]]] = [
        adapter.open,
        lambda: adapter.send(Outbound(ann, PRIVATE)),
        lambda: adapter.send(Outbound(ann, PRIVATE, written=SINCE, doubted=True)),
        lambda: adapter.send(Outbound(timeline, PRIVATE)),
        lambda: adapter.send(Outbound(timeline, PRIVATE, written=SINCE, doubted=True)),
        lambda: adapter.upload(b"png", "image/png"),
        lambda: read(adapter, photo),
        lambda: adapter._subscribing.ensure(ME),
        listen,
    ]
    return await failures_of(acts)


def without_source(shown: str) -> str:
    """A traceback quotes our own lines, in which names of what is secret may stand."""
    return "\n".join(line for line in shown.splitlines() if not line.startswith("    "))


@pytest.mark.parametrize("kind", ANSWERS)
async def test_nothing_secret_is_shown_whatever_fails(
    stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with on_stage(
        stage, tmp_path, Time(), "https://desk.example", webhook=True, **ALL
    ) as adapter:
        for path in PATHS:
            stage.put(path, ANSWERS[kind])
        raised = await try_everything(adapter, adapter._calls.root)
        shown = all_that_shows(raised, caplog.records) + repr(adapter) + repr(vars(adapter))
    assert len(raised) >= 7
    assert all(isinstance(one, DeliveryError | FetchError | TimeoutError) for one in raised)
    for secret in SECRET:
        assert secret not in without_source(shown)


async def test_nothing_secret_is_shown_when_all_is_well(
    stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    event = {"id": "9", "text": PRIVATE, "sender_id": ANN, "dm_conversation_id": f"{ME}-{ANN}"}
    for path in PATHS:
        stage.put(path, {"data": {"id": "5", "dm_event_id": "6", "valid": True}})
    stage.put("/2/users/me", {"data": {"id": ME}})
    stage.put("/2/oauth2/token", GRANT)
    stage.put("/oauth2/token", {"access_token": "CANARY-app"})
    stage.put("/2/webhooks", {"data": []}, {"data": {"id": "5", "valid": True}})
    stage.put("/2/activity/subscriptions", {"data": []})
    stage.put("/2/dm_events", {"data": [event]})
    time, ears = Time(NOW), Ears()
    async with on_stage(
        stage, tmp_path, time, "https://desk.example", webhook=True, **ALL
    ) as adapter:
        raised = await try_everything(adapter, adapter._calls.root)
        async with served(adapter, ears.receive) as client:
            body = json.dumps({"for_user_id": ME, "direct_message_events": [PRIVATE]}).encode()
            for proof in (signed(body), "sha256=CANARY"):
                headers = {"x-twitter-webhooks-signature": proof}
                async with client.post(PATH, data=body, headers=headers) as response:
                    assert response.status in (401, 503)
        shown = all_that_shows(raised, caplog.records) + repr(adapter) + repr(vars(adapter))
    assert len(raised) == 1  # the listening, that was ended
    assert "X calls us" in shown
    for secret in SECRET:
        assert secret not in without_source(shown)


async def test_and_the_looking_finds_what_tweepy_would_show(
    stage: Stage, staged: XAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    """Its proofs are made with stand-ins; what people write it would show all the same."""
    tweepy = logging.getLogger("tweepy")
    quiet = tweepy.level
    tweepy.setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    stage.put(f"/2/dm_conversations/with/{ANN}/messages", {"data": {"dm_event_id": "6"}})
    await staged.send(Outbound(Address("x", ME, ANN), PRIVATE))
    tweepy.setLevel(quiet)
    assert quiet == logging.INFO
    assert PRIVATE in caplog.text
    assert "oauth_signature" in caplog.text
    assert "CANARY" not in caplog.text
