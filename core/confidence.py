"""How sure the matcher may be: the probability that an entry is right, from constants measured on
four collections of real questions and, within bounds, from the desk's own phrasings, left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.faq_index import Scores
from core.left_out import LeftOut

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]
Ids = NDArray[np.intp]

FLOOR = 0.1
"""The rank of the second best where there is none."""
WIDEST = 0.6
"""A margin beyond this says no more."""
MANY = 20
"""The best of more entries than these is worth no more than the best of these."""
SPREAD = 0.08
"""An entry this much lower in rank is e times less likely."""
USUAL_KINSHIP = 0.75
KINSHIP_WEIGHT = 5
FITTING = 0.75
"""Share of questions that have an entry, as long as nobody knows better."""
MOST = 300
"""Own phrasings count as so many at most: staff word things more alike than people who ask."""
PRIOR = np.array([50.0, 500.0])
"""How firmly shift is held at 0 and slope at 1."""
BOUNDS = np.array([[-2.0, 0.5], [2.0, 1.5]])


OUTCOME_PRIOR = 10.0
"""How firmly the shift by outcomes is held at 0. Fifty outcomes in doubt weigh as much."""
OUTCOME_BOUND = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an answer: the confidence it was given with, 0 to 1, as stated before earlier
    outcomes shifted it (`Match.unshifted`), and whether it helped.
    """

    confidence: float
    right: bool


def shift_of(outcomes: Sequence[Outcome]) -> float:
    """What to add to the log-odds of every confidence so that it is as often right as it says. It
    is held towards 0 while there are few outcomes, and never more than 2 either way.
    """
    stated = np.clip([one.confidence for one in outcomes], 0.01, 0.99)
    right = np.array([one.right for one in outcomes], np.float64)
    odds, shift = np.log(stated / (1 - stated)), 0.0
    for _ in range(25):
        chance = 1 / (1 + np.exp(-(odds + shift)))
        slope = float((right - chance).sum()) - OUTCOME_PRIOR * shift
        bend = float((chance * (1 - chance)).sum()) + OUTCOME_PRIOR
        shift += float(np.clip(slope / bend, -0.5, 0.5))
    return float(np.clip(shift, -OUTCOME_BOUND, OUTCOME_BOUND))


def shifted(chances: Numbers, shift: float) -> Numbers:
    """Each with its log-odds moved."""
    odds = chances / np.maximum(1 - chances, 1e-12) * np.exp(shift)
    return np.asarray(odds / (1 + odds))


@dataclass(frozen=True, slots=True)
class Curve:
    """Log-odds for each unit of evidence. Fitted on desks of 1 to 214 entries, a quarter of the
    questions without one; left-out collections give nearly the same constants.
    """

    ridge: float
    margin: float
    entries: float
    kinship: float
    start: float


MEANING = Curve(ridge=9.9, margin=4.0, entries=1.4, kinship=-2.4, start=-6.0)
SPELLING = Curve(ridge=9.9, margin=1.9, entries=1.3, kinship=-2.4, start=-5.5)


class Confidence:
    """Turns the scores of one desk into probabilities."""

    def __init__(self, curve: Curve, left_out: LeftOut) -> None:
        self._curve = curve
        self._kinship = _kinship(left_out)
        self._shift, self._slope = self._refit(left_out)

    def judge(self, scores: Scores, rank: Floats) -> Numbers:
        """For each question and entry, in the order of `rank`, which may differ a little from the
        scores' own.
        """
        plain = rank if scores.logit is None else rank - scores.logit
        odds = self._shift + self._slope * self._odds(scores.ridge, plain, rank.argmax(axis=1))
        sure = (1 / (1 + np.exp(-odds)))[:, None]
        behind = rank - rank.max(axis=1, keepdims=True)
        others = np.minimum(sure * np.exp(behind / SPREAD), 1 - sure)
        first = np.arange(rank.shape[1]) == rank.argmax(axis=1)[:, None]
        return np.asarray(np.where(first, sure, others))

    def _odds(self, ridge: Floats, rank: Floats, best: Ids) -> Numbers:
        """Of the `best` entries, by a rank without logistic regression: its like cannot be had for
        phrasings left out, on which all this rests.
        """
        rows = np.arange(len(rank))
        rest = rank.copy()
        rest[rows, best] = -np.inf
        margin = rank[rows, best] - np.maximum(rest.max(axis=1), FLOOR)
        curve = self._curve
        return np.asarray(
            curve.start
            + curve.kinship * self._kinship
            + curve.entries * np.log(min(rank.shape[1], MANY))
            + curve.ridge * ridge[rows, best].astype(np.float64)
            + curve.margin * np.clip(margin, 0, WIDEST)
        )

    def _refit(self, left_out: LeftOut) -> Numbers:
        """Shift and slope of the log-odds that explain best what the left-out phrasings find."""
        if not left_out.related.any():
            return np.array([0.0, 1.0])
        related = left_out.related
        rank = left_out.phrasing.rank()[related]
        odds = [self._odds(left_out.phrasing.ridge[related], rank, rank.argmax(axis=1))]
        right = [rank.argmax(axis=1) == left_out.own[related]]
        weights = [_weights(len(rank), FITTING)]
        if left_out.entry.ridge.shape[1] > 1:
            others, ranks = _without_own(left_out)
            odds.append(self._odds(others, ranks, ranks.argmax(axis=1)))
            right.append(np.zeros(len(left_out.own), np.bool_))
            weights.append(_weights(len(left_out.own), 1 - FITTING))
        return _fit(np.concatenate(odds), np.concatenate(right), np.concatenate(weights))


def _kinship(left_out: LeftOut) -> float:
    """How near phrasings are to others of their entry: the more alike, the less nearness proves."""
    near = left_out.phrasing.near[np.arange(len(left_out.own)), left_out.own][left_out.related]
    total = float(near.sum()) + USUAL_KINSHIP * KINSHIP_WEIGHT
    return total / (len(near) + KINSHIP_WEIGHT)


def _without_own(left_out: LeftOut) -> tuple[Floats, Floats]:
    """Ridge and rank of all entries but the phrasing's own."""
    size, columns = left_out.entry.ridge.shape
    kept = np.arange(columns) != left_out.own[:, None]
    ridge = left_out.entry.ridge[kept].reshape(size, columns - 1)
    return ridge, left_out.entry.rank()[kept].reshape(size, columns - 1)


def _weights(size: int, share: float) -> Numbers:
    return np.full(size, share * min(size, MOST) / size)


def _fit(odds: Numbers, right: NDArray[np.bool_], weights: Numbers) -> Numbers:
    """Logistic regression on one feature, by Newton's method with short steps, held by a prior."""
    features = np.stack([np.ones_like(odds), odds])
    usual = np.array([0.0, 1.0])
    line = usual
    for _ in range(25):
        chance = 1 / (1 + np.exp(-(line @ features)))
        slope = features @ (weights * (right - chance)) - PRIOR * (line - usual)
        bend = (features * (weights * chance * (1 - chance))) @ features.T + np.diag(PRIOR)
        line = np.clip(line + np.clip(np.linalg.solve(bend, slope), -0.5, 0.5), *BOUNDS)
    return line
