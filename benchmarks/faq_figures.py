"""Figures of what was found, and their spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.faq_matcher import FaqMatcher, Found

Labelled = tuple[str, str]


@dataclass(frozen=True)
class Figures:
    """Per cent, but for the error of confidence, 0 to 1."""

    first: float
    five: float
    answered: float
    precise: float


def find(matcher: FaqMatcher, asked: Sequence[Labelled], language: str) -> list[Found]:
    return matcher.match_many([(text, language, None) for text, _ in asked])


def figures(found: Sequence[Found], asked: Sequence[Labelled]) -> Figures:
    """Of questions that have an answer."""
    named = [[match.entry for match in one.matches] for one in found]
    right = np.array([names[0] == label for names, (_, label) in zip(named, asked, strict=True)])
    among = [label in names for names, (_, label) in zip(named, asked, strict=True)]
    answers = np.array([one.verdict == "answer" for one in found])
    precise = right[answers].mean() if answers.any() else 1.0
    shares = (right.mean(), np.mean(among), answers.mean(), precise)
    return Figures(*(100 * float(share) for share in shares))


def calibration_error(found: Sequence[Found], asked: Sequence[Labelled]) -> float:
    """The mean distance of confidence and share right in ten equal steps of confidence, weighted by
    how many questions are in each.
    """
    stated = np.array([one.matches[0].confidence for one in found])
    right = np.array(
        [one.matches[0].entry == label for one, (_, label) in zip(found, asked, strict=True)]
    )
    steps = np.minimum((stated * 10).astype(int), 9)
    apart = [
        abs(stated[steps == step].mean() - right[steps == step].mean()) * (steps == step).mean()
        for step in np.unique(steps)
    ]
    return float(sum(apart))


def spread(values: Sequence[float]) -> str:
    """Mean and half of the interval that holds it in 95 of 100 cases, by the t distribution."""
    if len(values) < 2:
        return f"{values[0]:.1f}"
    widths = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78}
    half = widths[len(values)] * np.std(values, ddof=1) / len(values) ** 0.5
    return f"{np.mean(values):.1f} ± {half:.1f}"
