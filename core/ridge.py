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

DAMPING = 0.2
STEADY = 1e-3
"""Added to the likeness of a spanning example to itself, as two may be the same."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """`weights` has a row for each feature and a column for each target."""

    weights: Floats
    inverse: Floats | Numbers
    """Of the features' damped products: what learning one more needs."""
    exact: bool

    def predict(self, features: Floats) -> Floats:
        return features @ self.weights

    def learn(self, features: Floats, likeness: Floats, wanted: Floats) -> "Ridge":
        """With more examples, a row each: their features, their likeness to each other, and their
        targets, which may be more than were known. An exact ridge has as many features more.
        """
        spread = np.asarray(self.inverse @ features.T, np.float32)
        weights = self._widen(wanted.shape[1])
        rest = wanted - features @ weights
        if not self.exact:
            damped = features @ spread + np.eye(len(wanted), dtype=np.float32)
            inner = np.linalg.inv(damped)
            inverse = self.inverse - spread @ (inner @ spread.T)
            return Ridge(weights + spread @ (inner @ rest), inverse, exact=False)
        damped = likeness - features @ spread
        damped[np.diag_indices(len(damped))] += np.float32(DAMPING)
        inner = np.linalg.inv(damped)
        across = -spread @ inner
        inverse = np.block([[self.inverse - across @ spread.T, across], [across.T, inner]])
        step = inner @ rest
        return Ridge(np.concatenate([weights - spread @ step, step]), inverse, exact=True)

    def _widen(self, targets: int) -> Floats:
        new = targets - self.weights.shape[1]
        return np.pad(self.weights, ((0, 0), (0, new))) if new else self.weights


def fit(likeness: Floats, starts: Ids) -> Ridge:
    """Exact, from the likeness of all examples to each other, which is overwritten. Examples are
    ordered by target; `starts` has the first of each.
    """
    likeness[np.diag_indices(len(likeness))] += np.float32(DAMPING)
    inverse = invert(likeness)
    return Ridge(np.add.reduceat(inverse, starts, axis=1), inverse, exact=True)


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
    return Ridge((inverse @ wanted).astype(np.float32), inverse, exact=False)


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
