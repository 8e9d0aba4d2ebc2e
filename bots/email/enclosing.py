"""Pure: a file of ours -> a part of a letter (RFC 2045, RFC 2183)."""

import base64
import re
from urllib.parse import quote

from core.cleaning import clean_file_name
from core.messages import Enclosed

BOUNDARY = "=_part"
"""These two signs stand in no part: not behind an equals sign in quoted-printable, and `_` not at
all in base64 (RFC 2045, section 6.7).
"""
UNKNOWN = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}")
COMPOSITE = ("multipart/", "message/")
"""They must not be base64 (RFC 2045, section 6.4)."""
IN_ONE_LINE = 60
ENCODED = re.compile(r"%..|[^%]")


def to_mixed(words: bytes, file: Enclosed) -> tuple[str, bytes]:
    """The Content-Type and the body of a letter of these words, a whole part, and the file."""
    edge = f"--{BOUNDARY}\r\n".encode()
    body = edge + words + b"\r\n" + edge + to_part(file) + f"--{BOUNDARY}--\r\n".encode()
    return f'multipart/mixed; boundary="{BOUNDARY}"', body


def to_part(file: Enclosed) -> bytes:
    head = (
        f"Content-Type: {media_type(file.media_type)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment{to_name(file.name)}\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(file.data).replace(b"\n", b"\r\n")


def media_type(found: str) -> str:
    """What the content was found to be; never what the name claims."""
    fits = MEDIA_TYPE.fullmatch(found) and not found.startswith(COMPOSITE)
    return found if fits else UNKNOWN


def to_name(name: str) -> str:
    """As a parameter; one that is long or beyond ASCII in the pieces of RFC 2231."""
    shown = clean_file_name(name)
    if shown.isascii() and len(shown) <= IN_ONE_LINE:
        return f';\r\n filename="{shown}"'
    pieces = [""]
    for sign in ENCODED.findall(quote(shown, safe="")):
        if len(pieces[-1]) + len(sign) > IN_ONE_LINE:
            pieces.append("")
        pieces[-1] += sign
    if len(pieces) == 1:
        return f";\r\n filename*=utf-8''{pieces[0]}"
    first = f";\r\n filename*0*=utf-8''{pieces[0]}"
    rest = (f";\r\n filename*{at}*={piece}" for at, piece in enumerate(pieces[1:], 1))
    return first + "".join(rest)
