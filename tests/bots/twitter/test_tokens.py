"""The OAuth 2.0 token: renewed once, kept before it is used, never shown."""

import asyncio
import json
import os
import stat
from base64 import b64encode
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bots.twitter.calls import Calls
from bots.twitter.failures import Lost, NoToken, Trouble
from bots.twitter.signing import Keys
from bots.twitter.tokens import FILE, Tokens
from bots.twitter.wire import Wire
from core.settings import X
from tests.bots.twitter.stage import Asked, Stage, Time, html, settings, to_response

TOKEN = "/2/oauth2/token"


def grant(number: int, **more: object) -> dict[str, object]:
    return {
        "token_type": "bearer",
        "expires_in": 7200,
        "access_token": f"CANARY-a{number}",
        "refresh_token": f"CANARY-r{number}",
    } | more


class Chain:
    """Tokens on a stage."""

    def __init__(self, stage: Stage, folder: Path, time: Time) -> None:
        self.stage = stage
        self.folder = folder
        self.time = time
        self.wire = Wire()
        self.root = ""

    def tokens(self, **more: object) -> Tokens:
        given = {"client_id": "id", "refresh_token": SecretStr("CANARY-r0")} | more
        made: X = settings(self.root, **given)
        return Tokens(made, self.folder, Calls(self.root, Keys(made), self.wire), self.time)

    def asked(self) -> list[Asked]:
        return self.stage.calls(TOKEN)

    def refreshed_with(self) -> list[str]:
        return [dict(parse_qsl(one.body.decode()))["refresh_token"] for one in self.asked()]


@pytest.fixture
async def chain(stage: Stage, tmp_path: Path, time: Time):  # type: ignore[no-untyped-def]
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stage.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        made = Chain(stage, tmp_path / "data", time)
        made.root = str(server.make_url("/")).rstrip("/")
        yield made
        await made.wire.close()


async def test_the_setting_starts_a_chain_that_goes_on(chain: Chain) -> None:
    chain.stage.put(TOKEN, grant(1), grant(2))
    tokens = chain.tokens()
    assert await tokens.header() == {"Authorization": "Bearer CANARY-a1"}
    chain.time.now += 7000
    assert await tokens.header() == {"Authorization": "Bearer CANARY-a1"}
    chain.time.now += 100
    assert await tokens.header() == {"Authorization": "Bearer CANARY-a2"}
    assert chain.refreshed_with() == ["CANARY-r0", "CANARY-r1"]


async def test_the_chain_survives_a_restart(chain: Chain) -> None:
    chain.stage.put(TOKEN, grant(1), grant(2))
    await chain.tokens().header()
    assert await chain.tokens().header() == {"Authorization": "Bearer CANARY-a1"}
    chain.time.now += 7200
    await chain.tokens().header()
    assert chain.refreshed_with() == ["CANARY-r0", "CANARY-r1"]


async def test_a_new_setting_starts_anew(chain: Chain) -> None:
    chain.stage.put(TOKEN, grant(1))
    await chain.tokens().header()
    await chain.tokens(refresh_token=SecretStr("CANARY-other")).header()
    assert chain.refreshed_with() == ["CANARY-r0", "CANARY-other"]


async def test_many_at_once_renew_once(chain: Chain) -> None:
    chain.stage.put(TOKEN, grant(1))
    tokens = chain.tokens()
    headers = await asyncio.gather(*(tokens.header() for _ in range(20)))
    assert len(chain.asked()) == 1
    assert len({one["Authorization"] for one in headers}) == 1


async def test_many_who_were_refused_renew_once(chain: Chain) -> None:
    chain.stage.put(TOKEN, grant(1), grant(2))
    tokens = chain.tokens()
    old = await tokens.header()
    await asyncio.gather(*(tokens.header(refused=old) for _ in range(20)))
    assert len(chain.asked()) == 2


async def test_a_renewal_outlives_whoever_asked_for_it(chain: Chain) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def late(_: web.Request) -> web.StreamResponse:
        asked.set()
        await answered.wait()
        return to_response(grant(1))

    chain.stage.put(TOKEN, late, grant(2))
    tokens = chain.tokens()
    asking = asyncio.create_task(tokens.header())
    await asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    again = asyncio.create_task(tokens.header())
    answered.set()
    assert await again == {"Authorization": "Bearer CANARY-a1"}
    assert chain.refreshed_with() == ["CANARY-r0"]


async def test_the_end_waits_for_a_renewal(chain: Chain) -> None:
    asked = asyncio.Event()

    async def late(_: web.Request) -> web.StreamResponse:
        asked.set()
        await asyncio.sleep(0.05)
        return to_response(grant(1))

    chain.stage.put(TOKEN, late)
    tokens = chain.tokens()
    asking = asyncio.create_task(tokens.header())
    await asked.wait()
    asking.cancel()
    await tokens.close()
    assert json.loads((chain.folder / FILE).read_text())["refresh"] == "CANARY-r1"


async def test_the_pair_is_kept_for_us_alone(chain: Chain) -> None:
    chain.stage.put(TOKEN, grant(1))
    await chain.tokens().header()
    (file,) = chain.folder.iterdir()
    assert file.name == FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["refresh"] == "CANARY-r1"


async def test_what_cannot_be_kept_is_not_used(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.stage.put(TOKEN, grant(1))
    tokens = chain.tokens()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(Trouble, match="cannot be kept"):
            await tokens.header()
    assert not (chain.folder / FILE).exists()


def fail(_: int) -> None:
    raise OSError(28, "no space left on device")


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"refresh": 5}', b"\xff"])
async def test_a_broken_file_does_not_stop_us(chain: Chain, broken: bytes) -> None:
    chain.folder.mkdir()
    (chain.folder / FILE).write_bytes(broken)
    chain.stage.put(TOKEN, grant(1))
    await chain.tokens().header()
    assert chain.refreshed_with() == ["CANARY-r0"]


async def test_an_answer_without_a_new_refresh_token_keeps_the_old_one(chain: Chain) -> None:
    chain.stage.put(TOKEN, grant(1, refresh_token=None))
    tokens = chain.tokens()
    await tokens.header()
    chain.time.now += 7200
    await tokens.header()
    assert chain.refreshed_with() == ["CANARY-r0", "CANARY-r0"]


async def test_another_scope_than_ours_is_no_failure(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """oauthlib, under tweepy's `OAuth2UserHandler`, raises a `Warning` at it unless
    OAUTHLIB_RELAX_TOKEN_SCOPE is set.
    """
    monkeypatch.delenv("OAUTHLIB_RELAX_TOKEN_SCOPE", raising=False)
    chain.stage.put(TOKEN, grant(1, scope="users.read"))
    assert await chain.tokens().header()


async def test_an_app_with_a_secret_proves_itself_and_one_without_names_itself(
    chain: Chain,
) -> None:
    chain.stage.put(TOKEN, grant(1))
    await chain.tokens().header()
    await chain.tokens(client_secret=SecretStr("CANARY s"), refresh_token=SecretStr("n")).header()
    public, confidential = chain.asked()
    assert "Authorization" not in public.headers
    assert b"client_id=id" in public.body
    proof = b64encode(b"id:CANARY+s").decode()
    assert confidential.headers["Authorization"] == f"Basic {proof}"


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_worn_out_token_says_what_to_do(chain: Chain, status: int) -> None:
    chain.stage.put(TOKEN, to_response({"error": "invalid_grant"}, status))
    with pytest.raises(NoToken, match="FRONTDESK_X__REFRESH_TOKEN"):
        await chain.tokens().header()


async def test_an_answer_that_is_none_is_trouble(chain: Chain) -> None:
    chain.stage.put(TOKEN, html(200), grant(1, access_token=None), grant(1))
    tokens = chain.tokens()
    with pytest.raises(Lost):
        await tokens.header()
    with pytest.raises(NoToken):
        await tokens.header()
    assert await tokens.header()


async def test_without_the_settings_there_is_none(chain: Chain) -> None:
    tokens = chain.tokens(refresh_token=None)
    assert not tokens.are_set
    with pytest.raises(NoToken, match="FRONTDESK_X__CLIENT_ID"):
        await tokens.header()
