"""Telegram calling us: the contract again, and callers who are not Telegram."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bots.called import LARGEST
from bots.telegram.adapter import TelegramAdapter
from bots.telegram.webhook import HEADER, PATH
from core.adapter import Receive
from core.settings import Telegram
from tests.bots.contract import Ears, MessengerContract, MessengerRig
from tests.bots.telegram.test_adapter import TelegramRig
from tests.fakes.telegram import TelegramFake

SECRET = "correct-horse_battery-staple"
KEY = {HEADER: SECRET}
HELLO = {
    "update_id": 5,
    "message": {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "Ada"},
        "text": "hello",
    },
}

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as running:
        yield running
        assert running.violations == []


class Called(TelegramAdapter):
    """As the program joins them: while it listens, its routes are served. The imitation calls
    without TLS, so it is told another address than Telegram is.
    """

    api: str

    async def listen(self, receive: Receive) -> None:
        async with served(self, receive) as client, aiohttp.ClientSession() as session:
            told = {"url": str(client.make_url(PATH)), "secret_token": SECRET}
            async with session.post(f"{self.api}/bot42:TEST/setWebhook", data=told) as answer:
                assert answer.status == 200
            await super().listen(receive)


@asynccontextmanager
async def served(adapter: TelegramAdapter, receive: Receive) -> AsyncIterator[Client]:
    app = web.Application(client_max_size=50_000_000)
    app.add_routes(adapter.routes(receive))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


def make(fake: TelegramFake) -> Called:
    settings = Telegram(
        token=SecretStr("42:TEST"), api_url=fake.url, webhook_secret=SecretStr(SECRET)
    )
    made = Called(settings, "https://127.0.0.1:1/")
    made.api = fake.url
    return made


@pytest.fixture
async def adapter(fake: TelegramFake) -> AsyncIterator[Called]:
    opened = make(fake)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
async def client(adapter: Called, ears: Ears) -> AsyncIterator[Client]:
    async with served(adapter, ears.receive) as running:
        yield running


async def post(client: Client, body: Any, headers: dict[str, str] = KEY) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.post(PATH, data=data, headers=headers) as response:
        return response.status


class TestWebhookContract(MessengerContract):
    @pytest.fixture
    def rig(self, fake: TelegramFake, adapter: Called) -> MessengerRig:
        return TelegramRig(fake, adapter)


async def test_telegram_is_told_where_to_call_and_with_which_secret(
    fake: TelegramFake, adapter: Called
) -> None:
    (told,) = fake.calls_of("setWebhook")
    assert told.text("url") == "https://127.0.0.1:1" + PATH
    assert told.text("secret_token") == SECRET
    assert "callback_query" in told.structure("allowed_updates")


async def test_an_update_with_the_secret_is_received_before_it_is_acknowledged(
    client: Client, ears: Ears
) -> None:
    assert await post(client, HELLO) == 200
    assert [one.text for one in ears.heard] == ["hello"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: SECRET.upper()},
        {HEADER: SECRET + "x"},
        {HEADER: SECRET[:-1]},
        {HEADER: "ü" * 16},
        {"X-Telegram-Secret": SECRET},
    ],
)
async def test_without_the_secret_nothing_is_received(
    client: Client, ears: Ears, headers: dict[str, str]
) -> None:
    assert await post(client, HELLO, headers) == 401
    assert await post(client, b"{not even JSON", headers) == 401
    assert ears.heard == []


async def test_without_the_secret_the_body_is_not_waited_for(client: Client, ears: Ears) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    writer.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b'{"update_id": 5',
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id": "5"}',
        b'{"update_id": 5.5}',
        b'{"update_id": NaN}',
        b'{"update_id": true}',
        b'{"update_id": 1' + b"0" * 400 + b"}",
        b'{"update_id": 1' + b"0" * 5000 + b"}",
        b'{"update_id": 5, "message": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    ],
)
async def test_what_is_no_update_is_a_bad_request(client: Client, ears: Ears, body: bytes) -> None:
    assert await post(client, body) == 400
    assert await post(client, HELLO) == 200
    assert len(ears.heard) == 1


async def test_an_update_that_is_not_understood_is_not_sent_for_ever(
    client: Client, ears: Ears
) -> None:
    assert await post(client, {"update_id": 5, "message": {"text": 5}}) == 200
    assert ears.heard == []


async def test_a_body_beyond_the_limit_is_refused(client: Client, ears: Ears) -> None:
    assert await post(client, b" " * (LARGEST + 1)) == 413
    assert await post(client, json.dumps(HELLO).encode().ljust(LARGEST)) == 200
    assert len(ears.heard) == 1


async def test_what_cannot_be_kept_is_to_be_sent_again(
    adapter: Called, caplog: pytest.LogCaptureFixture
) -> None:
    ears = Ears(deaf_for=1)
    async with served(adapter, ears.receive) as client:
        assert await post(client, HELLO) == 503
        assert await post(client, HELLO) == 200
    assert [one.event.partition("/")[0] for one in ears.heard] == ["5"]
    assert "hello" not in "".join(str(record.__dict__) for record in caplog.records)


async def test_before_we_know_who_we_are_all_is_to_be_sent_again(fake: TelegramFake) -> None:
    adapter, ears = make(fake), Ears()
    async with served(adapter, ears.receive) as client:
        assert await post(client, HELLO) == 503
        assert await post(client, {"update_id": 5}) == 503
        await adapter.open()
        assert await post(client, HELLO) == 200
    await adapter.close()
    assert [one.address.account for one in ears.heard] == ["42"]


async def test_other_methods_are_not_taken(client: Client, ears: Ears) -> None:
    async with client.get(PATH, headers=KEY) as response:
        assert response.status == 405


def test_without_a_secret_there_is_no_route() -> None:
    assert TelegramAdapter(Telegram(token=SecretStr("42:TEST"))).routes(Ears().receive) == []
