"""Multinomial logistic regression, fitted as a whole. Pure numpy: examples in, weights out."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]

LOOSENESS = 20.0
"""How much one example weighs against short weights."""
STEPS = 40
REMEMBERED = 8
ENOUGH = 1e-4
"""A step that improves less than this share ends it."""


def fit(examples: Floats, own: Ids) -> Floats:
    """Weights, a row for each feature and a column for each target, whose products with an example
    are log-odds that average to 0. `own` is the target of each example, from 0 without gaps.
    """
    weights = np.zeros((examples.shape[1], int(own.max()) + 1), np.float32)
    steps: deque[tuple[Floats, Floats, float]] = deque(maxlen=REMEMBERED)
    loss, slope = _loss(examples, own, weights)
    for _ in range(STEPS):
        way = _direction(slope, steps)
        length = 1.0 if steps else 1 / float(np.abs(slope).max())
        promised = _product(way, slope)
        while True:
            there = weights + np.float32(length) * way
            less, steeper = _loss(examples, own, there)
            if less <= loss + 1e-4 * length * promised or length < 1e-6:
                break
            length /= 2
        moved, bent = there - weights, steeper - slope
        along = _product(moved, bent)
        if along > 0:
            steps.append((moved, bent, along))
        done = loss - less < ENOUGH * abs(loss)
        weights, loss, slope = there, less, steeper
        if done:
            break
    centred: Floats = weights - weights.mean(axis=1, keepdims=True)
    return centred


def _loss(examples: Floats, own: Ids, weights: Floats) -> tuple[float, Floats]:
    """What is to be made small, and its slope."""
    chances = examples @ weights
    chances -= chances.max(axis=1, keepdims=True)
    np.exp(chances, out=chances)
    chances /= chances.sum(axis=1, keepdims=True)
    rows = np.arange(len(own))
    missed = -float(np.log(np.maximum(chances[rows, own], 1e-30)).sum(dtype=np.float64))
    chances[rows, own] -= 1
    slope = np.float32(LOOSENESS) * (examples.T @ chances) + weights
    return LOOSENESS * missed + _product(weights, weights) / 2, slope


def _direction(slope: Floats, steps: deque[tuple[Floats, Floats, float]]) -> Floats:
    """Downhill, bent by the last steps (L-BFGS)."""
    way = -slope
    shares = []
    for moved, bent, along in reversed(steps):
        shares.append(_product(moved, way) / along)
        way -= np.float32(shares[-1]) * bent
    if steps:
        _, bent, along = steps[-1]
        way *= np.float32(along / _product(bent, bent))
    for (moved, bent, along), share in zip(steps, reversed(shares), strict=True):
        way += np.float32(share - _product(bent, way) / along) * moved
    return way


def _product(one: Floats, other: Floats) -> float:
    return float(np.vdot(one, other))
