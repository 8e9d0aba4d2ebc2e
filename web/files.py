"""`GET /file/…`: a file of ours for whoever has its link, to be saved and never shown."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from urllib.parse import quote

from aiohttp import web

from core.file_links import PATH
from core.i18n import Languages, Speech

HEADERS = {
    "Content-Type": "application/octet-stream",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}
"""Whoever made it, no browser opens it as a page of this site, and nothing on the way keeps it."""

Find = Callable[[str, str], str | None]
Blocks = AsyncGenerator[bytes, None]
Open = Callable[[str], Blocks]


def files_route(find: Find, open_file: Open, languages: Languages) -> web.RouteDef:
    """`find` knows what a token and a name stand for."""

    async def files(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        stored_as = find(request.match_info["token"], name)
        async with aclosing(open_file(stored_as) if stored_as else empty()) as blocks:
            try:
                first = await anext(blocks, b"")
            except FileNotFoundError:
                first = b""
            if first:
                return await give(request, name, first, blocks)
        return web.Response(status=404, text=is_over(languages.speak(language_of(request))))

    return web.get(PATH + "/{token}/{name}", files, allow_head=False)


def robots_route() -> web.RouteDef:
    """X looks at what a link leads to, for a preview. This asks all who do so not to:
    https://developer.x.com/cards/overview, https://www.rfc-editor.org/rfc/rfc9309.
    """

    async def robots(_request: web.Request) -> web.Response:
        return web.Response(text=f"User-agent: *\nDisallow: {PATH}/\n")

    return web.get("/robots.txt", robots)


async def give(request: web.Request, name: str, block: bytes, more: Blocks) -> web.StreamResponse:
    """Until whoever asked hangs up, which is no fault of ours. One of `more` cuts the answer off,
    so that nobody takes a part for the whole.
    """
    saved_as = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response = web.StreamResponse(headers=HEADERS | {"Content-Disposition": saved_as})
    while block:
        try:
            await response.prepare(request)
            await response.write(block)
        except ConnectionError:
            break
        block = await anext(more, b"")
    return response


def is_over(speech: Speech) -> str:
    said = speech.t(
        "This link is over, or was never ours. Ask the support team for the file once more."
    )
    return f"{said}\n"


async def empty() -> Blocks:
    return
    yield b""


def language_of(request: web.Request) -> str:
    """The one that a browser likes best: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4."""
    wanted = request.headers.get("Accept-Language", "")
    return wanted.partition(",")[0].partition(";")[0].strip()
