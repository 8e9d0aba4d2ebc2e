"""The REST side of Discord: reads calls, asks for the token, lets faults strike, answers."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from tests.fakes.discord_calls import Call, Refusal, Routes, read_call
from tests.fakes.discord_faults import BEFORE, Fault, Faults
from tests.fakes.discord_limits import Limits, TooMany
from tests.fakes.discord_spec import Inspector
from tests.fakes.discord_world import World

BASE = "/api/v10"
JSON = {"Content-Type": "application/json", "Via": "1.1 google"}
"""Without a charset, as Discord sends it: libraries compare the whole value. And what comes without
Via comes from the proxy before Discord."""
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
UNAUTHORIZED = Refusal(401, 0, "401: Unauthorized")
NOT_FOUND = Refusal(404, 0, "404: Not Found")
TOKEN_IN_PATH = ("POST /interactions/", "/{webhook_token}")
CREATED = (
    "POST /channels/{channel_id}/threads",
    "POST /channels/{channel_id}/messages/{message_id}/threads",
)
"""Answered with 201."""

Handler = Callable[[Call], Any]
"""Its result is the body of a 200, None is a 204; it raises `Refusal`. It may be a coroutine."""


class Door:
    """`latency` is in seconds a call, half of it before acceptance and half after."""

    def __init__(
        self,
        world: World,
        token: str,
        handlers: Mapping[str, Handler],
        inspector: Inspector,
        latency: float = 0.0,
    ) -> None:
        self.faults = Faults()
        self.limits = Limits(inspector.note)
        self._world = world
        self._token = token
        self._handlers = handlers
        self._routes = Routes(handlers)
        self._inspector = inspector
        self._half = latency / 2

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0].removeprefix(BASE)
        found = self._routes.find(request.method, path)
        if found is None:
            self._inspector.check_lack(request.method, path)
            return reply(NOT_FOUND.status, NOT_FOUND.body)
        route, ids = found
        try:
            call = await read_call(request, route, ids)
        except Refusal as refusal:
            return reply(refusal.status, refusal.body)
        except ConnectionError:  # the bot died in the middle of its call
            return cut(request)
        self._world.calls.append(call)
        self.limits.arrive(call)
        allowed = self._is_allowed(request, route)
        fault = self.faults.take(request.method, path)
        response = await self._pass(call, fault, lambda: self._accept(call, allowed))
        if response is None:
            return cut(request)
        call.status = response.status
        return response

    def _is_allowed(self, request: web.BaseRequest, route: str) -> bool:
        if self._token in request.raw_path:
            self._inspector.note(f"{route}: the bot's token is in the URL")
        if route == "GET /gateway" or any(mark in route for mark in TOKEN_IN_PATH):
            return True
        if "Authorization" not in request.headers:
            self._inspector.note(f"{route} came without Authorization")
        return request.headers.get("Authorization") == f"Bot {self._token}"

    async def _pass(
        self, call: Call, fault: Fault | None, accept: Callable[[], Awaitable[web.Response]]
    ) -> web.Response | None:
        """None: the connection is to be cut."""
        if self._half:
            await asyncio.sleep(self._half)
        response = await self._strike(call, fault, accept) if fault else await accept()
        if self._half:
            await asyncio.sleep(self._half)
        return response

    async def _strike(
        self, call: Call, fault: Fault, accept: Callable[[], Awaitable[web.Response]]
    ) -> web.Response | None:
        await asyncio.sleep(fault.before)
        if fault.kind == "cut":
            return None
        if fault.kind in BEFORE:
            return self._refuse(call, fault.refusal())
        if fault.kind == "cloudflare":
            return self._ban(call)
        if fault.kind == "server_error":
            return break_down(fault)
        response = await accept()
        await asyncio.sleep(fault.after)
        if fault.kind == "lost_answer":
            return None
        if fault.kind == "late_error":
            return break_down(fault)
        if fault.kind == "malformed":
            return web.Response(body=b'{"id":"1', headers=JSON)
        return response

    async def _accept(self, call: Call, allowed: bool) -> web.Response:
        if self.limits.banned:
            return self._ban(call)
        try:
            if not allowed:
                raise UNAUTHORIZED
            self.limits.check(call)
            result = self._handlers[call.route](call)
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            if refusal.status != 400:  # a wrong form has been told its faults
                self._inspector.check_call(call)
            return self._refuse(call, refusal)
        finally:
            self._world.bell.ring()
        self._inspector.check_call(call)
        status = 204 if result is None else 201 if call.route in CREATED else 200
        self._inspector.check_answer(call, status, result)
        headers = self.limits.headers(call)
        if result is None:
            return web.Response(status=204, headers={"Via": JSON["Via"], **headers})
        return reply(status, result, headers)

    def _refuse(self, call: Call, refusal: Refusal) -> web.Response:
        self.limits.note(call, refusal.status, refusal)
        self._inspector.check_answer(call, refusal.status, refusal.body)
        headers = self.limits.headers(call)
        if isinstance(refusal, TooMany):
            headers |= refusal.headers()
        return reply(refusal.status, refusal.body, headers)

    def _ban(self, call: Call) -> web.Response:
        """The proxy's own 429: https://docs.discord.com/developers/topics/rate-limits"""
        self.limits.note(call, 429)
        text = PAGE.format("Access denied | Error 1015")
        headers = {"Retry-After": "60"}
        return web.Response(status=429, text=text, content_type="text/html", headers=headers)


def break_down(fault: Fault) -> web.Response:
    words = f"{fault.status} {HTTPStatus(fault.status).phrase}"
    if fault.html:
        return web.Response(status=fault.status, text=PAGE.format(words), content_type="text/html")
    return reply(fault.status, {"message": words, "code": 0})


def reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    data = json.dumps(body).encode()
    return web.Response(status=status, body=data, headers={**JSON, **(headers or {})})


def cut(request: web.BaseRequest) -> web.Response:
    """Closes the connection without an answer; the response returned goes nowhere."""
    if request.transport:
        request.transport.close()
    return web.Response()
