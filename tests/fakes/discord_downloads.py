"""The CDN: hands out files by their signed links, and lets faults strike."""

import asyncio

from aiohttp import web

from tests.fakes.discord_door import break_down, cut
from tests.fakes.discord_faults import Fault, Faults
from tests.fakes.discord_files import Files


class Downloads:
    """Of the faults, cut, delay, lost_answer (half of the file comes), not_found, rate_limited and
    server_error make sense here.
    """

    def __init__(self, files: Files, faults: Faults) -> None:
        self._files = files
        self._faults = faults

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        fault = self._faults.take(request.method, request.raw_path.partition("?")[0])
        if fault is None:
            return self._files.hand_out(request.raw_path)
        await asyncio.sleep(fault.before + fault.after)
        if fault.kind == "cut":
            return cut(request)
        if fault.kind == "lost_answer":
            return await self._send_half(request)
        return self._refuse(fault) or self._files.hand_out(request.raw_path)

    def _refuse(self, fault: Fault) -> web.Response | None:
        if fault.kind == "server_error":
            return break_down(fault)
        statuses = {"not_found": 404, "forbidden": 403, "rate_limited": 429}
        if fault.kind not in statuses:
            return None
        return web.Response(status=statuses[fault.kind], text="This content is not available.")

    async def _send_half(self, request: web.BaseRequest) -> web.StreamResponse:
        whole = self._files.hand_out(request.raw_path).body
        assert isinstance(whole, bytes)
        response = web.StreamResponse()
        response.content_length = len(whole)
        await response.prepare(request)
        await response.write(whole[: len(whole) // 2])
        return cut(request)
