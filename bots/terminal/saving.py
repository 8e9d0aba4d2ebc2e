"""Files that the desk shows: they lie in a folder of ours, under names that do nothing."""

import re
from pathlib import Path
from typing import NamedTuple

from core.messages import Enclosed

ODD = re.compile(r"[^\w.-]+")
STEM, ENDING = 60, 12


class Saved(NamedTuple):
    """A file on disk, and as what it is shown. `size` in bytes."""

    name: str
    size: int
    path: str


def save(file: Enclosed, folder: Path, key: str) -> Saved:
    """The same `key` writes the same file. Only our own user may read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{key}-{safe(file.name)}"
    path.touch(mode=0o600)
    path.write_bytes(file.data)
    return Saved(file.name, len(file.data), str(path.absolute()))


def safe(name: str) -> str:
    """Letters, digits, dots and dashes of it; it begins with none of the last two."""
    plain = Path(ODD.sub("_", name).lstrip(".-") or "file")
    return plain.stem[:STEM] + plain.suffix[:ENDING]
