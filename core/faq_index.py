"""How near a question is to each entry. Two scores in closed form, fixed once built: the nearest
phrasing, and kernel ridge regression, which learns what tells the entries of this desk apart.

Without vectors, likeness of spelling stands in for likeness of meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.char_index import CharIndex

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]

SHARPNESS = 2.0
"""Of the kernel on meaning, exp(2 (cosine - 1)): two points more at first place than the plain
cosine on every collection tried; 1.5 to 3 are level."""
KERNEL_SPELLING = 0.2
RIDGE = 0.2
NEAR_SPELLING = 0.4
NEAR_WEIGHT = 0.2
NEAREST = 1 + NEAR_SPELLING
"""The near score of a phrasing asked word for word."""
EXACT = 2000
"""Up to so many phrasings the ridge is solved exactly."""
LANDMARKS = 1000
"""Above, it is spanned by so many phrasings, evenly chosen, and learns from all."""
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Scores:
    """A row for each question, a column for each entry. `near` runs from 0 to 1.4; `ridge` is about
    1 for a sure match and 0 far from everything.
    """

    near: Floats
    ridge: Floats

    def rank(self) -> Floats:
        return self.ridge + np.float32(NEAR_WEIGHT) * self.near


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Scores of the desk's own phrasings, as if they had never been entered."""

    own: Ids
    """The column of each phrasing's entry."""
    related: NDArray[np.bool_]
    """Whether its entry has other phrasings."""
    phrasing: Scores
    """Without the phrasing alone."""
    entry: Scores
    """Without its whole entry, so that nothing fits. Its own column means nothing."""


@dataclass(frozen=True, slots=True)
class FaqIndex:
    """Phrasings ordered by entry; `starts` has the first phrasing of each."""

    starts: Ids
    chars: CharIndex
    vectors: Floats | None
    landmarks: Ids
    weights: Floats
    """Of each landmark for each entry."""

    def score(self, keys: Sequence[str], vectors: Floats | None) -> tuple[Scores, Floats]:
        """Also the likeness in spelling to each phrasing: it tells languages apart."""
        meaning, spelling = compare(self.chars, self.vectors, keys, vectors)
        kernel = kernel_of(meaning[:, self.landmarks], spelling[:, self.landmarks])
        near = near_of(meaning, spelling, self.starts)
        return Scores(near, kernel @ self.weights), spelling


def learn(own: Ids, keys: Sequence[str], vectors: Floats | None) -> tuple[FaqIndex, LeftOut]:
    """An index of phrasings, and what it would have said of each, had it not been there.

    `own` is the column of each phrasing's entry, ascending from 0 without gaps; `keys` are their
    keys and `vectors` their vectors, row by row. Above `EXACT` phrasings the second part comes
    from an even choice of entries.
    """
    starts = np.flatnonzero(np.diff(own, prepend=-1))
    chars = CharIndex(keys)
    if len(keys) > EXACT:
        some = _choose_entries(own)
        renumbered = np.unique(own[some], return_inverse=True)[1]
        part = None if vectors is None else vectors[some]
        _, left_out = learn(renumbered, [keys[i] for i in some], part)
        landmarks = np.linspace(0, len(keys) - 1, LANDMARKS).astype(np.intp)
        weights = span(own, keys, chars, vectors, landmarks)
        return FaqIndex(starts, chars, vectors, landmarks, weights), left_out
    meaning, spelling = compare(chars, vectors, keys, vectors)
    damped = kernel_of(meaning, spelling)
    damped[np.diag_indices(len(keys))] += np.float32(RIDGE)
    np.fill_diagonal(meaning, -NEAREST)
    near = near_of(meaning, spelling, starts)
    del meaning, spelling  # before the largest step: each is a megabyte for 500 phrasings
    inverse = invert(damped)
    weights = np.add.reduceat(inverse, starts, axis=1)
    left_out = leave_out(own, inverse, weights, near)
    return FaqIndex(starts, chars, vectors, np.arange(len(keys)), weights), left_out


def invert(matrix: Floats) -> Floats:
    """The inverse of a symmetric, positive definite matrix, which is overwritten. In quarters, by
    the Schur complement of the first: the whole at once takes six times its size.
    """
    half = len(matrix) // 2
    if half < 128:
        return np.asarray(np.linalg.inv(matrix), np.float32)
    first = invert(matrix[:half, :half].copy())
    across = first @ matrix[:half, half:]
    matrix[half:, half:] -= matrix[half:, :half] @ across
    last = invert(matrix[half:, half:].copy())
    matrix[half:, half:] = last
    matrix[:half, half:] = -(across @ last)
    matrix[half:, :half] = matrix[:half, half:].T
    matrix[:half, :half] = first - matrix[:half, half:] @ across.T
    return matrix


def compare(
    chars: CharIndex, known: Floats | None, keys: Sequence[str], vectors: Floats | None
) -> tuple[Floats, Floats]:
    """Likeness of meaning and of spelling, a row for each key, a column for each phrasing."""
    spelling = chars.compare(keys)
    if known is None or vectors is None:
        return spelling.copy(), spelling
    return vectors @ known.T, spelling


def kernel_of(meaning: Floats, spelling: Floats) -> Floats:
    likeness: Floats = np.exp(np.float32(SHARPNESS) * (meaning - np.float32(1)))
    likeness += np.float32(KERNEL_SPELLING) * spelling
    return likeness


def near_of(meaning: Floats, spelling: Floats, starts: Ids) -> Floats:
    likeness = meaning + np.float32(NEAR_SPELLING) * spelling
    near: Floats = np.maximum.reduceat(likeness, starts, axis=1)
    return near


def leave_out(own: Ids, inverse: Floats, weights: Floats, near: Floats) -> LeftOut:
    """A ridge without a block of its phrasings foretells wanted - block of inverse^-1 weights."""
    wanted = np.eye(weights.shape[1], dtype=np.float32)[own]
    alone = wanted - weights / np.diag(inverse)[:, None]
    without = np.empty_like(alone)
    ends = np.flatnonzero(np.diff(own, append=-1)) + 1
    for first, last in zip([0, *ends], ends, strict=False):
        block = slice(first, last)
        without[block] = wanted[block] - np.linalg.solve(inverse[block, block], weights[block])
    related = np.bincount(own)[own] > 1
    return LeftOut(own, related, Scores(near, alone), Scores(near, without))


def span(
    own: Ids, keys: Sequence[str], chars: CharIndex, vectors: Floats | None, landmarks: Ids
) -> Floats:
    """The ridge of all phrasings among the functions that the landmarks span, block by block."""
    square = np.zeros((len(landmarks), len(landmarks)))
    wanted = np.zeros((len(landmarks), own[-1] + 1))
    marks = np.zeros((len(landmarks), len(landmarks)))
    for first in range(0, len(keys), _BLOCK):
        block = slice(first, first + _BLOCK)
        part = None if vectors is None else vectors[block]
        meaning, spelling = compare(chars, vectors, keys[block], part)
        kernel = kernel_of(meaning[:, landmarks], spelling[:, landmarks])
        square += kernel.T @ kernel
        entries, starts = np.unique(own[block], return_index=True)
        wanted[:, entries] += np.add.reduceat(kernel, starts, axis=0).T
        inside = np.flatnonzero((landmarks >= first) & (landmarks < first + _BLOCK))
        marks[inside] = kernel[landmarks[inside] - first]
    steady = 1e-3 * np.eye(len(landmarks))
    return np.linalg.solve(square + RIDGE * (marks + steady), wanted).astype(np.float32)


def _choose_entries(own: Ids) -> Ids:
    """The phrasings of every so-many-th entry, about `LANDMARKS` in all."""
    step = -(-len(own) // LANDMARKS)
    return np.flatnonzero(own % step == 0)[:EXACT]
