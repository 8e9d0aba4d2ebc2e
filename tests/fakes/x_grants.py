"""OAuth 2.0: tokens for the account and for the app.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code: a token of the account
lives for two hours, and what renews it is good for one use.
https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only
"""

import binascii
from base64 import b64decode
from itertools import count
from urllib.parse import unquote_plus

from tests.fakes.x_calls import Call, Json, Refusal, older, unauthorized
from tests.fakes.x_clock import Clock
from tests.fakes.x_keys import Keys

LIFE = 7200
SCOPES = "dm.read dm.write tweet.read tweet.write users.read media.write offline.access"


class Grants:
    """`is_public`: the app has no secret, and names itself in the form. `refresh_token` is the one
    that is good now; `renewals` tells how often it was used. `rotates` off: it stays good.
    """

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._numbers = count(1)
        self._ends: dict[str, float] = {}
        self._app = ""
        self.refresh_token = keys.refresh_token
        self.renewals = 0
        self.rotates = True
        self.is_public = False

    def check(self, token: str) -> str:
        """Whose token it is: "user" or "app". Raises `Refusal`."""
        if token and token == self._app:
            return "app"
        if self._ends.get(token, 0.0) > self._clock.now():
            return "user"
        raise unauthorized()

    def issue(self) -> str:
        """A new token of the account, as if it had been renewed just now."""
        token = f"x-user-{next(self._numbers)}"
        self._ends[token] = self._clock.now() + LIFE
        return token

    def issue_for_app(self) -> str:
        self._app = self._app or f"x-app-{next(self._numbers)}"
        return self._app

    def end_access(self) -> None:
        """Every token of the account ends before its time; it can be renewed."""
        self._ends.clear()

    def end_all(self) -> None:
        """The account takes its permission back: nothing renews its tokens any more."""
        self._ends.clear()
        self.refresh_token = ""

    async def renew(self, call: Call) -> Json:
        self._know_client(call)
        if call.text("grant_type") != "refresh_token":
            raise oauth_error(400, "unsupported_grant_type", "Value passed was not supported.")
        if not self.refresh_token or call.text("refresh_token") != self.refresh_token:
            raise oauth_error(400, "invalid_request", "Value passed for the token was invalid.")
        self.renewals += 1
        if self.rotates:
            self.refresh_token = f"x-refresh-{next(self._numbers)}"
        return {
            "token_type": "bearer",
            "expires_in": LIFE,
            "access_token": self.issue(),
            "scope": SCOPES,
            "refresh_token": self.refresh_token,
        }

    def _know_client(self, call: Call) -> None:
        keys = self._keys
        if self.is_public:
            known = call.text("client_id") == keys.client_id
        else:
            known = basic_of(call) == (keys.client_id, keys.client_secret)
        if not known:
            raise oauth_error(401, "unauthorized_client", "Missing valid authorization header")

    async def grant_to_app(self, call: Call) -> Json:
        known = basic_of(call) == (self._keys.consumer_key, self._keys.consumer_secret)
        if not known or call.text("grant_type") != "client_credentials":
            raise older(403, 99, "Unable to verify your credentials")
        return {"token_type": "bearer", "access_token": self.issue_for_app()}


def oauth_error(status: int, error: str, description: str) -> Refusal:
    return Refusal(status, {"error": error, "error_description": description})


def basic_of(call: Call) -> tuple[str, str]:
    kind, _, pair = call.headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return (unquote_plus(name), unquote_plus(secret)) if kind.lower() == "basic" else ("", "")
