"""Pure: which parts of a letter are its words, and which are files (RFC 2046, section 5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bots.email.armor import without_armor
from bots.email.flowed import is_flowed, unflow
from bots.email.markup import to_text
from bots.email.structure import Part
from bots.email.wording import decode, to_lines, unpack

PLAIN, HTML = "text/plain", "text/html"
ALSO_PLAIN = ("text/markdown", "text/x-markdown")
ALSO_HTML = "text/enriched"
"""Its tags are of the same kind (RFC 1896)."""
LONGEST = 100_000
"""Characters of a letter. The rest is kept as a file."""
READ = {
    **dict.fromkeys((PLAIN, *ALSO_PLAIN), 400_000),
    **dict.fromkeys((HTML, ALSO_HTML), 500_000),
}
"""Bytes that are read of a part."""
SIGNATURES = (
    *("application/pgp-signature", "application/pgp-encrypted"),
    *("application/pkcs7-signature", "application/x-pkcs7-signature"),
)
"""They tell of the letter, not of what happened."""
SAME_AGAIN = ("text/x-amp-html", "text/watch-html")
"""The words once more, for some programs."""
MOST = 10
"""Pieces of words in one letter; what is over is kept as files."""

Variants = tuple[Part, ...]
"""The same words: the first that says anything counts."""


@dataclass(frozen=True, slots=True)
class Body:
    words: tuple[Variants, ...] = ()
    files: tuple[Part, ...] = ()

    def __add__(self, other: "Body") -> "Body":
        return Body(self.words + other.words, self.files + other.files)


def sort_parts(root: Part) -> Body:
    body = divide(root)
    over = tuple(variants[0] for variants in body.words[MOST:])
    return Body(body.words[:MOST], body.files + over)


def divide(part: Part) -> Body:
    if part.media == "multipart/alternative":
        return choose([divide(child) for child in part.parts if child.media not in SAME_AGAIN])
    if part.media in ("multipart/signed", "multipart/encrypted"):
        telling = (child for child in part.parts if child.media not in SIGNATURES)
        return sum(map(divide, telling), Body())
    if part.media.startswith("multipart/"):
        return sum(map(divide, part.parts), Body())
    if part.media in READ and part.disposition != "attachment" and not part.name:
        return Body(words=((part,),))
    return Body(files=(part,))


def choose(variants: list[Body]) -> Body:
    """Plain text before HTML; the files of all."""
    said = [body.words for body in variants if body.words]
    said.sort(key=lambda words: words[0][0].media != PLAIN)
    files = tuple(file for body in variants for file in body.files)
    if all(len(words) == 1 for words in said):
        merged = tuple(part for words in said for part in words[0])
        return Body((merged,) if merged else (), files)
    return Body(said[0], files)


def wanted(body: Body) -> dict[str, int]:
    """The sections that hold words, and the bytes to read of each."""
    return {part.section: READ[part.media] for variants in body.words for part in variants}


def read_words(body: Body, bodies: Mapping[str, bytes]) -> tuple[str, Body]:
    """The words, and the body with what did not fit as files."""
    said: list[str] = []
    cut: list[Part] = []
    for variants in body.words:
        text, part = read_first(variants, bodies)
        said.append(text)
        if len(text) > LONGEST or part.octets > READ[part.media]:
            cut.append(replace(part, name="letter.html" if part.media == HTML else "letter.txt"))
    text = "\n\n".join(filter(None, said))
    if len(text) > LONGEST and not cut:
        cut = [variants[0] for variants in body.words]
    return text[:LONGEST], Body(body.words, body.files + tuple(cut))


def read_first(variants: Variants, bodies: Mapping[str, bytes]) -> tuple[str, Part]:
    for part in variants:
        text = read_text(part, bodies.get(part.section, b""))
        if text.strip():
            return text, part
    return "", variants[0]


def read_text(part: Part, data: bytes) -> str:
    text = decode(unpack(data, part.encoding), part.params.get("charset", "utf-8"))
    if part.media in (HTML, ALSO_HTML):
        return to_lines(to_text(text))
    lines = to_lines(text)
    if is_flowed(part.params):
        lines = unflow(lines, delete_space=part.params.get("delsp", "").lower() == "yes")
    return without_armor(lines.removeprefix("\ufeff"))
