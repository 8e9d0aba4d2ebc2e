"""X calling us: https://docs.x.com/x-api/webhooks/introduction

X proves itself by a signature over the body, and asks us to prove ourselves by signing what it
says (the challenge). Both are made with one and the same key, so whoever may have signed what they
like could sign a call: only what no call can be is signed.
"""

import hmac
import json
import logging
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bots.called import read_body

log = logging.getLogger(__name__)

PATH = "/x"
HEADER = "x-twitter-webhooks-signature"
NEWER_HEADER = "x-twitter-webhooks-signature-oauth2"
CHALLENGE = re.compile(r"[\w.+/=-]{1,512}", re.ASCII)
"""No JSON object begins so."""

Take = Callable[[Any], Awaitable[None]]


class Secrets:
    """With which calls are signed. Which of them answers a challenge is not the same in all of X's
    documents, so X's own choice is found when the webhook is registered.
    """

    def __init__(self, consumer: SecretStr, client: SecretStr | None) -> None:
        self._consumer = consumer
        self._client = client
        self._answering = client or consumer

    def swap(self) -> bool:
        """Answer with the other one from now on. False when there is none."""
        if self._client is None:
            return False
        other = self._client if self._answering is self._consumer else self._consumer
        self._answering = other
        return True

    def answer(self, challenge: str) -> str:
        return sign(self._answering, challenge.encode())

    def prove(self, request: web.Request, body: bytes) -> bool:
        """Whether the call is X's."""
        keys = ((NEWER_HEADER, self._client), (HEADER, self._consumer))
        return any(
            key is not None and is_signed(request.headers.getall(name, []), key, body)
            for name, key in keys
        )


def sign(secret: SecretStr, said: bytes) -> str:
    digest = hmac.digest(secret.get_secret_value().encode(), said, "sha256")
    return f"sha256={b64encode(digest).decode()}"


def is_signed(given: list[str], secret: SecretStr, body: bytes) -> bool:
    """In constant time; of several signatures none counts."""
    expected = sign(secret, body).encode()
    return len(given) == 1 and hmac.compare_digest(
        given[0].encode(errors="surrogateescape"), expected
    )


def routes(secrets: Secrets, take: Take) -> list[web.RouteDef]:
    """`take` is given what X tells, and raises when it could not be kept: then X is told so."""

    async def answer(request: web.Request) -> web.Response:
        challenge = request.query.get("crc_token", "")
        if not CHALLENGE.fullmatch(challenge):
            raise web.HTTPBadRequest
        return web.json_response({"response_token": secrets.answer(challenge)})

    async def hear(request: web.Request) -> web.Response:
        if not any(name in request.headers for name in (HEADER, NEWER_HEADER)):
            raise web.HTTPUnauthorized
        body = await read_body(request)
        if not secrets.prove(request, body):
            raise web.HTTPUnauthorized
        told = read_call(body)
        try:
            await take(told)
        except Exception as error:
            log.warning("not received; it is looked up again", extra={"error": kind(error)})
            raise web.HTTPServiceUnavailable from None
        return web.Response()

    return [web.get(PATH, answer, allow_head=False), web.post(PATH, hear)]


def read_call(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(told, dict):
        raise web.HTTPBadRequest
    return told


def kind(error: Exception) -> str:
    return type(error).__name__
