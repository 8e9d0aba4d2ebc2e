"""Pure: HTML -> text, in linear time. It is never drawn as HTML, so nothing has to be made safe:
tags go, whatever they are.

No tree is built. A sanitizer builds one, and formatting tags that are never closed make it grow
with the square of the letter: see the test.
"""

import re
from html import unescape

TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|head|title|template|svg|math|object|iframe|noscript|select|textarea)\b[^<>]*+>"
    r".*?(?:</\1\s*+>|\Z)"
    r"|<[!?][^<>]*+>"
    r"|<(?P<close>/?)(?P<tag>[a-zA-Z][^\s/<>]*+)(?P<attributes>[^<>]*+)>"
    r"|(?P<text>[^<]++|<)",
    re.DOTALL | re.IGNORECASE,
)
HREF = re.compile(
    r"""\bhref\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.I
)
LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
BREAKS = {
    **dict.fromkeys(("br", "div", "tr", "dd", "dt", "section", "article", "header", "footer"), 1),
    **dict.fromkeys(("p", "ul", "ol", "table", "pre", "hr", "form", "dl"), 2),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "blockquote"), 2),
    "li": 1,
}
DEEPEST = 10


class Page:
    """Text as it grows. White space is one blank, breaks are the largest that was asked for."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._breaks = 0
        self._blank = False
        self._quoted = 0
        self._preformatted = 0
        self._link = ""
        self._since = 0

    def say(self, text: str) -> None:
        if self._preformatted:
            for number, line in enumerate(text.split("\n")):
                self._breaks += number > 0
                self._put(line)
            return
        words = " ".join(text.split())
        self._blank = self._blank or text[:1].isspace()
        if words:
            self._put(words)
            self._blank = text[-1].isspace()

    def _put(self, words: str) -> None:
        if not words:
            return
        if self._breaks:
            prefix = "> " * self._quoted
            empty = f"\n{prefix.rstrip()}" * (self._breaks - 1)
            self.pieces.append(f"{empty}\n{prefix}" if self.pieces else prefix)
        elif self._blank and self.pieces:
            self.pieces.append(" ")
        self._breaks, self._blank = 0, False
        self.pieces.append(words)

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if name == "a":
            return self._end_link() if closing else self._begin_link(attributes)
        if name == "br":
            self._breaks += 1
        else:
            self._breaks = max(self._breaks, BREAKS.get(name, 0))
        if name == "li" and not closing:
            self._put("- ")
        if name in ("td", "th"):
            self._blank = True
        if name == "pre":
            self._preformatted = 0 if closing else 1
        if name == "blockquote":
            self._quoted = min(max(self._quoted + (-1 if closing else 1), 0), DEEPEST)
        return None

    def _begin_link(self, attributes: str) -> None:
        found = HREF.search(attributes)
        link = unescape(next(filter(None, found.groups()), "")).strip() if found else ""
        self._link = link if LINK.fullmatch(link) else ""
        self._since = len(self.pieces)

    def _end_link(self) -> None:
        shown = "".join(self.pieces[self._since :]).strip()
        bare = self._link.removeprefix("mailto:")
        if self._link and bare.rstrip("/") != shown.rstrip("/"):
            self.say(f" <{bare}>")
        self._link = ""


def to_text(html: str) -> str:
    """Paragraphs, lists, quotations and where links lead stay. What is `hidden` is shown too."""
    page = Page()
    for found in TOKEN.finditer(html):
        if found["text"]:
            page.say(unescape(found["text"]))
        elif found["tag"]:
            page.tag(found["tag"].lower(), found["attributes"], closing=bool(found["close"]))
    return "".join(page.pieces).strip()
