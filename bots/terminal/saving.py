"""Files that the desk shows: they lie in a folder of ours, under names that do nothing."""

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from core.messages import Enclosed

ODD = re.compile(r"[^\w.-]+")
STEM, ENDING = 60, 12
LASTS = 30 * 86_400
"""Seconds after which a file goes: as long as a link to one is good for."""


class Saved(NamedTuple):
    """A file on disk, and as what it is shown. `size` in bytes."""

    name: str
    size: int
    path: str


def save(file: Enclosed, folder: Path, key: str) -> Saved:
    """The same `key` writes the same file. Only our own user may read it. What lies there for
    longer than `LASTS` goes.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(folder)
    path = folder / f"{key}-{safe(file.name)}"
    path.touch(mode=0o600)
    path.write_bytes(file.data)
    return Saved(file.name, len(file.data), str(path.absolute()))


def sweep(folder: Path) -> None:
    before = time.time() - LASTS
    for path in folder.iterdir():
        with suppress(OSError):  # another terminal was faster, or it is no file of ours
            if path.stat().st_mtime < before:
                path.unlink()


def safe(name: str) -> str:
    """Letters, digits, dots and dashes of it; it begins with none of the last two."""
    plain = Path(ODD.sub("_", name).lstrip(".-") or "file")
    return plain.stem[:STEM] + plain.suffix[:ENDING]
