"""The REST side of Discord: reads calls, asks for the token, answers."""

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests.fakes.discord_calls import Call, Refusal, Routes, read_call
from tests.fakes.discord_world import World

BASE = "/api/v10"
JSON = {"Content-Type": "application/json"}
"""Without a charset, as Discord sends it; libraries compare the whole value."""
UNAUTHORIZED = Refusal(401, 0, "401: Unauthorized")
NOT_FOUND = Refusal(404, 0, "404: Not Found")
TOKEN_IN_PATH = ("POST /interactions/", "/{webhook_token}")

Handler = Callable[[Call], Any]
"""Its result is the body of a 200, None is a 204; it raises `Refusal`. It may be a coroutine."""


class Door:
    def __init__(self, world: World, token: str, handlers: Mapping[str, Handler]) -> None:
        self._world = world
        self._token = token
        self._handlers = handlers
        self._routes = Routes(handlers)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0].removeprefix(BASE)
        found = self._routes.find(request.method, path)
        if found is None:
            return refuse(NOT_FOUND)
        route, ids = found
        if not self._is_allowed(request, route):
            return refuse(UNAUTHORIZED)
        try:
            call = await read_call(request, route, ids)
        except Refusal as refusal:
            return refuse(refusal)
        except ConnectionError:  # the bot died in the middle of its call
            return cut(request)
        self._world.calls.append(call)
        response = await self._accept(call)
        call.status = response.status
        return response

    def _is_allowed(self, request: web.BaseRequest, route: str) -> bool:
        if any(mark in route for mark in TOKEN_IN_PATH):
            return True
        return request.headers.get("Authorization") == f"Bot {self._token}"

    async def _accept(self, call: Call) -> web.Response:
        try:
            result = self._handlers[call.route](call)
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            return refuse(refusal)
        finally:
            self._world.bell.ring()
        return web.Response(status=204) if result is None else reply(200, result)


def reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    data = json.dumps(body).encode()
    return web.Response(status=status, body=data, headers={**JSON, **(headers or {})})


def refuse(refusal: Refusal) -> web.Response:
    return reply(refusal.status, refusal.body)


def cut(request: web.BaseRequest) -> web.Response:
    """Closes the connection without an answer; the response returned goes nowhere."""
    if request.transport:
        request.transport.close()
    return web.Response()
