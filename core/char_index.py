"""Likeness of spelling: TF-IDF over the character n-grams of words, in an inverted index. Fixed
once
built; it forgives typos, inflection and compounds where a model of meaning does not know the word.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

SHORTEST = 2
LONGEST = 5
_BLOCK = 64
"""Texts compared in one go, so that memory does not follow the number of texts squared."""

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


class CharIndex:
    """Compares texts with the ones it was built from."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        self._ids: dict[str, int] = {}
        known = [
            [self._ids.setdefault(gram, len(self._ids)) for gram in grams(text)] for text in texts
        ]
        rows, ids, counts = _count(known, len(self._ids))
        frequency = np.bincount(ids, minlength=len(self._ids))
        self._idf = np.log((1 + self._size) / (1 + frequency)).astype(np.float32) + 1
        order = np.argsort(ids, kind="stable")
        self._start = np.concatenate(([0], np.cumsum(frequency)))
        self._rows = rows[order].astype(np.int32)
        self._weights = self._weigh(rows, ids, counts, self._size)[order]

    def compare(self, texts: Sequence[str]) -> Floats:
        """Cosines, 0 to 1, one row for each of `texts`, one column for each text of the index."""
        cosines = np.empty((len(texts), self._size), np.float32)
        for first in range(0, len(texts), _BLOCK):
            block = texts[first : first + _BLOCK]
            cosines[first : first + len(block)] = self._compare(block)
        return cosines

    def _compare(self, texts: Sequence[str]) -> Floats:
        known = [[self._ids[g] for g in grams(text) if g in self._ids] for text in texts]
        rows, ids, counts = _count(known, len(self._ids))
        weights = self._weigh(rows, ids, counts, len(texts))
        lengths = self._start[ids + 1] - self._start[ids]
        ends = np.cumsum(lengths)
        places = np.arange(lengths.sum()) + np.repeat(self._start[ids] - (ends - lengths), lengths)
        cells = np.repeat(rows * self._size, lengths) + self._rows[places]
        products = np.repeat(weights, lengths) * self._weights[places]
        sums = np.bincount(cells, products, minlength=len(texts) * self._size)
        return sums.reshape(len(texts), self._size).astype(np.float32)

    def _weigh(self, rows: Ids, ids: Ids, counts: Ids, size: int) -> Floats:
        weights = (1 + np.log(counts)) * self._idf[ids]
        norms = np.sqrt(np.bincount(rows, weights**2, minlength=size))
        return (weights / norms[rows]).astype(np.float32)


def grams(text: str) -> Iterator[str]:
    """All pieces of 2 to 5 characters of each word with a space on either side."""
    for word in text.split():
        padded = f" {word} "
        for size in range(SHORTEST, LONGEST + 1):
            for first in range(max(1, len(padded) - size + 1)):
                yield padded[first : first + size]
            if size >= len(padded):
                break


def _count(known: Sequence[Sequence[int]], kinds: int) -> tuple[Ids, Ids, Ids]:
    """(row, id, how often) of every id in every row."""
    lengths = [len(ids) for ids in known]
    flat = np.fromiter(chain.from_iterable(known), np.int64, sum(lengths))
    rows = np.repeat(np.arange(len(known)), lengths)
    cells, counts = np.unique(rows * max(1, kinds) + flat, return_counts=True)
    return cells // max(1, kinds), cells % max(1, kinds), counts
