"""Who calls: OAuth 1.0a signatures and OAuth 2.0 bearer tokens, both really looked at.

https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
"""

# mypy: disable-error-code="import-untyped"

import time
from types import SimpleNamespace
from urllib.parse import unquote

from oauthlib.oauth1.rfc5849 import signature
from oauthlib.oauth1.rfc5849.utils import parse_authorization_header

from tests.fakes.x_calls import Call, Refusal, problem, unauthorized
from tests.fakes.x_grants import Grants
from tests.fakes.x_keys import Keys

OAUTH1, USER, APP = "oauth1", "user", "app"
NAMES = {
    OAUTH1: "OAuth 1.0a User Context",
    USER: "OAuth 2.0 User Context",
    APP: "OAuth 2.0 Application-Only",
}
TOLERANCE = 300
"""Seconds by which a signature's time may differ from this machine's: whoever signs takes that
clock, not the imitation's."""


class Proof:
    """`refused` tells of each signature why it was not accepted."""

    def __init__(self, keys: Keys, grants: Grants) -> None:
        self._keys = keys
        self._grants = grants
        self._seen: set[tuple[str, str, str]] = set()
        self.refused: list[str] = []

    def check(self, call: Call, allowed: tuple[str, ...]) -> str:
        """Tells which of `allowed` it was. Raises `Refusal`."""
        if not allowed:
            return ""
        who = self._who(call.headers.get("authorization", ""), call)
        if who not in allowed:
            raise not_supported(who, allowed)
        return who

    def _who(self, authorization: str, call: Call) -> str:
        kind, _, rest = authorization.partition(" ")
        if kind.lower() == "bearer":
            return self._grants.check(rest.strip())
        if kind.lower() != "oauth":
            raise unauthorized()
        reason = self._fault_of(call, authorization)
        if reason:
            self.refused.append(reason)
            raise unauthorized()
        return OAUTH1

    def _fault_of(self, call: Call, authorization: str) -> str:
        """What is wrong with a signed call; empty when nothing is."""
        try:
            header = parse_authorization_header(authorization)
            given = {name: unquote(value) for name, value in header}
            signed = self._is_signed(call, authorization, given.get("oauth_signature", ""))
        except ValueError as error:
            return f"unreadable: {error}"
        if given.get("oauth_consumer_key") != self._keys.consumer_key:
            return "another app"
        if given.get("oauth_token") != self._keys.access_token:
            return "another account"
        if given.get("oauth_signature_method") != "HMAC-SHA1":
            return "another method"
        return "a wrong signature" if not signed else self._age_of(given)

    def _age_of(self, given: dict[str, str]) -> str:
        moment, nonce = given.get("oauth_timestamp", ""), given.get("oauth_nonce", "")
        if not moment.isdecimal() or abs(int(moment) - time.time()) > TOLERANCE:
            return "another time"
        once = (given["oauth_token"], moment, nonce)
        if not nonce or once in self._seen:
            return "said before"
        self._seen.add(once)
        return ""

    def _is_signed(self, call: Call, authorization: str, given: str) -> bool:
        """The parameters of the URL, the header and a form are signed; JSON and multipart bodies
        are not.
        """
        parameters = signature.collect_parameters(
            uri_query=call.raw_query,
            body=call.form or [],
            headers={"Authorization": authorization},
        )
        request = SimpleNamespace(
            params=parameters,
            uri=f"https://{call.host}{call.path}",
            http_method=call.method,
            signature=given,
        )
        secrets = self._keys.consumer_secret, self._keys.access_secret
        return bool(signature.verify_hmac_sha1(request, *secrets))


def not_supported(who: str, allowed: tuple[str, ...]) -> Refusal:
    names = ", ".join(NAMES[one] for one in allowed)
    detail = (
        f"Authenticating with {NAMES[who]} is forbidden for this endpoint.  "
        f"Supported authentication types are [{names}]."
    )
    return problem(403, "Unsupported Authentication", detail, "unsupported-authentication")
