"""Where platforms call us: what they send is read with care. Knows no platform."""

from aiohttp import web

LARGEST = 1_000_000
"""Bytes of a call that is read; messages come without their files."""


async def read_body(request: web.Request) -> bytes:
    """Counted as it comes: a declared length may lie, and small bodies may unpack to large ones.
    Raises 413.
    """
    body = bytearray()
    async for block in request.content.iter_any():
        body += block
        if len(body) > LARGEST:
            raise web.HTTPRequestEntityTooLarge(LARGEST, len(body))
    return bytes(body)
