"""How good the matcher is on questions whose entries are known. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.faq_matcher import Found

BINS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and the entry that answers it; empty when none does."""

    question: str
    entry: str
    language: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose best confidence lies here: how sure we were, and how many were right."""

    stated: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one entry was taken for another, with an example. Empty: none answers it."""

    expected: str
    found: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Report:
    """Shares of 0 to 1; NaN where there was nothing to count."""

    cases: int
    with_entry: int
    accuracy: float
    """Of those with an entry: it came first."""
    recall: float
    """It was among the best five."""
    answered: float
    """Of all questions."""
    precision: float
    """Of those answered: with the right entry."""
    suggested: float
    rejected: float
    """Of those without an entry: neither answered nor suggested to."""
    turned_away: float
    """Of those with an entry: neither answered nor suggested to."""
    calibration_error: float
    """The mean distance of what was stated and what was right, over the bins."""
    bins: tuple[Bin, ...]
    confusions: tuple[Confusion, ...]
    curve: tuple[tuple[float, float], ...]
    """The share answered and its precision, for each threshold from sure to unsure."""


def evaluate(cases: Sequence[Case], found: Sequence[Found]) -> Report:
    """`found` holds what the matcher says of each case, five entries at most."""
    first = [one.matches[0].entry if one.matches else "" for one in found]
    best = [one.matches[0].confidence if one.matches else 0.0 for one in found]
    right = [case.entry != "" and case.entry == one for case, one in zip(cases, first, strict=True)]
    real = [place for place, case in enumerate(cases) if case.entry]
    alien = [place for place, case in enumerate(cases) if not case.entry]
    verdicts = [one.verdict for one in found]
    bins = tuple(reliability(best, right))
    return Report(
        cases=len(cases),
        with_entry=len(real),
        accuracy=share([right[place] for place in real]),
        recall=share([is_among(cases[place], found[place]) for place in real]),
        answered=share([verdict == "answer" for verdict in verdicts]),
        precision=share(
            [good for good, verdict in zip(right, verdicts, strict=True) if verdict == "answer"]
        ),
        suggested=share([verdict == "suggest" for verdict in verdicts]),
        rejected=share([verdicts[place] == "none" for place in alien]),
        turned_away=share([verdicts[place] == "none" for place in real]),
        calibration_error=sum(abs(b.stated - b.right) * b.count for b in bins) / len(cases),
        bins=bins,
        confusions=tuple(confusions(cases, found)),
        curve=tuple(curve(best, right)),
    )


def is_among(case: Case, found: Found) -> bool:
    return case.entry in [match.entry for match in found.matches[:5]]


def share(true: Sequence[bool]) -> float:
    return sum(true) / len(true) if true else float("nan")


def reliability(confidence: Sequence[float], right: Sequence[bool]) -> Iterator[Bin]:
    binned: dict[int, list[int]] = {}
    for place, stated in enumerate(confidence):
        binned.setdefault(min(int(stated * BINS), BINS - 1), []).append(place)
    for _, places in sorted(binned.items()):
        mean = sum(confidence[place] for place in places) / len(places)
        yield Bin(mean, share([right[place] for place in places]), len(places))


def confusions(cases: Sequence[Case], found: Sequence[Found]) -> list[Confusion]:
    """The most frequent first: a wrong entry that was shown first, or none."""
    counted: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for case, one in zip(cases, found, strict=True):
        said = one.matches[0].entry if one.matches and one.verdict != "none" else ""
        if said != case.entry:
            counted[case.entry, said] += 1
            examples.setdefault((case.entry, said), case.question)
    return [Confusion(*pair, count, examples[pair]) for pair, count in counted.most_common()]


def curve(confidence: Sequence[float], right: Sequence[bool]) -> Iterator[tuple[float, float]]:
    order = sorted(range(len(confidence)), key=lambda place: -confidence[place])
    good = 0
    for count, place in enumerate(order, 1):
        good += right[place]
        yield count / len(order), good / count
