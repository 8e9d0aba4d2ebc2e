"""OAuth 2.0 in user context, which X asks for where OAuth 1.0a is not enough: media of messages and
subscriptions to them.

A token lives for two hours; with it comes another one to renew it, once:
https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code. So a new pair is on
disk before it is used: one that is lost takes all that would follow with it.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from bots.twitter.calls import Calls
from bots.twitter.failures import Denied, NoToken, Trouble
from bots.twitter.shape import as_dict, line
from bots.twitter.signing import basic
from bots.twitter.wire import Headers
from core.settings import X

log = logging.getLogger(__name__)

FILE = "x-token.json"
EARLY = 120.0
"""Seconds before its end from which on a token is renewed."""
LIFE = 7_200.0
NOT_SET = "FRONTDESK_X__CLIENT_ID and __REFRESH_TOKEN are not set"
WORN_OUT = (
    "X does not renew the OAuth 2.0 token: let the account authorise the app once more and set "
    "FRONTDESK_X__REFRESH_TOKEN to the new refresh token"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """`until` in seconds since 1970; `origin` tells which setting it descends from."""

    refresh: str = field(repr=False)
    origin: str
    access: str = field(default="", repr=False)
    until: float = 0.0


class Tokens:
    """The setting's refresh token only starts the chain: afterwards the file is what counts, until
    the setting is another one.
    """

    def __init__(self, settings: X, folder: Path, calls: Calls, clock: Callable[[], float]) -> None:
        self._id = settings.client_id
        self._secret = settings.client_secret
        self._first = settings.refresh_token
        self._path = folder / FILE
        self._calls = calls
        self._clock = clock
        self._pair: Pair | None = None
        self._turn = asyncio.Lock()

    @property
    def are_set(self) -> bool:
        return bool(self._id and self._first)

    async def header(self, *, refused: Headers | None = None) -> dict[str, str]:
        """Authorises a call. Raises `Trouble`. `refused` is a header that X did not take although
        its time had not come.
        """
        async with self._turn:
            pair = self._pair
            if pair is None:
                pair = await asyncio.to_thread(self._load)
            if pair.until - EARLY <= self._clock() or refused == bearer(pair.access):
                pair = await self._renew(pair)
            self._pair = pair
            return bearer(pair.access)

    def _load(self) -> Pair:
        if not self._first or not self._id:
            raise NoToken(NOT_SET)
        first = self._first.get_secret_value()
        start = Pair(first, sha256(first.encode()).hexdigest())
        kept = read_pair(self._path)
        return kept if kept and kept.origin == start.origin else start

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
            self._clock() + lifetime(told.get("expires_in")),
        )
        if not new.access:
            raise NoToken("X gave no token")
        await asyncio.shield(asyncio.to_thread(write_pair, self._path, new))
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


def lifetime(told: object) -> float:
    return float(told) if isinstance(told, int | float) and 0 < told < 1e9 else LIFE


def read_pair(path: Path) -> Pair | None:
    try:
        told = as_dict(json.loads(path.read_text()))
        return Pair(told["refresh"], told["origin"], told["access"], float(told["until"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("the kept token of X cannot be read: the setting's is taken")
        return None


def write_pair(path: Path, pair: Pair) -> None:
    """Either the old pair or the new one is there, whenever the power fails. Raises `Trouble`."""
    beside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(pair), file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Trouble(f"the token cannot be kept ({type(error).__name__})") from None
