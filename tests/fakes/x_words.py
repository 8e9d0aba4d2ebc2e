"""How X shows what was written: each link becomes a short one, and a file adds one of its own.

https://docs.x.com/fundamentals/counting-characters and
https://docs.x.com/x-api/direct-messages/lookup/integrate
"""

import html
import re
from dataclasses import dataclass, field
from hashlib import sha256
from unicodedata import normalize

from tests.fakes.x_calls import Json

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)']")
POST = re.compile(r"https://(?:x|twitter)\.com/\w+/status/(\d{1,19})")
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
ROOM, LINK_COUNTS = 280, 23


@dataclass(slots=True)
class Shown:
    """`urls` as entities of version 2 list them."""

    text: str
    urls: list[Json] = field(default_factory=list)


def show(text: str, *, shortens: bool, escapes: bool, page: str = "") -> Shown:
    """`page` is where its file is seen, told of by a link at the end."""
    shown = Shown("")
    end = 0
    for found in LINK.finditer(text) if shortens else ():
        shown.text += written(text[end : found.start()], escapes)
        _add(shown, found[0])
        end = found.end()
    shown.text += written(text[end:], escapes)
    if page and shortens:
        shown.text += " " if text else ""
        _add(shown, page)
    return shown


def _add(shown: Shown, link: str) -> None:
    short, start = short_link(link), len(shown.text)
    shown.text += short
    entry = {"start": start, "end": len(shown.text), "url": short, "expanded_url": link}
    shown.urls.append(entry | {"display_url": link.partition("://")[2][:27]})


def written(text: str, escapes: bool) -> str:
    return html.escape(text, quote=False) if escapes else text


def short_link(link: str) -> str:
    return f"https://t.co/{sha256(link.encode()).hexdigest()[:10]}"


def posts_in(text: str) -> list[str]:
    """Ids of the posts that it links to."""
    return POST.findall(text)


def weight(text: str) -> int:
    """What a post counts. Emoji of several parts count more here than on X."""
    plain = normalize("NFC", text)
    links = LINK.findall(plain)
    rest = LINK.sub("", plain)
    return len(links) * LINK_COUNTS + sum(1 if _is_light(one) else 2 for one in rest)


def _is_light(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in LIGHT)
