"""The bundled encoder's model on disk, unpacked: so it is read in a twentieth of the time that it
takes to unpack.
"""

import os
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

PARTS, WORDS = "parts.npz", "words.bin"
REMEMBERED = 16_384
"""Rows of the model's words that stay in memory once they were needed: 8 MB at most."""

Bytes = NDArray[np.uint8]
Parts = Mapping[str, NDArray[Any]]


class Words(Protocol):
    """A row for each word that the model knows: an array, or `RowsOnDisk`."""

    def __getitem__(self, rows: NDArray[np.int64]) -> Bytes: ...


def read(folder: Path, form: str) -> tuple[Parts, Words] | None:
    """What was written as this form; None where that is missing or damaged."""
    try:
        with (folder / PARTS).open("rb") as file, np.load(file) as kept:
            parts = {name: kept[name] for name in kept.files}
        if str(parts.pop("form")) != form:
            return None
        size, width = parts.pop("shape").tolist()
        with (folder / WORDS).open("rb") as file:
            whole = os.fstat(file.fileno()).st_size == size * width
            return (parts, rows_in(file, size, width)) if whole else None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def write(folder: Path, parts: Parts, words: Bytes, form: str) -> None:
    """Whole or not at all. That it cannot be written costs time at the next start, no more."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with draft(folder / WORDS) as file:
            words.tofile(file)
        with draft(folder / PARTS) as file:
            told: dict[str, Any] = {"form": form, "shape": words.shape, **parts}
            np.savez(file, **told)


@contextmanager
def draft(path: Path) -> Iterator[BinaryIO]:
    """Of a file that is there once it is on disk: nobody would notice rows lost in a crash."""
    name = path.with_suffix(".new")
    try:
        with name.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        name.replace(path)
    finally:
        name.unlink(missing_ok=True)


def spooled(words: Bytes) -> Words:
    """On disk for as long as they are used."""
    with tempfile.TemporaryFile() as file:
        words.tofile(file)
        file.seek(0)
        return rows_in(file, *words.shape)


def rows_in(file: BinaryIO, size: int, width: int) -> Words:
    if hasattr(os, "pread"):
        return RowsOnDisk(file.fileno(), size, width)
    return np.fromfile(file, np.uint8).reshape(size, width)


class RowsOnDisk:
    """A table whose rows are read when they are first asked for: people use a few thousand of the
    128,000 words that the model knows, 65 MB in all. Read, not mapped: the kernel maps 64 KB around
    each row that is touched, and in the end everything.
    """

    def __init__(self, file: int, size: int, width: int) -> None:
        """The descriptor is the caller's to close."""
        self._file = os.dup(file)
        weakref.finalize(self, os.close, self._file)
        self._width = width
        self._kept = np.empty((min(REMEMBERED, size), width), np.uint8)
        self._places = np.full(size, -1, np.int32)
        """Of each row among the kept ones; -1 for all others."""
        self._used = 0
        self._lock = Lock()

    def __getitem__(self, rows: NDArray[np.int64]) -> Bytes:
        with self._lock:
            self._keep(np.unique(rows[self._places[rows] < 0]))
            places = self._places[rows]
            if (places >= 0).all():
                return self._kept[places]
        return self._read(rows)

    def _keep(self, new: NDArray[np.int64]) -> None:
        """When there is no room left, all is forgotten; the usual words are soon back."""
        if self._used + len(new) > len(self._kept):
            self._places[:], self._used = -1, 0
        if 0 < len(new) <= len(self._kept) - self._used:
            end = self._used + len(new)
            self._kept[self._used : end] = self._read(new)
            self._places[new] = np.arange(self._used, end)
            self._used = end

    def _read(self, rows: NDArray[np.int64]) -> Bytes:
        read = [os.pread(self._file, self._width, row * self._width) for row in rows.tolist()]
        return np.frombuffer(b"".join(read), np.uint8).reshape(-1, self._width)
