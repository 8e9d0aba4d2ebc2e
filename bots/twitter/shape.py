"""What may be taken from JSON of which nothing is certain."""

from typing import Any

Json = dict[str, Any]
LONGEST_ID = 19


def as_dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def number(value: object) -> str:
    """An id of X's, which comes as a text or a number; empty for what is none."""
    told = str(value) if type(value) is int else value
    if not isinstance(told, str) or not told.isascii() or not told.isdecimal():
        return ""
    return told if len(told) <= LONGEST_ID and int(told) < 2**63 else ""


def line(value: object) -> str:
    """A text without what no database takes, NUL and halves of characters; empty for none."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode()
