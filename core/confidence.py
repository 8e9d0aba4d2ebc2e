"""How sure the matcher may be: the probability that an entry is right, from constants measured on
four families of collections and, within bounds, from the desk's own phrasings, left out.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

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
MANY = 10
"""From so many entries on, their number says no more."""
SPREAD = 0.06
"""An entry this much lower in rank is e times less likely."""
FAR = 0.5
NOTHING = 0.2
"""Where the ridge is below this, nothing is alike, and the odds shrink with it."""
LEAST_KINSHIP = 0.3
USUAL_KINSHIP = 0.65
KINSHIP_WEIGHT = 5
FITTING = 0.75
"""Share of questions that have an entry, as long as nobody knows better."""
MOST = 300
"""Own phrasings count as so many at most: staff word things more alike than people who ask."""
PRIOR = np.array([200.0, 2000.0])
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
class Evidence:
    """Log-odds for each unit of what speaks for the best entry."""

    start: float
    ridge: float
    lead: float
    """Its margin over the second best as a share of its rank: in a language other than that of the
    phrasings all ranks are lower, and their proportions stay."""
    far: float
    """How much the ridge is below `FAR`: where nothing is alike, little else counts."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Fitted on desks with 1 to 20 phrasings an entry, a quarter of the questions without one, each
    of four families of collections with the same weight and those in another language twice.
    """

    many: Evidence
    few: Evidence
    """Added in full with one entry, in part below `MANY`: on desks of up to 8 entries questions
    about something else entirely are usual, and counted twelve times."""
    kinship: float
    foreign: float
    """Added where the entry has no phrasing in the language of the question: the same likeness
    means more there. Without it the error was up to 0.2 across languages."""


MEANING = Curve(
    Evidence(start=-0.73, ridge=4.34, lead=3.16, far=0.0),
    Evidence(start=-9.28, ridge=13.91, lead=-3.4, far=-4.22),
    kinship=-2.22,
    foreign=0.46,
)
SPELLING = Curve(
    Evidence(start=-1.6, ridge=8.45, lead=1.81, far=-3.17),
    Evidence(start=-5.35, ridge=8.13, lead=-5.18, far=0.0),
    kinship=-2.66,
    foreign=0.0,
)


class Confidence:
    """Turns the scores of one desk into probabilities."""

    def __init__(self, curve: Curve, left_out: LeftOut) -> None:
        self._curve = curve
        self._kinship = _kinship(left_out)
        self._shift, self._slope = self._refit(left_out)

    def judge(self, scores: Scores, rank: Floats, foreign: Sequence[bool] = ()) -> Numbers:
        """For each question and entry, in the order of `rank`, which may differ a little from the
        scores' own. `foreign` says of each question whether its best entry has no phrasing in its
        language; without it, none is.
        """
        plain = rank if scores.logit is None else rank - scores.logit
        odds = self._shift + self._slope * self._odds(scores.ridge, plain, rank.argmax(axis=1))
        if foreign:
            odds = odds + self._curve.foreign * np.array(foreign)
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
        own = rank[rows, best].astype(np.float64)
        rest = rank.copy()
        rest[rows, best] = -np.inf
        margin = np.clip(own - np.maximum(rest.max(axis=1), FLOOR), 0, WIDEST)
        few = max(0.0, 1 - float(np.log(rank.shape[1]) / np.log(MANY)))
        fit = ridge[rows, best].astype(np.float64)
        found = (1.0, fit, margin / np.maximum(own, FLOOR), np.maximum(0, FAR - fit))
        curve = self._curve
        usual, more = astuple(curve.many), astuple(curve.few)
        odds = curve.kinship * max(self._kinship, LEAST_KINSHIP)
        for amount, one, other in zip(found, usual, more, strict=True):
            odds = odds + amount * (one + few * other)
        return np.asarray(odds + np.log(np.clip(fit / NOTHING, 1e-3, 1)))

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
