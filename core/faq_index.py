"""How near a question is to each entry: the nearest phrasing; kernel ridge regression, which learns
what tells the entries of this desk apart; and, once there was time to fit it, logistic regression.

Without vectors, likeness of spelling stands in for likeness of meaning.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core import logistic, ridge
from core.char_index import CharIndex
from core.ridge import Ridge

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]

SHARPNESS = 1.3
"""Of the kernel on meaning, exp(1.3 (cosine - 1)): 1 to 2 are level."""
STILL = 20
"""Phrasings that hold the middle at 0: few say little about what all have in common."""
KERNEL_SPELLING = 0.15
NEAR_SPELLING = 0.4
NEAR_WEIGHT = 0.05
NEAREST = 1 + NEAR_SPELLING
"""The near score of a phrasing asked word for word."""
LOGIT_WEIGHT = 0.05
SPANNED_LOGIT_WEIGHT = 0.2
"""The more phrasings, the more logistic regression knows, and the less a ridge that some span."""
EXACT = 1500
"""Up to so many phrasings the ridge is exact; at 2,200 it takes four times the memory and time."""
LANDMARKS = 1000
"""Above, it is spanned by so many phrasings, evenly chosen, and learns from all. It finds 0.6
points less than the exact one at 2,000, and 0.1 less once logistic regression is there.
"""
WORTH_REFINING = 4_000_000
"""Phrasings times entries beyond which logistic regression takes too long: some 15 seconds."""
BLOCK = 250


LOGIT_FITS = 2.0
"""What logistic regression adds to the fit, beside what it adds to the rank."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A row for each question, a column for each entry. `near` runs from 0 to 1.4; `ridge` is about
    1 for a sure match and 0 far from everything; `logit` is what logistic regression adds.
    """

    near: Floats
    ridge: Floats
    logit: Floats | None = None

    def rank(self) -> Floats:
        rank = self.ridge + np.float32(NEAR_WEIGHT) * self.near
        return rank if self.logit is None else rank + self.logit

    def fits(self) -> Floats:
        """How well each entry fits, comparable between questions: what tells questions that nothing
        answers from the others, on 17 collections better than any of its parts.
        """
        fits = self.near + self.ridge
        return fits if self.logit is None else fits + np.float32(LOGIT_FITS) * self.logit


@dataclass(frozen=True, slots=True)
class FaqIndex:
    own: Ids
    """The column of each phrasing's entry."""
    order: Ids
    """Phrasings by entry; `starts` has the first of each entry in it."""
    starts: Ids
    chars: CharIndex
    base: Floats | None
    """The vectors of the phrasings, but for those that came later: to put all in one piece takes
    milliseconds."""
    later: Floats | None
    middle: Floats
    """What phrasings have in common: likeness is measured from there, so that it tells them apart.
    It stays as it was when others come later."""
    stretch: Floats
    """For each phrasing, 1 by its distance from the middle."""
    landmarks: Ids
    """Phrasings to which a likeness is a feature of the ridge."""
    ridge: Ridge
    logistic: Floats | None = None

    @property
    def vectors(self) -> Floats | None:
        """Of all phrasings, a row each."""
        return self.base if self.later is None else join(self.base, self.later)

    @property
    def encoded(self) -> Floats | None:
        """What the encoder made of all phrasings, a row each."""
        return self.vectors

    def compare(self, keys: Sequence[str], vectors: Floats | None) -> tuple[Floats, Floats]:
        """Likeness of meaning and of spelling, a row for each key, a column for each phrasing."""
        spelling = self.chars.compare(keys)
        if self.base is None or vectors is None:
            return spelling, spelling
        vectors = from_middle(vectors, self.middle)
        meaning = vectors @ self.base.T
        if self.later is not None:
            meaning = np.concatenate([meaning, vectors @ self.later.T], axis=1)
        meaning -= (vectors @ self.middle)[:, None]
        meaning *= self.stretch
        return meaning, spelling

    def score(self, keys: Sequence[str], vectors: Floats | None) -> tuple[Scores, Floats]:
        """Also the likeness in spelling to each phrasing: it tells languages apart."""
        meaning, spelling = self.compare(keys, vectors)
        features = self.features(meaning, spelling)
        near = near_of(meaning, spelling, self.order, self.starts)
        return Scores(near, self.ridge.predict(features), self._logit(vectors)), spelling

    def alone(self, column: int) -> bool:
        """Whether this entry has a single phrasing."""
        after = self.starts[column + 1 : column + 2].tolist() or [len(self.order)]
        return bool(after[0] - self.starts[column] == 1)

    def features(self, meaning: Floats, spelling: Floats) -> Floats:
        if len(self.landmarks) == len(self.own):
            return kernel_of(meaning, spelling)
        return kernel_of(meaning[:, self.landmarks], spelling[:, self.landmarks])

    def _features_of(self, keys: Sequence[str], vectors: Floats | None) -> Floats:
        """Of a few: without reading the vectors of all phrasings."""
        if self.ridge.exact:
            return kernel_of(*self.compare(keys, vectors))
        spelling = self.chars.compare(keys)[:, self.landmarks]
        if self.base is None or vectors is None:
            return kernel_of(spelling, spelling)
        known = from_middle(self.base[self.landmarks], self.middle)
        return kernel_of(from_middle(vectors, self.middle) @ known.T, spelling)

    def longer(self, own: Ids, keys: Sequence[str], vectors: Floats | None) -> Self:
        """With more phrasings. `own` are the columns of their entries; new ones follow the old."""
        features = self._features_of(keys, vectors)
        chars = self.chars.longer(keys)
        centred = None if vectors is None else from_middle(vectors, self.middle)
        likeness = kernel_of(*compare(CharIndex(keys), centred, keys, centred))
        whole = np.concatenate([self.own, own])
        wanted = ridge.targets_of(own, int(whole.max()) + 1)
        landmarks = self.landmarks
        if self.ridge.exact:
            landmarks = np.arange(len(whole))
        order, starts = order_of(whole)
        return replace(
            self,
            own=whole,
            order=order,
            starts=starts,
            chars=chars,
            later=join(self.later, vectors),
            stretch=np.concatenate([self.stretch, stretch_of(vectors, self.middle, len(keys))]),
            landmarks=landmarks,
            ridge=self.ridge.learn(features, likeness, wanted),
            logistic=None,
        )

    def settled(self) -> Self:
        """The same, with all that came later in its place."""
        return replace(self, base=self.vectors, later=None, ridge=self.ridge.settled())

    def refined(self) -> Self:
        """With logistic regression, if it can be had: it takes seconds."""
        size = len(self.own) * len(self.starts)
        vectors = self.vectors
        if vectors is None or len(self.starts) < 2 or size > WORTH_REFINING:
            return self
        return replace(self, logistic=logistic.fit(vectors, self.own))

    def _logit(self, vectors: Floats | None) -> Floats | None:
        if self.logistic is None or vectors is None:
            return None
        weight = LOGIT_WEIGHT if self.ridge.exact else SPANNED_LOGIT_WEIGHT
        return np.float32(weight) * (vectors @ self.logistic)


def learn(own: Ids, keys: Sequence[str], vectors: Floats | None) -> FaqIndex:
    """An index of phrasings. `own` is the column of each phrasing's entry, ascending from 0
    without gaps; `keys` are their keys and `vectors` their vectors, row by row.
    """
    order, starts = order_of(own)
    chars = CharIndex(keys)
    middle = middle_of(vectors)
    marks = np.arange(len(keys))
    if len(keys) > EXACT:
        marks = np.linspace(0, len(keys) - 1, LANDMARKS).astype(np.intp)
        likenesses = _likenesses(chars.part(marks), keys, vectors, middle, marks)
        learnt = ridge.span(own, likenesses, marks)
    else:
        centred = None if vectors is None else from_middle(vectors, middle)
        learnt = ridge.fit(kernel_of(*compare(chars, centred, keys, centred)), starts)
    stretch = stretch_of(vectors, middle, len(keys))
    return FaqIndex(own, order, starts, chars, vectors, None, middle, stretch, marks, learnt)


def _likenesses(
    chars: CharIndex, keys: Sequence[str], vectors: Floats | None, middle: Floats, marks: Ids
) -> Iterator[Floats]:
    """Of every phrasing to some, block by block."""
    known = None if vectors is None else from_middle(vectors[marks], middle)
    for first in range(0, len(keys), BLOCK):
        block = slice(first, first + BLOCK)
        part = None if vectors is None else from_middle(vectors[block], middle)
        yield kernel_of(*compare(chars, known, keys[block], part))


def middle_of(vectors: Floats | None) -> Floats:
    if vectors is None:
        return np.empty(0, np.float32)
    return np.asarray(vectors.sum(axis=0) / np.float32(len(vectors) + STILL), np.float32)


def stretch_of(vectors: Floats | None, middle: Floats, size: int) -> Floats:
    """Without a copy of all vectors: a length from products."""
    if vectors is None:
        return np.ones(size, np.float32)
    square = np.einsum("ij,ij->i", vectors, vectors) - 2 * (vectors @ middle) + middle @ middle
    return np.asarray(1 / np.sqrt(np.maximum(square, 1e-6)), np.float32)


def from_middle(vectors: Floats, middle: Floats) -> Floats:
    """Seen from the middle, of length 1."""
    rows = vectors - middle
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-3))
    return rows


def order_of(own: Ids) -> tuple[Ids, Ids]:
    order = np.argsort(own, kind="stable")
    return order, np.flatnonzero(np.diff(own[order], prepend=-1))


def join(rows: Floats | None, more: Floats | None) -> Floats | None:
    return more if rows is None or more is None else np.concatenate([rows, more])


def compare(
    chars: CharIndex, known: Floats | None, keys: Sequence[str], vectors: Floats | None
) -> tuple[Floats, Floats]:
    """Likeness of meaning and of spelling, a row for each key, a column for each phrasing."""
    spelling = chars.compare(keys)
    if known is None or vectors is None:
        return spelling, spelling
    return vectors @ known.T, spelling


def kernel_of(meaning: Floats, spelling: Floats) -> Floats:
    likeness: Floats = np.exp(np.float32(SHARPNESS) * (meaning - np.float32(1)))
    likeness += np.float32(KERNEL_SPELLING) * spelling
    return likeness


def near_of(meaning: Floats, spelling: Floats, order: Ids, starts: Ids) -> Floats:
    likeness = meaning + np.float32(NEAR_SPELLING) * spelling
    near: Floats = np.maximum.reduceat(likeness[:, order], starts, axis=1)
    return near
