"""Ridge regression in closed form, kept so that it can learn one more example and forget any, as
if it had been fitted anew. Pure numpy: features in, scores out.

A feature is the likeness to one known example. While there are few, every example is a feature and
the fit is exact; above, it is the best fit that some of them span.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]
Ids = NDArray[np.intp]

DAMPING = 0.15
STEADY = 1e-3
"""Added to the likeness of a spanning example to itself, as two may be the same."""

LATER = 64
"""Examples learnt one by one that are kept beside a spanned ridge: more would slow questions."""
AT_ONCE = 500
"""Targets solved for in one go, in double precision: what bounds the memory."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """`weights` has a row for each feature and a column for each target. What a spanned ridge
    learnt later is kept beside them: to write them anew takes ten milliseconds.
    """

    weights: Floats
    inverse: Floats | Numbers
    """Of the features' damped products: what learning one more needs."""
    exact: bool
    later: Floats
    """A column for each example learnt later: its own product with itself is to be taken off the
    inverse."""
    steps: Floats
    """A row for each of them: `later` times `steps` is to be added to the weights."""

    def predict(self, features: Floats) -> Floats:
        scores: Floats = features @ self.weights
        if len(self.steps):
            scores = widen(scores, self.steps.shape[1])
            scores += (features @ self.later) @ self.steps
        return scores

    def learn(self, features: Floats, likeness: Floats, wanted: Floats) -> "Ridge":
        """With more examples, a row each: their features, their likeness to each other, and their
        targets, which may be more than were known. An exact ridge has as many features more.
        """
        rest = wanted - widen(self.predict(features), wanted.shape[1])
        spread = np.asarray(self.inverse @ features.T, np.float32)
        if self.exact:
            return self._grow(spread, likeness - features @ spread, rest)
        spread -= self.later @ (features @ self.later).T
        damped = features @ spread + np.eye(len(rest), dtype=np.float32)
        root = np.linalg.cholesky(np.linalg.inv(damped))
        later = np.concatenate([self.later, spread @ root], axis=1)
        steps = np.concatenate([widen(self.steps, rest.shape[1]), root.T @ rest])
        learnt = Ridge(self.weights, self.inverse, exact=False, later=later, steps=steps)
        return learnt if len(steps) < LATER else learnt.settled()

    def settled(self) -> "Ridge":
        """The same, with nothing kept beside."""
        if not len(self.steps):
            return self
        weights = self.later @ self.steps
        weights[:, : self.weights.shape[1]] += self.weights
        inverse = np.asarray(self.later @ -self.later.T, np.float64)
        inverse += self.inverse
        return made(weights, inverse, exact=False)

    def _grow(self, spread: Floats, damped: Floats, rest: Floats) -> "Ridge":
        """Into one piece of memory each, as to get it takes the time."""
        old = len(spread)
        damped[np.diag_indices(len(damped))] += np.float32(DAMPING)
        inner = np.linalg.inv(damped)
        across = -spread @ inner
        inverse = np.empty((old + len(rest), old + len(rest)), np.float32)
        np.matmul(across, spread.T, out=inverse[:old, :old])
        np.subtract(self.inverse, inverse[:old, :old], out=inverse[:old, :old])
        inverse[:old, old:], inverse[old:, :old], inverse[old:, old:] = across, across.T, inner
        step = inner @ rest
        weights = np.empty((old + len(rest), rest.shape[1]), np.float32)
        np.matmul(-spread, step, out=weights[:old])
        weights[:old, : self.weights.shape[1]] += self.weights
        weights[old:] = step
        return made(weights, inverse, exact=True)


def made(weights: Floats, inverse: Floats | Numbers, *, exact: bool) -> Ridge:
    later = np.empty((len(weights), 0), np.float32)
    steps = np.empty((0, weights.shape[1]), np.float32)
    return Ridge(weights, inverse, exact, later, steps)


def widen(rows: Floats, columns: int) -> Floats:
    """With columns of 0 behind, until there are so many."""
    new = columns - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, new))) if new else rows


def targets_of(own: Ids, size: int) -> Floats:
    """A row for each example, of `size` columns: 1 in that of its own target, 0 in all others."""
    wanted = np.zeros((len(own), size), np.float32)
    wanted[np.arange(len(own)), own] = 1
    return wanted


def fit(likeness: Floats, starts: Ids) -> Ridge:
    """Exact, from the likeness of all examples to each other, which is overwritten. Examples are
    ordered by target; `starts` has the first of each.
    """
    likeness[np.diag_indices(len(likeness))] += np.float32(DAMPING)
    inverse = invert(likeness)
    return made(np.add.reduceat(inverse, starts, axis=1), inverse, exact=True)


def span(own: Ids, blocks: Iterator[Floats], marks: Ids) -> Ridge:
    """From the likenesses of all examples to the spanning ones, `marks`, in blocks of rows. `own`
    is the target of each example, ascending.
    """
    square = np.zeros((len(marks), len(marks)))
    wanted = np.zeros((len(marks), own[-1] + 1), np.float32)
    among = np.zeros((len(marks), len(marks)))
    first = 0
    for block in blocks:
        last = first + len(block)
        square += block.T @ block
        targets, starts = np.unique(own[first:last], return_index=True)
        wanted[:, targets] += np.add.reduceat(block, starts, axis=0).T
        inside = np.flatnonzero((marks >= first) & (marks < last))
        among[inside] = block[marks[inside] - first]
        first = last
    inverse = np.linalg.inv(square + DAMPING * (among + STEADY * np.eye(len(marks))))
    for place in range(0, wanted.shape[1], AT_ONCE):
        wanted[:, place : place + AT_ONCE] = inverse @ wanted[:, place : place + AT_ONCE]
    return made(wanted, inverse, exact=False)


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
