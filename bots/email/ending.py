"""The page on which one press ends our news: https://www.rfc-editor.org/rfc/rfc8058

A program for mail presses by itself (POST); whoever opens the link sees a button first, since
machines open links, too. The link holds the proof for its recipient: what only our letter told.
"""

import logging
from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import quote

from aiohttp import web

from bots.called import read_body
from bots.email.mailboxes import normal
from bots.email.tokens import Tokens
from core.i18n import Languages, Speech, mark

log = logging.getLogger(__name__)

PATH = "/email/unsubscribe"
ASKED = mark("Shall no more news come to {address}?")
DONE = mark("You get no more news here. Answers and tickets reach you as before.")
WRONG = mark("This link is not whole, or not ours. Answer the letter with /unsubscribe instead.")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""The address stands in the link: nobody else is to learn it."""

End = Callable[[str], Awaitable[None]]


def to_link(public_url: str, recipient: str, message_id: str) -> str:
    """Empty without an address of ours on the web: RFC 8058 asks for https."""
    if not public_url.startswith("https://"):
        return ""
    letter = quote(message_id.strip("<>"), safe="@")
    return f"{public_url.rstrip('/')}{PATH}?person={quote(recipient, safe='@')}&letter={letter}"


def routes(tokens: Tokens, languages: Languages, end: End) -> list[web.RouteDef]:
    """`end` raises when it could not be kept."""

    def read(request: web.Request) -> tuple[str, Speech]:
        """Whom the link names with our proof; nobody when it has none."""
        speech = languages.speak(request.headers.get("Accept-Language", "").split(",")[0])
        person = normal(request.query.get("person", ""))
        letter = f"<{request.query.get('letter', '')}>"
        return (person if person and tokens.find(letter, person) else ""), speech

    async def show(request: web.Request) -> web.Response:
        person, speech = read(request)
        if not person:
            return page(speech, WRONG, status=404)
        return page(speech, ASKED, button=True, address=person)

    async def press(request: web.Request) -> web.Response:
        person, speech = read(request)
        if not person:
            return page(speech, WRONG, status=404)
        await read_body(request)
        try:
            await end(person)
        except Exception as error:
            name = type(error).__name__
            log.warning("not received; it has to be pressed again", extra={"error": name})
            raise web.HTTPServiceUnavailable from None
        return page(speech, DONE)

    return [web.get(PATH, show), web.post(PATH, press)]


def page(
    speech: Speech, said: str, *, status: int = 200, button: bool = False, **fields: str
) -> web.Response:
    words = escape(speech.t(said, **fields))
    label = escape(speech.t("🔕 No more news"))
    form = f'<form method="post"><button>{label}</button></form>' if button else ""
    text = (
        f'<!doctype html><html lang="{escape(speech.language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{label}</title><p>{words}</p>{form}</html>"
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
