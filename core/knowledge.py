"""All that the matcher knows at one moment: built whole, never changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from core.confidence import MEANING, SPELLING, Confidence, Numbers
from core.encoder import Encoder, encode_phrasings
from core.faq_index import NEAREST, FaqIndex, Floats, Ids, learn
from core.phrasing import clean, key

ALIKE = 5
"""How many phrasings of a language speak for it."""
CLEARLY = 1.25
"""How much more alike they must be than those of the next language."""
ENOUGH = 0.2
"""How much alike at all, 0 to 1: signs and other languages are below, 99 of 100 questions above."""
HOME = 0.01
"""Added to the rank of entries in the person's language. It decides between equals, no more: larger
values found fewer right entries on mixed collections."""
MEANT = 0.05
"""Added to the rank of entries that are for the person's audience or for everybody: about half of
what usually lies between the best and the second best.
"""

Asked = tuple[str, str | None, str | None]
"""A question, the language and the audience of the person who asks, if they are known."""


@dataclass(frozen=True, slots=True)
class Question:
    """One phrasing of an entry. `language` is an IETF tag. `audiences` are those whom the entry is
    for; none means everybody.
    """

    entry: str
    text: str
    language: str
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of one question: the rank of each entry, the probability that it is right, and whether
    anything fits, 0 to 1.
    """

    rank: Floats
    chances: Numbers
    fit: float
    language: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Phrasings, ordered and so independent of how they came, and what was learnt from them."""

    questions: tuple[Question, ...]
    entries: tuple[str, ...]
    """Their order is that of the columns of all scores."""
    columns: dict[str, tuple[int, ...]]
    """Key of a phrasing -> the entries that have it."""
    homes: dict[str, Floats]
    """Language -> what it adds to the rank of each entry."""
    meant: dict[str, Floats]
    """Audience -> what it adds to the rank of each entry."""
    tongues: dict[str, Ids]
    """Language -> its phrasings."""
    index: FaqIndex
    confidence: Confidence

    def judge(
        self, keys: Sequence[str], vectors: Floats | None, asked: Sequence[Asked]
    ) -> Iterator[Judgement]:
        """One for each key of a question, with its vector and by whom it was asked."""
        scores, spelling = self.index.score(keys, vectors)
        rank = scores.rank()
        for row, (_, language, audience) in enumerate(asked):
            rank[row] += self.homes.get(tongue(language or ""), 0.0)
            rank[row] += self.meant.get(audience or "", 0.0)
        chances = self.confidence.judge(scores, rank)
        fits = (scores.near + scores.ridge).max(axis=1) / (NEAREST + 1)
        fits = np.clip(fits, 0, 1).tolist()
        spoken = map(self.recognise, keys, spelling)
        return map(Judgement, rank, chances, fits, spoken)

    def leave_out(self) -> Iterator[tuple[int, Numbers]]:
        """Phrasings by number, and the chance of each entry, had the phrasing not been there. Its
        own has none if it has no other phrasing.
        """
        own = np.array([self.entries.index(one.entry) for one in self.questions], np.intp)
        keys = [key(clean(one.text)) for one in self.questions]
        _, left_out = learn(own, keys, self.index.vectors)
        scores = left_out.phrasing
        alone = np.flatnonzero(~left_out.related)
        scores.near[alone, left_out.own[alone]] = scores.ridge[alone, left_out.own[alone]] = 0
        chances = self.confidence.judge(scores, scores.rank())
        chances[alone, left_out.own[alone]] = 0
        return zip(range(len(chances)), chances, strict=False)

    def recognise(self, key: str, spelling: Floats) -> str:
        """The language that a question is written in, if the desk's own phrasings tell clearly.
        One or two words tell nothing: many are the same everywhere.
        """
        if key.count(" ") < 2:
            return ""
        alike = sorted((highest(spelling[rows]), name) for name, rows in self.tongues.items())
        best, name = alike[-1]
        second = alike[-2][0] if len(alike) > 1 else 0.0
        return name if best > max(CLEARLY * second, ENOUGH) else ""


def know(
    questions: Iterable[Question], encoder: Encoder | None, before: Knowledge | None = None
) -> Knowledge | None:
    """None if there is nothing to know: no phrasing, or only blank ones. What `before` has encoded
    is not encoded again.
    """
    kept = {one for one in questions if clean(one.text)}
    if not kept:
        return None
    ordered = sorted(kept, key=lambda one: (one.entry, one.language, one.text))
    entries = [entry for entry, _ in groupby(one.entry for one in ordered)]
    numbers = {entry: column for column, entry in enumerate(entries)}
    own = np.array([numbers[one.entry] for one in ordered], np.intp)
    keys = [key(clean(one.text)) for one in ordered]
    index, left_out = learn(own, keys, _encode(ordered, encoder, before))
    columns: dict[str, set[int]] = {}
    homes = {tongue(one.language): np.zeros(len(entries), np.float32) for one in ordered}
    for one, wording, column in zip(ordered, keys, own.tolist(), strict=True):
        columns.setdefault(wording, set()).add(column)
        homes[tongue(one.language)][column] = HOME
    return Knowledge(
        questions=tuple(ordered),
        entries=tuple(entries),
        columns={wording: tuple(sorted(found)) for wording, found in columns.items()},
        homes=homes,
        meant=_meant(ordered, numbers),
        tongues={
            name: np.array([row for row, one in enumerate(ordered) if tongue(one.language) == name])
            for name in homes
        },
        index=index,
        confidence=Confidence(SPELLING if encoder is None else MEANING, left_out),
    )


def _meant(questions: Sequence[Question], numbers: dict[str, int]) -> dict[str, Floats]:
    """An entry is for all audiences that any of its phrasings names."""
    named: dict[int, set[str]] = {column: set() for column in numbers.values()}
    for one in questions:
        named[numbers[one.entry]].update(one.audiences)
    return {
        audience: np.array(
            [MEANT if audience in own or not own else 0.0 for own in named.values()], np.float32
        )
        for audience in set().union(*named.values())
    }


def highest(likeness: Floats) -> float:
    """The mean of the few that are most alike."""
    few = min(ALIKE, len(likeness))
    return float(np.partition(likeness, -few)[-few:].mean())


def tongue(language: str) -> str:
    """The language of a tag without region and script: `de` for `de-AT` and `de_CH`."""
    return language.replace("_", "-").partition("-")[0].lower()


def _encode(
    questions: list[Question], encoder: Encoder | None, before: Knowledge | None
) -> Floats | None:
    if encoder is None:
        return None
    known = {}
    if before is not None and before.index.vectors is not None:
        known = dict(zip(before.questions, before.index.vectors, strict=True))
    new = [one for one in questions if one not in known]
    vectors = encode_phrasings(encoder, [clean(one.text) for one in new])
    known.update(zip(new, vectors, strict=True))
    return np.stack([known[one] for one in questions])
