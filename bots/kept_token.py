"""An OAuth 2.0 token and the one that renews it, kept in a file that we alone can read. Knows no
platform.
"""

import json
import logging
import os
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

log = logging.getLogger(__name__)

EARLY = 120.0
"""Seconds before its end from which on a token is renewed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`until` in seconds since 1970; `origin` tells which setting it descends from."""

    refresh: str = field(repr=False)
    origin: str
    access: str = field(default="", repr=False)
    until: float = 0.0

    def is_good(self, now: float, refused: str = "") -> bool:
        """`refused` is a token that was not taken although its time had not come."""
        return bool(self.access) and self.until - EARLY > now and self.access != refused


def load_pair(path: Path, first: str) -> Pair:
    """The setting's refresh token `first` only starts the chain: afterwards the file is what
    counts, until the setting is another one.
    """
    start = Pair(first, sha256(first.encode()).hexdigest())
    kept = read_pair(path)
    return kept if kept and kept.origin == start.origin else start


def read_pair(path: Path) -> Pair | None:
    try:
        told = json.loads(path.read_text())
        return Pair(told["refresh"], told["origin"], told["access"], float(told["until"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        log.warning("%s cannot be read: the setting's token is taken", path.name)
        return None


def write_pair(path: Path, pair: Pair) -> None:
    """Either the old pair or the new one is there, whenever the power fails. Raises `OSError`."""
    beside = path.with_suffix(".tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(pair), file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def lifetime(told: object, otherwise: float) -> float:
    """Seconds, where the answer tells any."""
    return float(told) if isinstance(told, int | float) and 0 < told < 1e9 else otherwise
