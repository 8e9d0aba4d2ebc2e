"""The real tweepy and a real aiohttp session, led to the imitation."""

# mypy: disable-error-code="import-untyped"

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from oauthlib.oauth1 import Client
from tweepy.asynchronous import AsyncClient

from tests.fakes.x import XFake
from tests.fakes.x_keys import Keys


@asynccontextmanager
async def session_to(fake: XFake) -> AsyncIterator[aiohttp.ClientSession]:
    """Where X's names lead to the imitation."""
    async with aiohttp.ClientSession(connector=fake.connector()) as session:
        yield session
        await fake.hang_up()


def tweepy_on(session: aiohttp.ClientSession, keys: Keys, token: str | None = None) -> AsyncClient:
    """Signs with OAuth 1.0a, or with `user_auth=False` bears the token."""
    client = AsyncClient(
        token,
        keys.consumer_key,
        keys.consumer_secret,
        keys.access_token,
        keys.access_secret,
        return_type=dict,
    )
    client.session = session
    return client


def signed(keys: Keys, method: str, url: str) -> dict[str, str]:
    """A header for a call whose parameters all stand in its URL."""
    secrets = keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_secret
    _, headers, _ = Client(*secrets).sign(url, method)
    return {"Authorization": str(headers["Authorization"])}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class Line:
    """A test's line to the imitation."""

    fake: XFake
    session: aiohttp.ClientSession
    tweepy: AsyncClient

    async def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **body: Any
    ) -> tuple[int, Any]:
        """Status and JSON. Signed for the account without `headers`."""
        url = self.fake.url + path
        proven = signed(self.fake.keys, method, url) if headers is None else headers
        async with self.session.request(method, url, headers=proven, **body) as answer:
            return answer.status, await answer.json()

    async def download(self, url: str, headers: dict[str, str]) -> tuple[int, bytes]:
        async with self.session.get(url, headers=headers) as answer:
            return answer.status, await answer.read()


@asynccontextmanager
async def line_to_x() -> AsyncIterator[Line]:
    async with XFake() as fake, session_to(fake) as session:
        yield Line(fake, session, tweepy_on(session, fake.keys))
