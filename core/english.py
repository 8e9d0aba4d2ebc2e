"""A desk with an encoder of English beside its usual one: English is compared with English by both,
everything else as ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol, Self

import numpy as np

from core.encoder import FORM, Encoder, Vectors, unit
from core.faq_index import FaqIndex, Floats, Ids, Scores, learn

SHARE = np.float32(0.3)
"""Of the encoder of English in the scores of an entry that has phrasings in English. Chosen on two
families of collections; on two others more would win more, and on desks in two languages lose.
"""
MOSTLY = 0.75
"""Share of the views of a text that must be English: of a German word mended by an English desk's
vocabulary half are, and none should be.
"""


class EncoderOfEnglish(Encoder, Protocol):
    form: str
    """What tells its vectors from those of others."""

    def is_english(self, text: str) -> bool: ...


class WithEnglish:
    """The encoder that comes with the desk and one of English: rows hold those of both, and behind
    what is not English stand zeros.
    """

    def __init__(self, usual: Encoder, english: EncoderOfEnglish) -> None:
        self.usual = usual
        self._english = english
        self.english_width = english.encode([]).shape[1]
        self.form = f"{FORM}, {english.form}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        english = np.zeros((len(texts), self.english_width), np.float32)
        rows = [row for row, text in enumerate(texts) if self._english.is_english(text)]
        english[rows] = self._english.encode([texts[row] for row in rows])
        return np.hstack([self.usual.encode(texts), english])


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the encoder of English makes of the phrasings in English."""

    rows: Ids
    """Those phrasings, by their numbers in the whole index."""
    columns: Ids
    """Their entries, by their columns in the whole index."""
    index: FaqIndex

    def mix_into(self, scores: Scores, rows: Ids, keys: Sequence[str], vectors: Floats) -> None:
        """Into the scores of the questions in these rows."""
        ours, _ = self.index.score(keys, vectors)
        cells = np.ix_(rows, self.columns)
        for usual, english in (
            (scores.near, ours.near),
            (scores.ridge, ours.ridge),
            (scores.logit, ours.logit),
        ):
            if usual is not None and english is not None:
                usual[cells] += SHARE * (english - usual[cells])

    def longer(self, rows: Ids, own: Ids, keys: Sequence[str], vectors: Floats) -> "Opinion":
        places = {column: place for place, column in enumerate(self.columns.tolist())}
        inner = [places.setdefault(column, len(places)) for column in own.tolist()]
        return Opinion(
            np.concatenate([self.rows, rows]),
            np.array(list(places), np.intp),
            self.index.longer(np.array(inner, np.intp), keys, vectors),
        )


@dataclass(frozen=True, slots=True)
class EnglishIndex(FaqIndex):
    """What the usual encoder finds, and an opinion on English. Vectors hold the rows of both; what
    is not English has zeros behind.

    Two indexes, as one over the joined vectors loses where languages meet: 2 to 4 points at first
    place with German questions to a desk in English, or the other way round.
    """

    width: int = 0
    """Of the rows of the encoder of English."""
    opinion: Opinion | None = None
    """None as long as no phrasing is in English."""

    @property
    def encoded(self) -> Floats | None:
        usual = self.vectors
        if usual is None:
            return None
        english = np.zeros((len(usual), self.width), np.float32)
        if self.opinion:
            english[self.opinion.rows] = self.opinion.index.vectors
        return np.hstack([usual, english])

    def score(self, keys: Sequence[str], vectors: Floats | None) -> tuple[Scores, Floats]:
        usual, english, rows = split(vectors, self.width)
        scores, spelling = FaqIndex.score(self, keys, usual)
        if self.opinion and len(rows):
            self.opinion.mix_into(scores, rows, [keys[row] for row in rows], english)
        return scores, spelling

    def longer(self, own: Ids, keys: Sequence[str], vectors: Floats | None) -> Self:
        usual, english, rows = split(vectors, self.width)
        whole = FaqIndex.longer(self, own, keys, usual)
        if not len(rows):
            return whole
        new = (rows + len(self.own), own[rows], [keys[row] for row in rows], english)
        return replace(whole, opinion=self.opinion.longer(*new) if self.opinion else form(*new))

    def refined(self) -> Self:
        opinion = self.opinion
        if opinion:
            opinion = replace(opinion, index=opinion.index.refined())
        return replace(FaqIndex.refined(self), opinion=opinion)


def learn_by(
    encoder: Encoder | None, own: Ids, keys: Sequence[str], vectors: Floats | None
) -> FaqIndex:
    """An index of phrasings that `encoder` has seen; see `learn`."""
    width = english_width(encoder)
    if vectors is None or not width:
        return learn(own, keys, vectors)
    usual, english, rows = split(vectors, width)
    index = learn(own, keys, usual)
    opinion = None
    if len(rows):
        opinion = form(rows, own[rows], [keys[row] for row in rows], english)
    parts = {part.name: getattr(index, part.name) for part in fields(index)}
    return EnglishIndex(**parts, width=width, opinion=opinion)


def english_width(encoder: Encoder | None) -> int:
    """How many columns of its rows are those of an encoder of English; 0 if it has none."""
    return getattr(encoder, "english_width", 0)


def form(rows: Ids, own: Ids, keys: Sequence[str], vectors: Floats) -> Opinion:
    """Of phrasings in any order."""
    order = np.argsort(own, kind="stable")
    columns, inner = np.unique(own[order], return_inverse=True)
    index = learn(inner, [keys[at] for at in order], vectors[order])
    return Opinion(rows[order], columns, index)


def split(vectors: Floats | None, width: int) -> tuple[Floats | None, Floats, Ids]:
    """The rows of the usual encoder; those of English that are there, and which they are."""
    if vectors is None:
        return None, np.empty((0, width), np.float32), np.empty(0, np.intp)
    usual, english = vectors[:, :-width], vectors[:, -width:]
    lengths = np.linalg.norm(english, axis=1), np.linalg.norm(usual, axis=1)
    rows = np.flatnonzero(lengths[0] > MOSTLY * lengths[1])
    return unit(usual), unit(english[rows]), rows
