"""Calls to a webhook that X never made. Each must be refused, without any effect."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable

Headers = list[tuple[str, str]]
Forgery = tuple[bytes, Headers]

HEADER = "x-twitter-webhooks-signature"


def sign(secret: str, said: bytes, digest: str = "sha256") -> str:
    """https://docs.x.com/x-api/webhooks/quickstart"""
    made = hmac.digest(secret.encode(), said, digest)
    return f"{digest}={b64encode(made).decode()}"


def _swap_case(signature: str) -> str:
    kind, _, rest = signature.partition("=")
    return f"{kind}={rest.swapcase()}"


def _hex(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _reserialised(body: bytes) -> bytes:
    """The same JSON, written in another way."""
    return json.dumps(json.loads(body), indent=1, ensure_ascii=True).encode()


def _for_another(body: bytes, me: str) -> bytes:
    """The same event, as if it were another account's."""
    return body.replace(me.encode(), str(int(me) + 1).encode())


def _under(*signatures: str) -> Headers:
    return [(HEADER, signature) for signature in signatures]


Make = Callable[[bytes, str, str], Forgery]
"""From a body, the secret it would be signed with, and the id of our account."""

FORGERIES: dict[str, Make] = {
    "no header": lambda body, *_: (body, []),
    "another algorithm's name": lambda body, key, _: (
        body,
        _under(sign(key, body).replace("sha256=", "sha512=")),
    ),
    "another secret": lambda body, key, _: (body, _under(sign(f"{key}x", body))),
    "truncated": lambda body, key, _: (body, _under(sign(key, body)[:-5])),
    "a changed body": lambda body, key, _: (body[:-1] + b" }", _under(sign(key, body))),
    "another account": lambda body, key, me: (_for_another(body, me), _under(sign(key, body))),
    "another case": lambda body, key, _: (body, _under(_swap_case(sign(key, body)))),
    "empty": lambda body, *_: (body, _under("")),
    "white space": lambda body, key, _: (body, _under(sign(key, body).replace("=", "= ", 1))),
    "unicode": lambda body, *_: (body, _under("sha256=ünïcödé\N{WAVING HAND SIGN}")),
    "doubled header": lambda body, key, _: (
        body,
        _under(sign(key, body), sign(f"{key}x", body)),
    ),
    "re-serialised JSON": lambda body, key, _: (body, _under(sign(key, _reserialised(body)))),
    "sha1": lambda body, key, _: (body, _under(sign(key, body, "sha1"))),
    "hexadecimal": lambda body, key, _: (body, _under(_hex(key, body))),
}
