"""What a picture tells beside itself: where it was taken, when, with what, and what programs wrote
down about it (Exif, XMP, IPTC). Each is overwritten where it stands, so that the picture stays what
it is, to the bit, and as long as it was. How it is to be turned is kept.

A picture that is not built as its format says is taken as far as it is understood.
"""

import re
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from zlib import crc32

from core import heif

Change = tuple[int, bytes]
"""From this byte on, these instead."""

EXIF = b"Exif\0\0"
ORIENTATION = 0x0112
KEPT = {0xE0: b"", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""JPEG application segments without which a picture looks otherwise, and how they begin."""
PROFILES = (b"XML:com.adobe.xmp\0", b"Raw profile type ")
"""How texts in a PNG begin that are no texts: XMP, and what ImageMagick makes of Exif and IPTC."""
IGNORED = b"deSk"
"""A PNG chunk of nobody's: https://www.w3.org/TR/png-3/#5Chunk-naming-conventions."""
ALONE = (0x01, *range(0xD0, 0xD9))
"""JPEG markers without a length (ITU-T T.81, table B.1)."""
EOI, SOS, RESERVED = 0xD9, 0xDA, 0xC0
"""Below the last there are no others."""
NO_PIXELS = re.compile(rb"\xff[^\x00\xd0-\xd7]")
"""A marker behind the pixels, to which 0xFF 0 and restarts belong."""


def changes(path: Path, media_type: str) -> list[Change]:
    """None for what tells nothing, and for other kinds of files than JPEG, PNG, WebP, HEIC and
    AVIF. Reads from the disk: not for the event loop.
    """
    walk = WALKS.get(media_type)
    if walk is None:
        return []
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        found, room = [], len(data)
        with suppress(struct.error, ValueError):
            for change in walk(data):  # those before an error count
                room -= len(change[1])
                if room < 0:  # a hostile file names the same bytes again and again
                    break
                found.append(change)
        return [(at, new) for at, new in found if data[at : at + len(new)] != new]


def jpeg(data: mmap) -> Iterator[Change]:
    """ITU-T T.81, annex B."""
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or (marker < RESERVED and marker not in ALONE):
            raise ValueError
        if marker == EOI:  # some hang a film, or more pictures, behind it
            yield at + 2, bytes(len(data) - at - 2)
            return
        if marker == 0xFF or marker in ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if 0xE0 <= marker <= 0xEF:
            yield from segment(at + 4, marker, data[at + 4 : at + 2 + length])
        at += 2 + length
        if marker == SOS:
            next_one = NO_PIXELS.search(data, at)
            at = next_one.start() if next_one else len(data)


def segment(at: int, marker: int, content: bytes) -> Iterator[Change]:
    if marker in KEPT and content.startswith(KEPT[marker]):
        return
    if content.startswith(EXIF):
        yield at + len(EXIF), turned(content[len(EXIF) :])
    else:
        yield at, bytes(len(content))


def png(data: mmap) -> Iterator[Change]:
    """https://www.w3.org/TR/png-3/#5Chunk-layout."""
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"eXIf":
            yield at - length - 8, checked(kind, turned(content))
        elif kind in (b"iTXt", b"tEXt", b"zTXt") and content.startswith(PROFILES):
            yield at - length - 8, checked(IGNORED, bytes(length))
        elif kind == b"IEND":
            yield at, bytes(len(data) - at)
            return


def checked(kind: bytes, content: bytes) -> bytes:
    return kind + content + struct.pack(">I", crc32(kind + content))


def webp(data: mmap) -> Iterator[Change]:
    """RFC 9649, section 2.3 and following; a chunk of an odd length has one byte more."""
    (size,) = struct.unpack("<I", data[4:8])
    at, end = 12, min(8 + size, len(data))
    while at + 8 <= end:
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        content = data[at + 8 : min(at + 8 + length, end)]
        if kind == b"EXIF":
            yield at + 8, turned(content.removeprefix(EXIF))
        elif kind == b"XMP ":
            yield at + 8, b" " * len(content)
        at += 8 + length + length % 2
    yield end, bytes(len(data) - end)


def heic(data: mmap) -> Iterator[Change]:
    for kind, start, end in heif.told(data):
        content = data[start:end]
        if kind == b"mime":
            yield start, b" " * len(content)
        else:  # where the Exif begins stands before it
            begin = 4 + int.from_bytes(content[:4], "big")
            yield start + begin, turned(content[begin:])


def turned(tiff: bytes) -> bytes:
    """As long as before, with nothing in it but how the picture is to be turned."""
    how = orientation(tiff)
    least = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, how, 0, 0)
    return least.ljust(len(tiff), b"\0") if len(tiff) >= len(least) else bytes(len(tiff))


def orientation(tiff: bytes) -> int:
    """One of eight, as TIFF 6.0 numbers them; 1 is upright."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    with suppress(struct.error):
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for n in range(count):
            tag, _, _, how = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * n)
            if tag == ORIENTATION and 1 <= how <= 8:
                return int(how)
    return 1


WALKS: dict[str, Callable[[mmap], Iterator[Change]]] = {
    "image/jpeg": jpeg,
    "image/png": png,
    "image/webp": webp,
    "image/heic": heic,
    "image/heif": heic,
    "image/avif": heic,
}
