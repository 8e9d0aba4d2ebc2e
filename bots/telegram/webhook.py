"""Telegram calling us: 200 only after the update was received, 503 so that it comes again."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bots.called import read_body
from bots.telegram.parse import update_number

log = logging.getLogger(__name__)

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

Take = Callable[[dict[str, Any]], Awaitable[None]]


def webhook_route(secret: str, take: Take) -> web.RouteDef:
    """Without the secret in the header the body is not even read. `take` raises when the update
    could not be kept.
    """

    async def hear(request: web.Request) -> web.Response:
        if not is_secret(request.headers.get(HEADER, ""), secret):
            raise web.HTTPUnauthorized
        update = read_update(await read_body(request))
        try:
            await take(update)
        except Exception as error:
            log.warning(
                "not received; Telegram sends it again",
                extra={"update": update["update_id"], "error": type(error).__name__},
            )
            raise web.HTTPServiceUnavailable from None
        return web.Response()

    return web.post(PATH, hear)


def is_secret(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode())


def read_update(body: bytes) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if update_number(update) is None:
        raise web.HTTPBadRequest
    return dict(update)
