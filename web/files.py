"""`GET /file/…`: a file of ours for whoever has its link, to be saved and never shown."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol
from urllib.parse import quote

from aiohttp import web

from core.file_links import PATH
from core.i18n import Languages, Speech
from web.ranges import wanted_part

HEADERS = {
    "Content-Type": "application/octet-stream",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
}
"""Whoever made it, no browser opens it as a page of this site, and nothing on the way keeps it."""

Find = Callable[[str, str], str | None]
Blocks = AsyncGenerator[bytes, None]


class Files(Protocol):
    """Both raise `FileNotFoundError`."""

    async def size(self, name: str) -> int: ...

    def open(self, name: str, part: range | None = None) -> Blocks: ...


def files_route(find: Find, files: Files, languages: Languages) -> web.RouteDef:
    """`find` knows what a token and a name stand for."""

    async def file(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if stored_as := find(request.match_info["token"], name):
            try:
                return await answer(request, name, files, stored_as)
            except FileNotFoundError:
                pass
        return web.Response(status=404, text=is_over(languages.speak(language_of(request))))

    return web.get(PATH + "/{token}/{name}", file, allow_head=False)


def robots_route() -> web.RouteDef:
    """X looks at what a link leads to, for a preview. This asks all who do so not to:
    https://developer.x.com/cards/overview, https://www.rfc-editor.org/rfc/rfc9309.
    """

    async def robots(_request: web.Request) -> web.Response:
        return web.Response(text=f"User-agent: *\nDisallow: {PATH}/\n")

    return web.get("/robots.txt", robots)


async def answer(
    request: web.Request, name: str, files: Files, stored_as: str
) -> web.StreamResponse:
    size = await files.size(stored_as)
    tag = f'"{stored_as}"'  # what is stored there never changes
    part = wanted_part(request.headers, size, tag)
    if part is not None and not part:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    saved_as = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = HEADERS | {"Content-Disposition": saved_as, "ETag": tag}
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    response = web.StreamResponse(status=206 if part else 200, headers=headers)
    response.content_length = len(part) if part else size
    async with aclosing(files.open(stored_as, part)) as blocks:
        await give(request, response, blocks)
    return response


async def give(request: web.Request, response: web.StreamResponse, blocks: Blocks) -> None:
    """Until whoever asked hangs up, which is no fault of ours. One of `blocks` cuts the answer off,
    so that nobody takes a part for the whole.
    """
    block = await anext(blocks, b"")
    while block:
        try:
            await response.prepare(request)
            await response.write(block)
        except ConnectionError:
            break
        block = await anext(blocks, b"")


def is_over(speech: Speech) -> str:
    said = speech.t(
        "This link is over, or was never ours. Ask the support team for the file once more."
    )
    return f"{said}\n"


def language_of(request: web.Request) -> str:
    """The one that a browser likes best: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4."""
    wanted = request.headers.get("Accept-Language", "")
    return wanted.partition(",")[0].partition(";")[0].strip()
