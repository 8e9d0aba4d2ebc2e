"""Pure: BODYSTRUCTURE -> the parts of a letter (RFC 9051, section 7.5.2). A letter inside a letter
is one part: a file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import collapse_rfc2231_value, decode_params
from typing import Any

from bots.email.headers import decode_words
from bots.email.response import Unreadable
from bots.email.wording import decode

DEEPEST = 20
MOST = 200
LEAF = 7
"""Fields that every leaf has: type, subtype, parameters, id, description, encoding, octets."""


@dataclass(frozen=True, slots=True)
class Part:
    """`section` is how the server calls it, `octets` how long it is as it was sent."""

    section: str
    media: str
    params: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    octets: int = 0
    disposition: str = ""
    name: str = ""
    declared: int | None = None
    """Its unpacked size, where the sender told it (RFC 2183, section 2.7)."""
    parts: tuple["Part", ...] = ()


class Excessive(Exception):
    """More parts or deeper than anybody needs."""


def read_structure(values: Any) -> Part:
    """Raises `Excessive`, or `Unreadable`."""
    left = [MOST]
    return read_part(values, "", 0, left)


def read_part(values: Any, section: str, depth: int, left: list[int]) -> Part:
    left[0] -= 1
    if depth > DEEPEST or left[0] < 0:
        raise Excessive(f"more than {DEEPEST} levels or {MOST} parts")
    if not isinstance(values, list) or not values:
        raise Unreadable("no part")
    if isinstance(values[0], list):
        return read_multipart(values, section, depth, left)
    return read_leaf(values, section or "1")


def read_multipart(values: list[Any], section: str, depth: int, left: list[int]) -> Part:
    children = [value for value in values if isinstance(value, list)]
    count = next((at for at, value in enumerate(values) if not isinstance(value, list)), 0)
    prefix = f"{section}." if section else ""
    parts = tuple(
        read_part(child, f"{prefix}{number}", depth + 1, left)
        for number, child in enumerate(children[:count], 1)
    )
    rest = values[count:]
    params = read_params(rest[1] if len(rest) > 1 else None)
    return Part(section, f"multipart/{word(rest[0] if rest else b'mixed')}", params, parts=parts)


def read_leaf(values: list[Any], section: str) -> Part:
    if len(values) < LEAF:
        raise Unreadable("a part with fields missing")
    kind, subtype, params, _, _, encoding, octets = values[:LEAF]
    disposition, about = read_disposition(values[LEAF:])
    named = read_params(params)
    declared = about.get("size", "")
    return Part(
        section,
        f"{word(kind)}/{word(subtype)}",
        named,
        word(encoding),
        number(octets),
        disposition,
        about.get("filename") or named.get("name", ""),
        int(declared) if declared.isascii() and declared.isdecimal() else None,
    )


def read_disposition(values: list[Any]) -> tuple[str, dict[str, str]]:
    """It is the only thing of the form `("attachment" …)` behind a leaf's own fields: an envelope,
    which a letter has there, begins with a date and has ten.
    """
    for value in values:
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], bytes):
            found = word(value[0])
            if found and "/" not in found and (value[1] is None or isinstance(value[1], list)):
                return found, read_params(value[1])
    return "", {}


def read_params(values: Any) -> dict[str, str]:
    """Put together where they came in pieces (RFC 2231), decoded where they are encoded."""
    if not isinstance(values, list):
        return {}
    pairs = [
        (word(name), text(value))
        for name, value in zip(values[::2], values[1::2], strict=False)
        if isinstance(name, bytes) and isinstance(value, bytes)
    ]
    try:
        joined = decode_params([("", ""), *pairs])[1:]
        read = {name: collapse_rfc2231_value(value, "replace") for name, value in joined}
    except Exception:  # the library fails in many ways on what is nearly encoded
        read = dict(pairs)
    return {name: decode_words(unquoted(value)) for name, value in read.items()}


def unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def walk(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from walk(child)


def word(value: Any) -> str:
    return text(value).strip().lower()


def text(value: Any) -> str:
    return decode(value, "utf-8") if isinstance(value, bytes) else ""


def number(value: Any) -> int:
    found = text(value)[:12]
    return int(found) if found.isascii() and found.isdecimal() else 0
