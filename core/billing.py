"""Which billing centre a payment belongs to, and how to reach it. Pure: the pack fills it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from unicodedata import category, normalize

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

LONGEST = 1000
"""Characters that are looked at: a line of a statement is shorter."""
MOST_LINES = 20
MOST_WORDS = 60
"""More words are a story, in which any name is like some of them."""
FEW_WORDS = 3
"""So many may be a part of a name."""
SHORTEST = 3
"""Letters below which a wording must be all that was said."""
SHORTEST_ALIKE = 4
LONGEST_NAME = 4
"""Words that are read as one name."""

SURE = 0.85
MAYBE = 0.78
MARGIN = 0.05
PART = 0.8
"""What part of a name counts: never enough to be sure."""

WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class BillingCentre:
    """In a descriptor `*` stands for anything. `hours` and `handles` are texts by language."""

    id: str
    name: str
    descriptors: tuple[str, ...]
    aliases: tuple[str, ...]
    email: str
    phone: str
    page: str
    hours: Mapping[str, str]
    handles: Mapping[str, str]


@dataclass(frozen=True)
class NotOurs:
    """A matter of somebody else's, under the `names` it goes by; texts by language."""

    names: tuple[str, ...]
    owner: Mapping[str, str]
    advice: Mapping[str, str]


@dataclass(frozen=True)
class BillingFound:
    """When `sure`: one centre, or somebody else. Otherwise up to three centres, best first."""

    centres: tuple[BillingCentre, ...] = ()
    not_ours: NotOurs | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to name `owner`: literal `pieces` that follow one another in a line."""

    owner: int
    pieces: tuple[str, ...]
    letters: str

    def stands_in(self, line: str) -> bool:
        if len(self.letters) < SHORTEST:
            return (line,) == self.pieces
        at = 0
        for piece in self.pieces:
            found = line.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return True


@dataclass(frozen=True)
class BillingDirectory:
    centres: tuple[BillingCentre, ...]
    not_ours: tuple[NotOurs, ...]

    def find(self, text: str) -> BillingFound:
        """Whom a line of a bank statement, or a name as somebody remembers it, leads to.

        First by descriptor, then by name, both to the letter; last by likeness. Takes a bounded
        time, whatever the text.
        """
        parts = text[:LONGEST].splitlines()[:MOST_LINES]
        lines = [f" {words} " for part in parts if (words := fold(part))]
        return self._judge(
            weigh(self._descriptors, lines)
            or weigh(self._names, lines)
            or self._compare([line.split() for line in lines])
        )

    @cached_property
    def _descriptors(self) -> list[Wording]:
        return [
            wording
            for owner, centre in enumerate(self.centres)
            for wording in read_wordings(owner, centre.descriptors)
        ]

    @cached_property
    def _names(self) -> list[Wording]:
        names = [(centre.name, *centre.aliases) for centre in self.centres]
        names += [part.names for part in self.not_ours]
        return [
            wording for owner, some in enumerate(names) for wording in read_wordings(owner, some)
        ]

    @cached_property
    def _parts(self) -> list[Wording]:
        """Words that stand in the names of one owner only."""
        words = {(one.owner, part) for one in self._names for part in "".join(one.pieces).split()}
        owners = Counter(part for _, part in words)
        return [Wording(owner, (part,), part) for owner, part in sorted(words) if owners[part] == 1]

    def _compare(self, lines: list[list[str]]) -> dict[int, float]:
        if sum(map(len, lines)) > MOST_WORDS:
            return {}
        few = [line for line in lines if len(line) <= FEW_WORDS]
        scores = compare(self._parts, few)
        scores = {owner: PART * score for owner, score in scores.items()}
        for owner, score in compare([*self._descriptors, *self._names], lines).items():
            scores[owner] = max(score, scores.get(owner, 0))
        return scores

    def _judge(self, scores: dict[int, float]) -> BillingFound:
        ranked = sorted(scores, key=lambda owner: -scores[owner])
        best, second = [*(scores[owner] for owner in ranked[:2]), 0, 0][:2]
        sure = best >= SURE and best - second >= MARGIN
        if sure and ranked[0] >= len(self.centres):
            return BillingFound((), self.not_ours[ranked[0] - len(self.centres)], True)
        centres = [self.centres[owner] for owner in ranked if owner < len(self.centres)]
        return BillingFound(tuple(centres[: 1 if sure else 3]), None, sure)


def fold(text: str) -> str:
    """Only words, in small letters without accents, with one space between them."""
    letters = normalize("NFKD", text).casefold()
    seen = "".join(letter for letter in letters if category(letter) not in ("Mn", "Cf"))
    return " ".join(WORD.findall(seen))


def read_wordings(owner: int, patterns: Iterable[str]) -> Iterator[Wording]:
    for pattern in patterns:
        first, *others = [fold(piece) for piece in pattern.split("*")]
        pieces = [first and f" {first}", *others]
        pieces[-1] = pieces[-1] and f"{pieces[-1]} "
        if letters := "".join(pieces).replace(" ", ""):
            yield Wording(owner, tuple(filter(None, pieces)), letters)


def weigh(wordings: list[Wording], lines: list[str]) -> dict[int, float]:
    """The letters of the longest wording of each owner that stands in a line."""
    scores: dict[int, float] = {}
    for wording in wordings:
        if any(wording.stands_in(line) for line in lines):
            scores[wording.owner] = max(len(wording.letters), scores.get(wording.owner, 0))
    return scores


def compare(wordings: list[Wording], lines: list[list[str]]) -> dict[int, float]:
    """How like a wording of each owner is to some words that follow one another, 0 to 1."""
    said = list({name for line in lines for name in names_in(line)})
    known = [wording for wording in wordings if len(wording.letters) >= SHORTEST_ALIKE]
    if not said or not known:
        return {}
    letters = [wording.letters for wording in known]
    table = cdist(said, letters, scorer=OSA.normalized_similarity, score_cutoff=MAYBE)
    scores: dict[int, float] = {}
    for wording, score in zip(known, table.max(axis=0).tolist(), strict=True):
        if score:
            scores[wording.owner] = max(score, scores.get(wording.owner, 0))
    return scores


def names_in(line: list[str]) -> Iterator[str]:
    words = [one for one in line if not one.isdecimal()]
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST_NAME, len(words))):
            name = "".join(words[first : last + 1])
            if len(name) >= SHORTEST_ALIKE:
                yield name
