"""Links to files of ours, for where a platform does not take them. Whoever has a link has the file:
it is signed, so that nobody can make another, and it ends.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest, digest
from urllib.parse import quote

from core.cleaning import LONGEST_EXTENSION, clean_file_name, cut
from core.messages import StoredFile

PATH = "/file"
DAYS = 30
"""How long a link is good for, at least."""
DAY = 86_400
LONGEST_NAME = 300
"""Characters of a name in a link, where a letter of another alphabet is up to twelve: no platform
may have to cut a link in two.
"""
SIGNATURE = 16
"""Bytes."""
STORED_AS = re.compile(r"[0-9a-f]{2}/([0-9a-f]{32})")
TOKEN = re.compile(r"([0-9a-f]{32})-([0-9]{5,6})-([A-Za-z0-9_-]{22})")


class FileLinks:
    """`root` is the URL of the desk's server, which asks `find` below `PATH`."""

    def __init__(self, root: str, key: bytes, clock: Callable[[], datetime]) -> None:
        self._root = root.rstrip("/") + PATH
        self._key = key
        self._clock = clock

    def link(self, file: StoredFile) -> str:
        """Empty for what lies nowhere, such as a picture that is drawn when it is sent."""
        stored = STORED_AS.fullmatch(file.stored_as)
        if stored is None:
            return ""
        name, day = shorten(clean_file_name(file.name)), self._today() + DAYS + 1
        token = f"{stored[1]}-{day}-{self._sign(stored[1], day, name)}"
        return f"{self._root}/{token}/{quote(name, safe='')}"

    def find(self, token: str, name: str) -> str | None:
        """As what the file of a link is stored; None when the link is over, or none of ours."""
        parts = TOKEN.fullmatch(token)
        if parts is None:
            return None
        stored, day, signature = parts[1], int(parts[2]), parts[3]
        if not compare_digest(signature, self._sign(stored, day, name)) or day <= self._today():
            return None
        return f"{stored[:2]}/{stored}"

    def _today(self) -> int:
        return int(self._clock().timestamp()) // DAY

    def _sign(self, stored: str, day: int, name: str) -> str:
        signed = digest(self._key, f"file\0{stored}\0{day}\0{name}".encode(), sha256)[:SIGNATURE]
        return urlsafe_b64encode(signed).decode().rstrip("=")


def shorten(name: str) -> str:
    """A file's name that fits into a link, its extension kept."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > LONGEST_EXTENSION:
        stem, dot, extension = name, "", ""
    while len(stem) > 1 and len(quote(stem + dot + extension, safe="")) > LONGEST_NAME:
        stem = cut(stem, len(stem) - 1)
    return stem + dot + extension
