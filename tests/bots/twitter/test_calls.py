"""tweepy's faults end at our border: each is shown here to be there, or to do no harm."""

import socket
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1
from oauthlib.oauth1.rfc5849 import signature
from tweepy.asynchronous import AsyncClient

from bots.twitter.adapter import XAdapter
from core.adapter import Refused, Retry, Unknown
from core.messages import Address, Outbound
from core.settings import Wrong, X
from tests.bots.twitter.stage import ANN, ME, Asked, Stage, Time, cut, html, settings, to_response

SEND = f"/2/dm_conversations/with/{ANN}/messages"
HELLO = Outbound(Address("x", ME, ANN), "hello")
SENT = {"data": {"dm_conversation_id": f"{ME}-{ANN}", "dm_event_id": "7"}}


def proof(asked: Asked) -> dict[str, str]:
    kind, _, fields = asked.headers["Authorization"].partition(" ")
    assert kind == "OAuth"
    pairs = (one.split("=", 1) for one in fields.split(", "))
    return {name: unquote(value.strip('"')) for name, value in pairs}


def expected_signature(asked: Asked, secret: str = "CANARY-cs") -> str:
    """What X would work out for this very call, from what it got."""
    fields = proof(asked) | asked.query
    given = sorted((name, value) for name, value in fields.items() if name != "oauth_signature")
    base = signature.signature_base_string(
        asked.method,
        f"http://{asked.headers['Host']}{asked.path}",
        signature.normalize_parameters(given),
    )
    return str(signature.sign_hmac_sha1_with_client(base, Secrets(secret, "CANARY-as")))


class Secrets:
    signature_method = SIGNATURE_HMAC_SHA1

    def __init__(self, client_secret: str, resource_owner_secret: str) -> None:
        self.client_secret = client_secret
        self.resource_owner_secret = resource_owner_secret


async def test_opening_tells_who_we_are(staged: XAdapter) -> None:
    assert staged.account == ME
    assert staged.platform == "x"


async def test_the_host_is_the_operators_and_the_signature_is_for_it(
    stage: Stage, staged: XAdapter
) -> None:
    """tweepy's host stands in its code, and what it signs holds for that host alone."""
    stage.put(SEND, SENT)
    assert await staged.send(HELLO) == "7"
    for asked in stage.asked:
        assert proof(asked)["oauth_token"] == "100-CANARY-at"
        assert proof(asked)["oauth_signature"] == expected_signature(asked)
    assert stage.calls(SEND)[0].json == {"text": "hello"}


async def test_all_calls_share_one_session(stage: Stage, staged: XAdapter) -> None:
    """Without a session of its own tweepy opens one for each call."""
    stage.put(SEND, SENT)
    for _ in range(5):
        await staged.send(HELLO)
    assert len(stage.connections) == 1


async def test_too_many_is_not_waited_for_inside(
    stage: Stage, staged: XAdapter, time: Time
) -> None:
    """tweepy's `wait_on_rate_limit` asks again after its wait, and fails on what it lost."""
    limited = to_response({}, 429, x_rate_limit_reset=str(int(time.now) + 77))
    stage.put(SEND, limited, SENT)
    with pytest.raises(Retry) as later:
        await staged.send(HELLO)
    assert (later.value.after, later.value.everyone) == (77, True)
    assert len(stage.calls(SEND)) == 1
    assert await staged.send(HELLO) == "7"


async def test_tweepy_still_fails_after_its_own_wait(stage: Stage, staged: XAdapter) -> None:
    """The day this is mended, the comment in `bots.twitter.calls` can go."""
    stage.put("/x", to_response({}, 429))
    client = AsyncClient("b", "ck", "cs", "at", "as", wait_on_rate_limit=True)

    class Elsewhere:
        def request(self, *_: object, **__: object) -> object:
            return session.get(f"{staged._calls.root}/x")

    async with aiohttp.ClientSession() as session:
        client.session = Elsewhere()
        with pytest.raises(AttributeError, match="items"):
            await client.request("GET", "/x", params={}, user_auth=True)


@pytest.mark.parametrize("status", [200, 201, 400, 403, 404, 500, 502, 503])
async def test_a_page_of_html_leaves_a_send_in_doubt(
    stage: Stage, staged: XAdapter, status: int
) -> None:
    """tweepy takes it for JSON, and aiohttp's `ContentTypeError` comes of it."""
    stage.put(SEND, html(status))
    with pytest.raises(Unknown):
        await staged.send(HELLO)


@pytest.mark.parametrize(("status", "failure"), [(401, Retry), (429, Retry)])
async def test_but_what_the_status_alone_tells_is_told(
    stage: Stage, staged: XAdapter, status: int, failure: type[Exception]
) -> None:
    stage.put(SEND, html(status))
    with pytest.raises(failure):
        await staged.send(HELLO)


@pytest.mark.parametrize("told", [{}, {"data": {}}, {"data": {"dm_event_id": "x"}}])
async def test_an_answer_without_an_id_leaves_a_send_in_doubt(
    stage: Stage, staged: XAdapter, told: dict[str, object]
) -> None:
    stage.put(SEND, told)
    with pytest.raises(Unknown):
        await staged.send(HELLO)


@pytest.mark.parametrize("told", [[], "oops", 5, None, [{"errors": 1}]])
@pytest.mark.parametrize("status", [200, 400, 403, 500])
async def test_json_of_another_shape_leaves_a_send_in_doubt(
    stage: Stage, staged: XAdapter, told: object, status: int
) -> None:
    """tweepy's `HTTPException` fails on it with `AttributeError`."""
    stage.put(SEND, to_response(told, status))
    with pytest.raises(Unknown):
        await staged.send(HELLO)


async def test_a_connection_that_breaks_leaves_a_send_in_doubt(
    stage: Stage, staged: XAdapter
) -> None:
    stage.put(SEND, cut)
    with pytest.raises(Unknown):
        await staged.send(HELLO)


@pytest.mark.parametrize(
    ("status", "told", "failure"),
    [
        (403, {"title": "Forbidden", "detail": "You cannot send messages to this user."}, Refused),
        (404, {"title": "Not Found"}, Refused),
        (400, {"title": "Invalid Request"}, Refused),
        (401, {"title": "Unauthorized"}, Retry),
        (402, {"title": "CreditsDepleted"}, Retry),
        (500, {"title": "Internal"}, Unknown),
        (503, {"title": "Service Unavailable"}, Unknown),
    ],
)
async def test_every_refusal_has_its_meaning(
    stage: Stage, staged: XAdapter, status: int, told: dict[str, object], failure: type[Exception]
) -> None:
    stage.put(SEND, to_response(told, status))
    with pytest.raises(failure):
        await staged.send(HELLO)


@pytest.fixture
def nowhere() -> str:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"


async def test_where_nobody_listens_nothing_was_sent(nowhere: str, tmp_path: Path) -> None:
    adapter = XAdapter(settings(nowhere), "", tmp_path)
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.open()
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.send(HELLO)
    await adapter.close()


@pytest.mark.parametrize("chat", ["", "ann", "-5", "١", str(2**63), "1/../2"])
async def test_what_is_no_user_is_not_asked_for(stage: Stage, staged: XAdapter, chat: str) -> None:
    with pytest.raises(Refused):
        await staged.send(Outbound(Address("x", ME, chat), "hello"))
    assert len(stage.asked) == 1


@pytest.mark.parametrize("text", ["", " \n"])
async def test_nothing_is_not_said(staged: XAdapter, text: str) -> None:
    with pytest.raises(Refused) as refused:
        await staged.send(Outbound(Address("x", ME, ANN), text))
    assert not refused.value.gone


async def test_bad_keys_are_refused_with_what_to_do(stage: Stage, staged: XAdapter) -> None:
    stage.put("/2/users/me", to_response({"title": "Unauthorized"}, 401))
    with pytest.raises(Refused, match="FRONTDESK_X__CONSUMER_KEY"):
        await staged.open()


@pytest.mark.parametrize("answer", [html(200), html(503), cut, to_response({}, 429)])
async def test_trouble_while_opening_is_tried_later(
    stage: Stage, staged: XAdapter, answer: object
) -> None:
    stage.put("/2/users/me", answer)  # type: ignore[arg-type]
    with pytest.raises(Retry):
        await staged.open()


def test_missing_keys_are_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(Wrong, match="FRONTDESK_X__CONSUMER_KEY"):
        XAdapter(X(), "", tmp_path)


@pytest.mark.parametrize("public_url", ["", "http://desk.example"])
def test_a_webhook_without_an_https_address_is_a_wrong_setting(
    tmp_path: Path, public_url: str
) -> None:
    with pytest.raises(Wrong, match="FRONTDESK_WEB__PUBLIC_URL"):
        XAdapter(settings("https://api.x.com", webhook=True), public_url, tmp_path)
