"""The HTTP side of the Bot API: reads calls, lets faults strike, answers, hands out files."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.telegram_calls import Call, Json, Refusal, read_call
from tests.fakes.telegram_faults import BEFORE, Fault
from tests.fakes.telegram_files import StoredFile
from tests.fakes.telegram_methods import METHODS, PACED
from tests.fakes.telegram_spec import Inspector
from tests.fakes.telegram_world import World

NAMES = {name.lower(): name for name in (*METHODS, "getUpdates")}
"""Telegram does not look at the case of a method's name."""
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
NOT_FOUND = Refusal(404, "Not Found")
UNAUTHORIZED = Refusal(401, "Unauthorized")


class Door:
    """`latency` is in seconds a call, half of it before acceptance and half after."""

    def __init__(self, world: World, token: str, inspector: Inspector, latency: float) -> None:
        self._world = world
        self._inspector = inspector
        self._half = latency / 2
        self._calls = f"/bot{token}/"
        self._files = f"/file/bot{token}/"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = unquote(request.raw_path.partition("?")[0])
        if path.startswith(self._calls):
            return await self._answer_call(request, path[len(self._calls) :])
        if path.startswith(self._files):
            return await self._hand_out(request, path[len(self._files) :])
        return _refuse(UNAUTHORIZED if path.startswith(("/bot", "/file/bot")) else NOT_FOUND)

    async def _answer_call(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        try:
            call = await read_call(request, NAMES.get(name.lower(), name))
        except Refusal as refusal:
            return _refuse(refusal)
        except ConnectionError:  # the bot died in the middle of its call
            return _cut(request)
        self._world.calls.append(call)
        self._inspector.check_call(call)
        fault = self._world.faults.take(call.method, call.number("chat_id") or None)
        response = await self._pass(fault, lambda: self._accept(call))
        if response is None:
            return _cut(request)
        call.status = response.status
        return response

    async def _pass(
        self, fault: Fault | None, accept: Callable[[], Awaitable[web.Response]]
    ) -> web.Response | None:
        """None: the connection is to be cut."""
        if self._half:
            await asyncio.sleep(self._half)
        response = await _strike(fault, accept) if fault else await accept()
        if self._half:
            await asyncio.sleep(self._half)
        return response

    async def _accept(self, call: Call) -> web.Response:
        try:
            result = await self._perform(call)
        except Refusal as refusal:
            return _refuse(refusal)
        finally:
            self._world.bell.ring()
        self._inspector.check_answer(call.method, result)
        return _reply(200, {"ok": True, "result": result})

    async def _perform(self, call: Call) -> object:
        if call.method in PACED:
            self._world.pace.check(call.number("chat_id"), paid=call.flag("allow_paid_broadcast"))
        if call.method in METHODS:
            return METHODS[call.method](self._world, call)
        if call.method == "getUpdates":
            return await self._world.updates.answer_poll(call)
        self._inspector.check_lack(call.method)
        raise Refusal(404, "Not Found: method not found")

    async def _hand_out(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        file = self._world.files.at(path)
        if file is None:
            return _refuse(NOT_FOUND)
        fault = self._world.faults.take("file", None)
        if fault and fault.kind == "lost_answer":
            return await _send_half(request, file)

        async def accept() -> web.Response:
            return web.Response(body=file.upload.data)

        response = await self._pass(fault, accept)
        return _cut(request) if response is None else response


async def _strike(
    fault: Fault, accept: Callable[[], Awaitable[web.Response]]
) -> web.Response | None:
    await asyncio.sleep(fault.before)
    if fault.kind == "cut":
        return None
    if fault.kind in BEFORE:
        return _refuse(fault.refusal())
    if fault.kind == "server_error":
        return _break_down(fault)
    response = await accept()
    await asyncio.sleep(fault.after)
    if fault.kind == "lost_answer":
        return None
    if fault.kind == "malformed":
        return web.Response(body=b'{"ok":true,"res', content_type="application/json")
    return response


def _break_down(fault: Fault) -> web.Response:
    if fault.html:
        page = PAGE.format(f"{fault.status} {HTTPStatus(fault.status).phrase}")
        return web.Response(status=fault.status, text=page, content_type="text/html")
    return _refuse(Refusal(fault.status, "Internal Server Error"))


async def _send_half(request: web.BaseRequest, file: StoredFile) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = len(file.upload.data)
    await response.prepare(request)
    await response.write(file.upload.data[: len(file.upload.data) // 2])
    _cut(request)
    return response


def _cut(request: web.BaseRequest) -> web.Response:
    """Closes the connection without an answer; the response returned goes nowhere."""
    if request.transport:
        request.transport.close()
    return web.Response()


def _refuse(refusal: Refusal) -> web.Response:
    return _reply(refusal.code, refusal.body())


def _reply(status: int, body: Json) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(body).encode(), content_type="application/json"
    )
