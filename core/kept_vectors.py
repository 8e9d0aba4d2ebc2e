"""An encoder with a memory on disk: what it learnt at one start it need not encode at the next."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.encoder import FORM, Encoder
from core.english import english_width

Vectors = NDArray[np.float32]


class KeptVectors:
    """Encodes as `encoder` does. Within `learning`, texts are looked up in the file first, and the
    file holds exactly what was asked for when it ends: phrasings, never anybody's questions, which
    come in other threads meanwhile.
    """

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self._encoder = encoder
        self.english_width = english_width(encoder)
        self._form = str(getattr(encoder, "form", FORM))
        self._path = path
        self._learner: int | None = None
        """The thread that learns."""
        self._known: dict[str, Vectors] = {}
        self._asked: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self._learner != get_ident():
            return self._encoder.encode(texts)
        known = self._known
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, self._encoder.encode(new), strict=True) if new else ())
        self._asked.update((text, known[text]) for text in texts)
        return np.stack([known[text] for text in texts])

    @contextmanager
    def learning(self, *, keep: bool = True) -> Iterator[None]:
        """In one thread at a time. `keep=False` leaves the file as it is."""
        self._known, self._asked = read(self._path, self._form), {}
        self._learner = get_ident()
        before = len(self._known)
        try:
            yield
            if keep and (len(self._asked) != before or len(self._known) != before):
                write(self._path, self._asked, self._form)
        finally:
            self._learner, self._known, self._asked = None, {}, {}


def read(path: Path, form: str = FORM) -> dict[str, Vectors]:
    """Nothing, when the file is missing, damaged, or of another form."""
    try:
        with path.open("rb") as file, np.load(file) as kept:
            if str(kept["form"]) != form:
                return {}
            return dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}


def write(path: Path, vectors: dict[str, Vectors], form: str = FORM) -> None:
    """Whole or not at all. That it cannot be written costs time at the next start, no more."""
    draft = path.with_suffix(".new.npz")
    texts = np.array(list(vectors), dtype=np.str_)
    rows = np.stack(list(vectors.values())) if vectors else np.empty((0, 0), np.float32)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(draft, form=np.array(form), texts=texts, vectors=rows)
        draft.replace(path)
