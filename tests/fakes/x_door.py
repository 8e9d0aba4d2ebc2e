"""The HTTP side of X: reads calls, lets faults strike, has them proven and counted, answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from tests.fakes.x_calls import Call, Json, Refusal, problem, read_call
from tests.fakes.x_faults import BEFORE, Fault, Faults
from tests.fakes.x_limits import Limits
from tests.fakes.x_proof import Proof
from tests.fakes.x_routes import Route, Routes
from tests.fakes.x_world import World

PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


class Door:
    """`latency` is in seconds a call, half of it before acceptance and half after."""

    def __init__(self, world: World, routes: Routes, proof: Proof, latency: float) -> None:
        self._world = world
        self._routes = routes
        self._proof = proof
        self._half = latency / 2
        self.faults = Faults()
        self.limits = Limits()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            call = await read_call(request)
        except Refusal as refusal:
            return _refuse(refusal)
        except ConnectionError:  # the client died in the middle of its call
            return _cut(request)
        self._world.keep_call(call)
        fault = self.faults.take(call.method, call.path)
        response = await self._pass(fault, lambda: self._accept(call))
        self._world.bell.ring()
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
        now = self._world.clock.now()
        response = await _strike(fault, accept, now) if fault else await accept()
        if self._half:
            await asyncio.sleep(self._half)
        return response

    async def _accept(self, call: Call) -> web.Response:
        headers: dict[str, str] = {}
        try:
            route = self._routes.find(call)
            call.who = self._proof.check(call, route.proofs)
            headers = self.limits.take(route.meter, route.name, self._world.clock.now())
            return await _perform(route, call, headers)
        except Refusal as refusal:
            refusal.headers = headers | refusal.headers
            return _refuse(refusal)


async def _perform(route: Route, call: Call, headers: dict[str, str]) -> web.Response:
    try:
        result = await route.handle(call)
    except (TypeError, AttributeError, KeyError):  # JSON of a shape that nobody foresaw
        raise problem(400, "Invalid Request", "The request is of another shape.") from None
    if isinstance(result, web.Response):
        result.headers.update(headers)
        return result
    return _reply(route.status, result, headers)


async def _strike(
    fault: Fault, accept: Callable[[], Awaitable[web.Response]], now: float
) -> web.Response | None:
    await asyncio.sleep(fault.before)
    if fault.kind == "cut":
        return None
    if fault.kind in BEFORE:
        return _refuse(fault.refusal(now))
    if fault.kind in ("server_error", "html"):
        return _break_down(fault)
    response = await accept()
    await asyncio.sleep(fault.after)
    if fault.kind == "lost_answer":
        return None
    if fault.kind == "late_error":
        return _break_down(fault)
    if fault.kind == "malformed":
        assert isinstance(response.body, bytes)
        half = response.body[: len(response.body) // 2]
        return web.Response(body=half, content_type="application/json")
    return response


def _break_down(fault: Fault) -> web.Response:
    status = 200 if fault.kind == "html" else fault.status
    phrase = HTTPStatus(status).phrase
    if fault.page or fault.kind == "html":
        page = PAGE.format(f"{status} {phrase}")
        return web.Response(status=status, text=page, content_type="text/html")
    return _refuse(problem(status, phrase, phrase))


def _refuse(refusal: Refusal) -> web.Response:
    return _reply(refusal.status, refusal.body, refusal.headers)


def _reply(status: int, body: Json, headers: dict[str, str]) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
