"""Where a HEIF file (HEIC, AVIF) keeps what is no picture: ISO/IEC 23008-12 and 14496-12. Pure."""

from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

LONGEST = 1_000_000
"""Bytes of the box that describes the items: of a real file it is a few thousand."""
TOLD = (b"Exif", b"mime")
"""Kinds of items: Exif, and XMP."""
IN_FILE, IN_IDAT = 0, 1
"""From where an item's offsets count."""


class Stretch(NamedTuple):
    """Of the file: a piece of an item of that kind."""

    kind: bytes
    start: int
    end: int


class Cursor:
    """Reads numbers, high byte first. Raises `ValueError` behind the end."""

    def __init__(self, data: mmap, start: int, end: int) -> None:
        self._data = data
        self.at = start
        self.end = min(end, len(data))

    def take(self, count: int) -> bytes:
        if self.at + count > self.end:
            raise ValueError
        self.at += count
        return self._data[self.at - count : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def boxes(self) -> Iterator[tuple[bytes, "Cursor"]]:
        while self.at + 8 <= self.end:
            start, size, kind = self.at, self.number(4), self.take(4)
            size = self.number(8) if size == 1 else size or self.end - start
            if size < self.at - start:
                raise ValueError
            yield kind, Cursor(self._data, self.at, start + size)
            self.at = start + size


def told(data: mmap) -> list[Stretch]:
    """Raises `ValueError` where the file is not built so."""
    for kind, meta in Cursor(data, 0, len(data)).boxes():
        if kind == b"meta":
            meta.take(4)
            if meta.end - meta.at > LONGEST:
                raise ValueError
            inner = dict(meta.boxes())
            kinds = read_kinds(inner[b"iinf"]) if b"iinf" in inner else {}
            idat = inner[b"idat"].at if b"idat" in inner else 0
            return list(read_places(inner[b"iloc"], kinds, idat)) if b"iloc" in inner else []
    return []


def read_kinds(iinf: Cursor) -> dict[int, bytes]:
    version = iinf.number(4) >> 24
    iinf.take(4 if version else 2)  # how many: all that there are
    kinds = {}
    for kind, infe in iinf.boxes():
        version = infe.number(4) >> 24
        if kind == b"infe" and version >= 2:
            item = infe.number(2 if version == 2 else 4)
            infe.take(2)
            kinds[item] = infe.take(4)
    return kinds


def read_places(iloc: Cursor, kinds: dict[int, bytes], idat: int) -> Iterator[Stretch]:
    version = iloc.number(4) >> 24
    sizes, more = iloc.number(1), iloc.number(1)
    wide = 4 if version >= 2 else 2
    if not sizes & 15:  # pieces without a length could be without number
        raise ValueError
    for _ in range(iloc.number(wide)):
        kind = kinds.get(iloc.number(wide), b"")
        method = iloc.number(2) & 15 if version else IN_FILE
        iloc.take(2)
        base = iloc.number(more >> 4) + (idat if method == IN_IDAT else 0)
        for _ in range(iloc.number(2)):
            iloc.take(more & 15 if version else 0)
            start, length = base + iloc.number(sizes >> 4), iloc.number(sizes & 15)
            if kind in TOLD and method in (IN_FILE, IN_IDAT):
                yield Stretch(kind, start, start + length)
