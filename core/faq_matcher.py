"""A question in somebody's own words -> the entries that answer it, with calibrated confidence.
Pure: no session, no clock, no network.

Threads may match while another adds and removes: what is known is swapped in whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.confidence import FLOOR, Numbers, Outcome, shift_of, shifted
from core.encoder import Encoder, SentenceEncoder, encode_again, encode_questions, load_encoder
from core.knowledge import SMALL, Asked, Judgement, Knowledge, Question, know, know_more
from core.phrasing import LONGEST, clean, key

__all__ = [
    "Asked",
    "Bands",
    "Encoder",
    "FaqMatcher",
    "Found",
    "Guess",
    "Match",
    "Outcome",
    "Question",
    "load_encoder",
]

TOGETHER = 5
WORD_FOR_WORD = 0.99
"""Confidence in an entry that has the very phrasing."""
CAREFUL = 0.6
"""Power of the bound for entries with a single phrasing: 0.7 becomes 0.81. What lies between is
right too seldom to be an answer.
"""
DOUBT = 0.15
"""A lead over the second best, as a share of the rank, below which a question is looked at again,
as in one of six. It wins 0.3 ± 0.2 points over 42 collections, and loses in no family of them.
"""
LARGE = 5_000
"""Phrasings above which a second look would take too long."""
SHORT = LONGEST // 3
"""Bytes of a question that is looked at again: with two more views of it, it is no longer than the
longest.
"""
_BLOCK = 64
Verdict = Literal["answer", "suggest", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    """`confidence` is the probability, 0 to 1, that the entry is the right one; `unshifted` is what
    it was before the outcomes of earlier answers shifted it: the one to keep for an `Outcome`.
    """

    entry: str
    confidence: float
    unshifted: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """`matches` best first, each entry at most once. `fit`, 0 to 1, says whether anything fits, and
    can be compared between questions; 1 is word for word.
    """

    verdict: Verdict
    matches: tuple[Match, ...]
    fit: float
    language: str = ""
    """The language that the question is clearly written in, or empty."""


@dataclass(frozen=True, slots=True)
class Bands:
    """The confidence from which to answer, and from which to suggest. Entries that are unlikely
    one by one are suggested when the best five are likely enough `together`. An entry with a single
    phrasing, which shows little of what people ask, must be likelier to be the answer.
    """

    answer: float = 0.7
    suggest: float = 0.3
    together: float = 0.5


@dataclass(frozen=True, slots=True)
class Guess:
    """What a phrasing would find, had it never been entered: the best entry and the confidence in
    it, 0 to 1. `own` is the confidence in the entry that has it, 0 if that has no other phrasing.
    """

    question: Question
    entry: str
    confidence: float
    own: float


class FaqMatcher:
    """Matches questions to entries. Without another `encoder`, the one that comes with the desk is
    loaded; None matches by spelling alone. Blank phrasings are never found.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        *,
        encoder: Encoder | Literal["bundled"] | None = "bundled",
        bands: Bands = Bands(),
        outcomes: Sequence[Outcome] = (),
    ) -> None:
        self._encoder = load_encoder() if isinstance(encoder, str) else encoder
        self._bands = bands
        self._shift = shift_of(outcomes)
        self._writing = Lock()
        self._known = know(questions, self._encoder)

    @property
    def encoder_name(self) -> str:
        """What likeness rests on, in words."""
        if self._encoder is None:
            return "character n-grams only"
        if isinstance(self._encoder, SentenceEncoder):
            return "multilingual sentence encoder"
        return type(self._encoder).__name__

    def match(
        self, text: str, language: str | None = None, limit: int = 5, audience: str | None = None
    ) -> Found:
        """The verdict on any text and the best entries for it, `limit` at most and, if there are
        any, one at least. Nothing fits a blank text; of a long one the beginning counts. The
        language and the audience of the person raise entries and hide none.
        """
        return self.match_many([(text, language, audience)], limit)[0]

    def match_many(self, asked: Sequence[Asked], limit: int = 5) -> list[Found]:
        """What `match` finds for each question, but for the last digits."""
        known = self._known
        blocks = [asked[first : first + _BLOCK] for first in range(0, len(asked), _BLOCK)]
        return [found for block in blocks for found in self._match(known, block, max(1, limit))]

    def add(self, question: Question) -> None:
        """From the next match on, the phrasing is known."""
        self.add_many([question])

    def add_many(self, questions: Sequence[Question]) -> None:
        """From the next match on, the phrasings are known."""
        with self._writing:
            self._known = know_more(questions, self._encoder, self._known)

    def remove(self, entry: str) -> None:
        """From the next match on, the entry is unknown. If it was before, nothing happens."""
        with self._writing:
            known = self._known
            if known is None or entry not in known.entries:
                return
            if len(known.questions) > SMALL:
                self._known = known.without(entry)
                return
            kept = [question for question in known.living() if question.entry != entry]
            self._known = know(kept, self._encoder, known)

    def refine(self) -> None:
        """Do the slow part of learning, some seconds on a large desk, while others match, add and
        remove: learn anew what was added, and fit logistic regression.
        """
        before = self._known
        if before is None:
            return
        learnt = before if before.whole else know(before.living(), self._encoder, before)
        learnt = learnt and learnt.refined()
        with self._writing:
            self._known = self._caught_up(learnt, before)

    def _caught_up(self, learnt: Knowledge | None, before: Knowledge) -> Knowledge | None:
        """With what was added and removed since `before`."""
        now = self._known
        if now is before or now is None or learnt is None:
            return learnt if now is before else now
        for entry in {*before.entries} - {one.entry for one in now.living()}:
            learnt = learnt.without(entry) if learnt else None
        return know_more(now.living(), self._encoder, learnt)

    def calibrate(self, outcomes: Sequence[Outcome]) -> None:
        """From the next match on, confidences are shifted by what came of earlier answers. These
        outcomes replace the ones before.
        """
        self._shift = shift_of(outcomes)

    def leave_out(self) -> list[Guess]:
        """For each phrasing what it would find, had it never been entered. Takes as long as
        building the matcher.
        """
        known = self._known
        return [] if known is None else [self._guess(known, *row) for row in known.leave_out()]

    def _guess(self, known: Knowledge, row: int, chances: Numbers) -> Guess:
        chances = shifted(chances, self._shift)
        question, best = known.questions[row], int(chances.argmax())
        own = float(chances[known.entries.index(question.entry)])
        return Guess(question, known.entries[best], float(chances[best]), own)

    def _match(
        self, known: Knowledge | None, questions: Sequence[Asked], limit: int
    ) -> list[Found]:
        found = [Found("none", (), 0.0)] * len(questions)
        cleaned = [clean(text) for text, _, _ in questions]
        places = [place for place, text in enumerate(cleaned) if text]
        if known is None or not places:
            return found
        wordings = [cleaned[place] for place in places]
        keys = [key(wording) for wording in wordings]
        judged = self._judge(known, wordings, keys, [questions[place] for place in places])
        for place, wording, judgement in zip(places, keys, judged, strict=True):
            same = known.columns.get(wording, ())
            found[place] = self._decide(known, same, judgement, limit)
        return found

    def _judge(
        self, known: Knowledge, wordings: list[str], keys: list[str], asked: list[Asked]
    ) -> list[Judgement]:
        if self._encoder is None:
            return list(known.judge(keys, None, asked))
        repaired = [known.words.repair(one) for one in keys]
        vectors = encode_questions(self._encoder, wordings, repaired)
        judged = list(known.judge(keys, vectors, asked))
        doubtful = [
            row
            for row, one in enumerate(judged)
            if keys[row] not in known.columns and len(wordings[row].encode()) <= SHORT
            if len(known.questions) <= LARGE and in_doubt(one.rank)
        ]
        if doubtful:
            texts = [wordings[row] for row in doubtful]
            again = encode_again(self._encoder, texts, vectors[doubtful])
            kept = [keys[row] for row in doubtful]
            second = known.judge(kept, again, [asked[row] for row in doubtful])
            for row, judgement in zip(doubtful, second, strict=True):
                judged[row] = judgement
        return judged

    def _decide(
        self, known: Knowledge, same: Sequence[int], judgement: Judgement, limit: int
    ) -> Found:
        """`same` are the columns of the entries that have this very phrasing."""
        rank, chances = judgement.rank, judgement.chances
        best = highest(rank, limit + len(same))
        columns = sorted(same, key=lambda column: -rank[column])
        columns += [at for at in best if at not in same and rank[at] > -np.inf]
        plain, chances = chances, shifted(chances, self._shift)
        if same:
            plain, chances = known_for_sure(plain, same), known_for_sure(chances, same)
        matches = tuple(
            Match(known.entries[column], float(chances[column]), float(plain[column]))
            for column in columns[:limit]
        )
        likely = highest(chances, TOGETHER)
        verdict = "answer" if same else self._band(chances[likely], known.index.alone(likely[0]))
        return Found(verdict, matches, 1.0 if same else judgement.fit, judgement.language)

    def _band(self, chances: Numbers, alone: bool) -> Verdict:
        """Of the likeliest entries, best first; `alone` if the first has a single phrasing."""
        best = chances[0]
        if best >= self._bands.answer ** (CAREFUL if alone else 1):
            return "answer"
        likely = best >= self._bands.suggest or chances.sum() >= self._bands.together
        return "suggest" if likely else "none"


def highest(values: NDArray[np.floating], count: int) -> list[int]:
    """The places of the highest, best first; of equals the first. Without sorting all."""
    if count < len(values):
        bound = np.partition(values, -count)[-count]
        places = np.flatnonzero(values >= bound)
    else:
        places = np.arange(len(values))
    return [int(at) for at in places[np.argsort(-values[places], kind="stable")][:count]]


def in_doubt(rank: NDArray[np.floating]) -> bool:
    """Whether the second best is close behind the best."""
    if len(rank) < 2:
        return False
    second, best = np.partition(rank, -2)[-2:]
    return bool(best - second < DOUBT * max(best, FLOOR))


def known_for_sure(chances: Numbers, columns: Sequence[int]) -> Numbers:
    sure = np.minimum(chances, 1 - WORD_FOR_WORD)
    sure[list(columns)] = WORD_FOR_WORD
    return sure
