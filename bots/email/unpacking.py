"""Pure: the bytes of a file out of its transfer encoding, piece by piece (RFC 2045, section 6)."""

import binascii
import quopri
from collections.abc import Callable

from bots.email.wording import NO_BASE64, rest

HELD = 1000
"""Bytes of a line that quoted-printable is not cut in: senders end them at 76."""


class Unpacker:
    """What `feed` and at last `end` return is the file."""

    def __init__(self, encoding: str) -> None:
        self._held = b""
        ways: dict[str, Callable[[bytes], bytes]] = {
            "base64": self._base64,
            "quoted-printable": self._quoted,
        }
        self.feed = ways.get(encoding, bytes)
        self._encoding = encoding

    def end(self) -> bytes:
        held, self._held = self._held, b""
        if self._encoding == "base64":
            return binascii.a2b_base64(rest(held))
        return quopri.decodestring(held)

    def _base64(self, data: bytes) -> bytes:
        signs = self._held + NO_BASE64.sub(b"", data)
        whole = len(signs) // 4 * 4
        self._held = signs[whole:]
        return binascii.a2b_base64(signs[:whole])

    def _quoted(self, data: bytes) -> bytes:
        text = self._held + data
        end = text.rfind(b"\n") + 1
        if len(text) - end > HELD:
            escape = text.rfind(b"=", len(text) - 3)
            end = escape if escape >= 0 else len(text)
        self._held = text[end:]
        return quopri.decodestring(text[:end])
