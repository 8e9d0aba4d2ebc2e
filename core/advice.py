"""What could be better in an FAQ, found by leaving each phrasing out. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.faq_file import Entry
from core.faq_matcher import Guess

FEW = 3
"""Phrasings of a language below which an entry is hard to find: to get there is worth more than any
other step.
"""
Kind = Literal["stolen", "nearer", "phrasings", "language"]


@dataclass(frozen=True, slots=True)
class Example:
    """A phrasing of `entry` that would find `other`, had it not been entered."""

    text: str
    language: str
    entry: str
    other: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Advice:
    """`stolen`: `entry` and `other` take each other's phrasings, `count` of them. `nearer`: a
    phrasing of `entry` is nearer to `other`. `phrasings`: `entry` has only `count` in `language`.
    `language`: it has no answer in it.
    """

    kind: Kind
    entry: str
    other: str = ""
    language: str = ""
    count: int = 0
    examples: tuple[Example, ...] = ()


def advise(
    entries: Iterable[Entry], languages: Iterable[str], guesses: Iterable[Guess], likely: float
) -> list[Advice]:
    """The worst of each kind first. A phrasing that goes astray alone counts from the confidence
    `likely` on.
    """
    ways: dict[tuple[str, str], list[Example]] = {}
    for one in astray(guesses):
        ways.setdefault((one.entry, one.other), []).append(one)
    return [*stolen(ways), *nearer(ways, likely), *lacking(entries, languages)]


def astray(guesses: Iterable[Guess]) -> Iterator[Example]:
    for guess in guesses:
        asked = guess.question
        if guess.entry != asked.entry and guess.confidence > guess.own:
            yield Example(asked.text, asked.language, asked.entry, guess.entry, guess.confidence)


Ways = dict[tuple[str, str], list[Example]]
"""From which entry to which."""


def stolen(ways: Ways) -> list[Advice]:
    pairs = [
        Advice("stolen", *way, count=len(there) + len(back), examples=surest([*there, *back]))
        for way, there in ways.items()
        if way[0] < way[1] and (back := ways.get((way[1], way[0])))
    ]
    return sorted(pairs, key=lambda one: (-one.count, one.entry, one.other))


def nearer(ways: Ways, likely: float) -> list[Advice]:
    alone = [
        one
        for (entry, other), examples in ways.items()
        if (other, entry) not in ways
        for one in examples
        if one.confidence >= likely
    ]
    return [
        Advice("nearer", one.entry, one.other, one.language, 1, (one,)) for one in surest(alone)
    ]


def surest(examples: Sequence[Example]) -> tuple[Example, ...]:
    return tuple(sorted(examples, key=lambda one: (-one.confidence, one.entry, one.text)))


def lacking(entries: Iterable[Entry], languages: Iterable[str]) -> Iterator[Advice]:
    languages = list(languages)
    for one in entries:
        for language in languages:
            text = one.texts.get(language)
            if text is None:
                yield Advice("language", one.id, language=language)
            elif len(text.phrasings) < FEW:
                yield Advice("phrasings", one.id, language=language, count=len(text.phrasings))
