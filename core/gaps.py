"""What people asked and the FAQ did not answer: kept, grouped by meaning, and settled."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import and_, or_, select, update
from sqlmodel import Session, col

from core.char_index import CharIndex
from core.encoder import Encoder
from core.faq_index import Floats
from core.models import Asked
from core.phrasing import clean, key
from core.store import execute

MOST = 10_000
"""Questions that are looked at, the newest first."""
COMPARED = 4_000
"""Wordings of these that are compared, the newest first: each with each, 64 MB."""
SAME_MEANING = 0.5
"""From this mean cosine on, two groups are one. On five collections of 20 entries with 8 questions
each, 51 to 99 % of the pairs in one group belonged together, and 37 to 62 % of those that do were
found; at 0.55 it is 59 to 99 % and 24 to 55 %.
"""
SAME_SPELLING = 0.25
"""The same for n-grams, where there is no encoder."""
LEARNT, DISMISSED = "learnt", "dismissed"
"""What staff may do about a question; either takes it out of the gaps."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that got no answer, or one that did not help. `id` is its inbox row's."""

    id: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Wording:
    text: str
    language: str
    count: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that mean the same. `number` is the first question's: it stays when more come."""

    number: int
    wordings: tuple[Wording, ...]
    """The most frequent first; word for word the same ones are one."""
    ids: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({one.language for one in self.wordings}))


def unanswered(session: Session, since: datetime) -> list[Unanswered]:
    """Neither answered nor settled since then, oldest first. Of suggestions none was opened."""
    open_ended = and_(col(Asked.verdict).in_(("none", "suggest")), col(Asked.outcome) == "")
    refused = col(Asked.outcome).in_(("not_helped", "ticket"))
    rows = (
        select(col(Asked.id), col(Asked.text), col(Asked.language))
        .where(
            or_(open_ended, refused),
            col(Asked.settled) == "",
            col(Asked.text) != "",
            col(Asked.at) >= since,
        )
        .order_by(col(Asked.id).desc())
        .limit(MOST)
    )
    return [Unanswered(*row) for row in reversed(execute(session, rows).all())]


def group(asked: Sequence[Unanswered], encoder: Encoder | None) -> list[Gap]:
    """The biggest group first. The same questions make the same groups, in whatever order."""
    same: dict[str, list[Unanswered]] = {}
    for one in sorted(asked, key=lambda one: one.id):
        if wording := key(clean(one.text)):
            same.setdefault(wording, []).append(one)
    newest = sorted(same.values(), key=lambda rows: -rows[-1].id)[:COMPARED]
    wordings = sorted(newest, key=lambda rows: (-len(rows), rows[0].id))
    groups: dict[int, list[list[Unanswered]]] = {}
    numbers = join(*likeness([clean(rows[0].text) for rows in wordings], encoder))
    for rows, number in zip(wordings, numbers, strict=True):
        groups.setdefault(number, []).append(rows)
    gaps = [to_gap(rows) for rows in groups.values()]
    return sorted(gaps, key=lambda gap: (-gap.count, gap.number))


def likeness(texts: Sequence[str], encoder: Encoder | None) -> tuple[Floats, float]:
    """Of each text to each, and from where on they are alike enough."""
    if not texts:
        return np.empty((0, 0), np.float32), 1.0
    if encoder is None:
        keys = [key(text) for text in texts]
        return np.array(CharIndex(keys).compare(keys)), SAME_SPELLING
    vectors = encoder.encode(texts)
    return vectors @ vectors.T, SAME_MEANING


def join(alike: Floats, enough: float) -> list[int]:
    """The number of each one's group: again and again the two groups that are most alike on the
    average become one. `alike` is used up.
    """
    np.fill_diagonal(alike, -1)
    number, size = np.arange(len(alike)), np.ones(len(alike), np.float32)
    nearest = alike.argmax(axis=1) if len(alike) else number
    most = alike[number, nearest]
    while len(alike) and most.max() >= enough:
        one = int(most.argmax())
        other = int(nearest[one])
        weight = size[other] / (size[one] + size[other])
        alike[one] += weight * (alike[other] - alike[one])
        alike[one, one] = -1
        alike[:, one] = alike[one]
        alike[other] = alike[:, other] = most[other] = -1
        size[one] += size[other]
        number[number == other] = one
        # a mean is never above both: who had neither of the two as nearest keeps theirs
        stale = np.flatnonzero((most >= 0) & ((nearest == one) | (nearest == other)))
        stale = np.union1d(stale, [one])
        nearest[stale] = alike[stale].argmax(axis=1)
        most[stale] = alike[stale, nearest[stale]]
    return [int(one) for one in number]


def to_gap(wordings: Sequence[Sequence[Unanswered]]) -> Gap:
    ids = sorted(one.id for rows in wordings for one in rows)
    return Gap(
        ids[0],
        tuple(Wording(rows[0].text, usual_language(rows), len(rows)) for rows in wordings),
        tuple(ids),
    )


def usual_language(rows: Sequence[Unanswered]) -> str:
    return Counter(one.language for one in rows).most_common(1)[0][0]


def settle(session: Session, ids: Sequence[int], how: str) -> None:
    """Take these questions out of the gaps. What people said of the answers stays: it tells how
    sure the next ones may be.
    """
    for first in range(0, len(ids), 500):
        part = ids[first : first + 500]
        execute(session, update(Asked).where(col(Asked.id).in_(part)).values(settled=how))
