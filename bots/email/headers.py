"""Pure: a letter's header lines, read so that nothing in them can raise."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import compat32

from bots.email.wording import decode

LONGEST = 10_000
"""Characters of one header that are looked at where it is not decoded."""
SHOWN = 1000
"""Characters of a decoded one."""
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


class Headers:
    """Names in small letters; of those that may stand once the first counts."""

    def __init__(self, raw: bytes) -> None:
        self._read: Message = message_from_bytes(raw, policy=compat32)

    def all(self, name: str) -> Iterator[str]:
        """As they stand there, on one line; 8-bit signs as UTF-8 or else Windows-1252."""
        for value in self._values(name):
            yield " ".join(value.split())[:LONGEST]

    def get(self, name: str) -> str:
        return next(self.all(name), "")

    def has(self, name: str) -> bool:
        return next(self._values(name), None) is not None

    def shown(self, name: str) -> str:
        """Decoded, to be shown."""
        return decode_words(self.get(name))

    def last(self, name: str, characters: int) -> str:
        """The end of a long list."""
        return next(self._values(name), "")[-characters:]

    @property
    def message_id(self) -> str:
        """Empty when there is none, or one of a form that must not be repeated in a header."""
        found = MESSAGE_ID.search(self.get("message-id"))
        return found[0] if found else ""

    @property
    def language(self) -> str:
        found = LANGUAGE.fullmatch(self.get("content-language").partition(",")[0].strip())
        return found[0] if found else ""

    def _values(self, name: str) -> Iterator[str]:
        for key, value in self._read.raw_items():
            if key.lower() == name:
                raw = str(value).encode("utf-8", "surrogateescape")
                yield decode(raw, "utf-8")


def decode_words(value: str) -> str:
    """The encoded words of RFC 2047, on one line; what cannot be decoded stays as it is."""
    if "=?" not in value:
        return value[:SHOWN]
    try:
        parts = [
            said if isinstance(said, str) else decode(said, charset or "utf-8")
            for said, charset in decode_header(value)
        ]
    except Exception:  # the library fails in many ways on what is nearly encoded
        return value[:SHOWN]
    return " ".join("".join(parts).split())[:SHOWN] or value[:SHOWN]
