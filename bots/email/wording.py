"""Pure: bytes of a letter -> words. Every charset may be named; only those of letters are used."""

import binascii
import codecs
import quopri
import re

CHARSETS = re.compile(
    r"(?:us-?)?ascii|utf-?(?:7|8|16|32)(?:-?[bl]e)?|iso-?(?:8859|2022)-?[a-z0-9-]+|latin-?\d+"
    r"|windows-?\d+|cp-?\d+|koi8-?[rut]|gbk?|gb-?(?:2312|18030)|hz(?:-gb-2312)?|big5(?:-?hkscs)?"
    r"|shift-?jis|sjis|ms932|euc-?[a-z]+|ks-?c-?5601(?:-?1987)?|tis-?620|mac-?[a-z]+|johab"
)
"""Not punycode, whose time is the square of its length, nor codecs that are no charset."""
LARGER = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gb-2312", "gbk"), "gb18030"),
    **dict.fromkeys(("ks-c-5601-1987", "ks-c-5601", "euc-kr"), "cp949"),
    **dict.fromkeys(("shift-jis", "sjis", "windows-31j"), "cp932"),
    "big5": "big5hkscs",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
}
"""What programs for mail mean by these names (https://encoding.spec.whatwg.org/#names-and-labels):
quotation marks and the euro sign stand in letters that say ISO-8859-1.
"""
ASCII = ("us-ascii", "ascii")
"""Whoever says so and sends more means something else."""
PADDING = re.compile(rb"=+")
NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode(data: bytes, charset: str) -> str:
    """Never fails: where the charset is unknown or wrong it is UTF-8, or else Windows-1252."""
    named = charset.strip("\"' ").lower().replace("_", "-")
    names = [] if named in ASCII else [LARGER.get(named, named), named]
    tries = *((name, "strict") for name in names), ("utf-8", "strict"), ("cp1252", "replace")
    for name, errors in tries:
        if not CHARSETS.fullmatch(name):
            continue
        try:
            return storable(data.decode(codecs.lookup(name).name, errors))
        except (LookupError, ValueError):
            continue
    return storable(data.decode("latin-1"))


def storable(text: str) -> str:
    """Without what no database takes: NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def unpack(data: bytes, encoding: str) -> bytes:
    """The transfer encoding taken off (RFC 2045, section 6); the end may be missing."""
    if encoding == "base64":
        ended = (NO_BASE64.sub(b"", piece) for piece in PADDING.split(data))
        return b"".join(map(from_base64, ended))  # some add to what was encoded already
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    return data


def from_base64(signs: bytes) -> bytes:
    return binascii.a2b_base64(signs[: len(signs) // 4 * 4] + rest(signs))


def rest(signs: bytes) -> bytes:
    """The last group of base64, filled up; one sign alone says nothing."""
    left = signs[len(signs) // 4 * 4 :]
    return left + b"=" * (4 - len(left)) if len(left) > 1 else b""


def to_lines(text: str) -> str:
    """Line breaks as `\\n`, and none at the end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
