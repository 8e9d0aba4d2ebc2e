"""OAuth 2.0 in user context, which X asks for where OAuth 1.0a is not enough: media of messages and
subscriptions to them.

A token lives for two hours; with it comes another one to renew it, once:
https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code. So a new pair is on
disk before it is used: one that is lost takes all that would follow with it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bots.kept_token import Pair, lifetime, load_pair, write_pair
from bots.twitter.calls import Calls
from bots.twitter.failures import Denied, NoToken, Trouble
from bots.twitter.shape import line
from bots.twitter.signing import basic
from bots.twitter.wire import Headers
from core.settings import X

FILE = "x-token.json"
LIFE = 7_200.0
PATIENCE = 5.0
"""Seconds that a renewal may hold up the end."""
NOT_SET = "FRONTDESK_X__CLIENT_ID and __REFRESH_TOKEN are not set"
WORN_OUT = (
    "X does not renew the OAuth 2.0 token: let the account authorise the app once more and set "
    "FRONTDESK_X__REFRESH_TOKEN to the new refresh token"
)


class Tokens:
    def __init__(self, settings: X, folder: Path, calls: Calls, clock: Callable[[], float]) -> None:
        self._id = settings.client_id
        self._secret = settings.client_secret
        self._first = settings.refresh_token
        self._path = folder / FILE
        self._calls = calls
        self._clock = clock
        self._pair: Pair | None = None
        self._turn = asyncio.Lock()
        self._on_their_way: set[asyncio.Task[dict[str, str]]] = set()

    @property
    def are_set(self) -> bool:
        return bool(self._id and self._first)

    async def header(self, *, refused: Headers | None = None) -> dict[str, str]:
        """Authorises a call. Raises `Trouble`. `refused` is a header that X did not take although
        its time had not come. Being cancelled does not stop a renewal: X has perhaps done it, and
        what its answer holds would be lost.
        """
        task = asyncio.create_task(self._header(refused))
        self._on_their_way.add(task)
        task.add_done_callback(self._arrived)
        return await asyncio.shield(task)

    def _arrived(self, task: asyncio.Task[dict[str, str]]) -> None:
        self._on_their_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked may no longer be there to hear of it

    async def close(self) -> None:
        """Waits for what is on its way, for a while."""
        if self._on_their_way:
            await asyncio.wait(self._on_their_way, timeout=PATIENCE)

    async def _header(self, refused: Headers | None) -> dict[str, str]:
        async with self._turn:
            pair = self._pair
            if pair is None:
                pair = await asyncio.to_thread(self._load)
            if not pair.is_good(self._clock()) or refused == bearer(pair.access):
                pair = await self._renew(pair)
            self._pair = pair
            return bearer(pair.access)

    def _load(self) -> Pair:
        if not self._first or not self._id:
            raise NoToken(NOT_SET)
        return load_pair(self._path, self._first.get_secret_value())

    async def _renew(self, pair: Pair) -> Pair:
        """oauthlib fails here with a `Warning` when X grants another scope than was asked for,
        unless the environment has OAUTHLIB_RELAX_TOKEN_SCOPE, and tweepy's `OAuth2UserHandler`
        passes that on (auth.py, `fetch_token`). A renewed token has the scope it has: we ask.
        """
        asked = {"grant_type": "refresh_token", "refresh_token": pair.refresh}
        try:
            told = await self._calls.fill("/2/oauth2/token", *self._introduce(asked))
        except Denied as denied:
            if denied.status in (400, 401, 403):
                raise NoToken(WORN_OUT) from None
            raise
        new = Pair(
            line(told.get("refresh_token")) or pair.refresh,
            pair.origin,
            line(told.get("access_token")),
            self._clock() + lifetime(told.get("expires_in"), LIFE),
        )
        if not new.access:
            raise NoToken("X gave no token")
        await keep(self._path, new)
        return new

    def _introduce(self, asked: dict[str, str]) -> tuple[Headers, dict[str, str]]:
        """An app without a secret names itself in the form."""
        if self._secret is None:
            return {}, asked | {"client_id": self._id}
        return basic(self._id, self._secret.get_secret_value()), asked


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def app_token(calls: Calls, introduction: Headers) -> dict[str, str]:
    """Authorises what belongs to the app and to no account. Raises `Trouble`."""
    told = await calls.fill("/oauth2/token", introduction, {"grant_type": "client_credentials"})
    token = line(told.get("access_token"))
    if not token:
        raise NoToken("X gave no token for the app")
    return bearer(token)


async def keep(path: Path, pair: Pair) -> None:
    """Also when we are cancelled meanwhile. Raises `Trouble`."""
    try:
        await asyncio.shield(asyncio.to_thread(write_pair, path, pair))
    except OSError as error:
        failure = Trouble(f"the token cannot be kept ({type(error).__name__})")
    else:
        return
    raise failure
