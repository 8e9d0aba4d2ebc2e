"""All that the matcher knows at one moment: built whole, never changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from core.confidence import MEANING, SPELLING, Confidence, Numbers
from core.encoder import Encoder, Vectors, encode_phrasings
from core.english import learn_by
from core.faq_index import FaqIndex, Floats, Ids
from core.left_out import leave_out, sample
from core.phrasing import clean, key
from core.vocabulary import Vocabulary

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

SMALL = 200
"""Up to so many phrasings all is learnt anew when something changes: it takes 30 ms."""
SAMPLE = 600
"""Phrasings that are left out to learn how sure the matcher may be."""

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
    """Phrasings and what was learnt from them. Learnt at once, it does not depend on their order;
    what is added to a large desk is learnt a little less well, until all is learnt anew.
    """

    questions: tuple[Question, ...]
    keys: tuple[str, ...]
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
    words: Vocabulary
    index: FaqIndex
    confidence: Confidence
    removed: frozenset[int] = frozenset()
    """Columns of entries that are no longer there."""
    whole: bool = True
    """Learnt at once, with nothing added or removed since."""

    def living(self) -> tuple[Question, ...]:
        if not self.removed:
            return self.questions
        own = self.index.own.tolist()
        gone = self.removed
        return tuple(one for one, at in zip(self.questions, own, strict=True) if at not in gone)

    def judge(
        self, keys: Sequence[str], vectors: Floats | None, asked: Sequence[Asked]
    ) -> Iterator[Judgement]:
        """One for each key of a question, with its vector and by whom it was asked."""
        scores, spelling = self.index.score(keys, vectors)
        rank = scores.rank()
        for row, (_, language, audience) in enumerate(asked):
            rank[row] += self.homes.get(tongue(language or ""), 0.0)
            rank[row] += self.meant.get(audience or "", 0.0)
        fits = scores.fits()
        if self.removed:
            rank[:, list(self.removed)] = fits[:, list(self.removed)] = -np.inf
        spoken = list(map(self.recognise, keys, spelling))
        tongues = [told or tongue(of or "") for told, (_, of, _) in zip(spoken, asked, strict=True)]
        foreign = list(map(self._lacks, rank.argmax(axis=1).tolist(), tongues))
        chances = self.confidence.judge(scores, rank, foreign)
        best = np.maximum(fits.max(axis=1), 0)
        fit = (best / (1 + best)).tolist()
        return map(Judgement, rank, chances, fit, spoken)

    def _lacks(self, column: int, language: str) -> bool:
        """Whether the entry has no phrasing in this language, if it is known at all."""
        return bool(language) and not (language in self.homes and self.homes[language][column])

    def leave_out(self) -> Iterator[tuple[int, Numbers]]:
        """Phrasings by number, and the chance of each entry, had the phrasing not been there. Its
        own has none if it has no other phrasing.
        """
        living = [at for at in range(len(self.entries)) if at not in self.removed]
        for part in leave_out(self.index, self.keys, living):
            scores = part.phrasing
            alone = np.flatnonzero(~part.related)
            scores.ridge[alone, part.own[alone]] = scores.near[alone, part.own[alone]] = -np.inf
            rank = scores.rank()
            rank[:, list(self.removed)] = -np.inf
            yield from zip(part.rows.tolist(), self.confidence.judge(scores, rank), strict=True)

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

    def longer(self, new: Sequence[Question], vectors: Floats | None) -> "Knowledge":
        """With more phrasings, that are neither blank nor known: in milliseconds, but without
        learning anew how sure it may be.
        """
        numbers = {name: at for at, name in enumerate(self.entries) if at not in self.removed}
        names = list(dict.fromkeys(one.entry for one in new if one.entry not in numbers))
        numbers |= {name: len(self.entries) + at for at, name in enumerate(names)}
        own = np.array([numbers[one.entry] for one in new], np.intp)
        keys = [key(clean(one.text)) for one in new]
        index = self.index.longer(own, keys, vectors)
        all_questions = (*self.questions, *new)
        entries = (*self.entries, *names)
        return Knowledge(
            questions=all_questions,
            keys=(*self.keys, *keys),
            entries=entries,
            columns=self.columns | _columns(keys, own, self.columns),
            **_raises(all_questions, index.own, len(entries)),
            words=Vocabulary(keys, self.words),
            index=index,
            confidence=self.confidence,
            removed=self.removed,
            whole=False,
        )

    def without(self, entry: str) -> "Knowledge | None":
        gone = {at for at, name in enumerate(self.entries) if name == entry} | self.removed
        if len(gone) == len(self.entries):
            return None
        columns = {
            wording: left
            for wording, found in self.columns.items()
            if (left := tuple(at for at in found if at not in gone))
        }
        return replace(self, removed=frozenset(gone), columns=columns, whole=False)

    def refined(self) -> "Knowledge":
        return replace(self, index=self.index.refined())


def know(
    questions: Iterable[Question], encoder: Encoder | None, before: Knowledge | None = None
) -> Knowledge | None:
    """None if there is nothing to know: no phrasing, or only blank ones. What `before` has encoded
    is not encoded again.
    """
    kept = {one for one in questions if clean(one.text)}
    if not kept:
        return None
    ordered = sorted(kept, key=lambda one: (one.entry, one.language, one.text, one.audiences))
    entries = tuple(sorted({one.entry for one in ordered}))
    numbers = {entry: column for column, entry in enumerate(entries)}
    own = np.array([numbers[one.entry] for one in ordered], np.intp)
    keys = tuple(key(clean(one.text)) for one in ordered)
    index = learn_by(encoder, own, keys, encode(ordered, encoder, before))
    return Knowledge(
        questions=tuple(ordered),
        keys=keys,
        entries=entries,
        columns=_columns(keys, own, {}),
        **_raises(ordered, own, len(entries)),
        words=Vocabulary(keys),
        index=index,
        confidence=Confidence(
            SPELLING if encoder is None else MEANING, sample(index, keys, SAMPLE)
        ),
    )


def know_more(
    questions: Iterable[Question], encoder: Encoder | None, known: Knowledge | None
) -> Knowledge | None:
    """With these as well: learnt anew while the desk is small, else in milliseconds."""
    if known is None or len(known.questions) <= SMALL:
        living = known.living() if known else ()
        return know([*living, *questions], encoder, known)
    old = set(known.living())
    new = [one for one in dict.fromkeys(questions) if one not in old and clean(one.text)]
    return known.longer(new, encode(new, encoder, None)) if new else known


def _columns(
    keys: Sequence[str], own: Ids, known: dict[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for wording, column in zip(keys, own.tolist(), strict=True):
        found.setdefault(wording, set(known.get(wording, ()))).add(column)
    return {wording: tuple(sorted(columns)) for wording, columns in found.items()}


class Raises(TypedDict):
    homes: dict[str, Floats]
    meant: dict[str, Floats]
    tongues: dict[str, Ids]


def _raises(questions: Sequence[Question], own: Ids, size: int) -> Raises:
    """An entry is for all audiences that any of its phrasings names."""
    spoken: dict[str, list[int]] = {}
    named: list[set[str]] = [set() for _ in range(size)]
    for row, (one, column) in enumerate(zip(questions, own.tolist(), strict=True)):
        spoken.setdefault(tongue(one.language), []).append(row)
        named[column].update(one.audiences)
    tongues = {language: np.array(rows, np.intp) for language, rows in spoken.items()}
    homes = {language: np.zeros(size, np.float32) for language in tongues}
    for language, rows in tongues.items():
        homes[language][own[rows]] = HOME
    meant = {
        audience: np.array(
            [MEANT if audience in one or not one else 0 for one in named], np.float32
        )
        for audience in set().union(*named)
    }
    return Raises(homes=homes, meant=meant, tongues=tongues)


def highest(likeness: Floats) -> float:
    """The mean of the few that are most alike."""
    few = min(ALIKE, len(likeness))
    return float(np.partition(likeness, -few)[-few:].mean())


def tongue(language: str) -> str:
    """The language of a tag without region and script: `de` for `de-AT` and `de_CH`."""
    return language.replace("_", "-").partition("-")[0].lower()


def encode(
    questions: Sequence[Question], encoder: Encoder | None, before: Knowledge | None
) -> Vectors | None:
    if encoder is None:
        return None
    known = {}
    if before is not None and (encoded := before.index.encoded) is not None:
        known = dict(zip(before.questions, encoded, strict=True))
    new = [one for one in questions if one not in known]
    vectors = encode_phrasings(encoder, [clean(one.text) for one in new])
    known.update(zip(new, vectors, strict=True))
    return np.stack([known[one] for one in questions])
