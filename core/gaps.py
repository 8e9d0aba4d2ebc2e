"""What people asked and the FAQ did not answer: kept, grouped by meaning, and settled."""

from collections import Counter
from collections.abc import Iterable, Sequence
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
SAME_MEANING = 0.5
"""From this cosine on, two questions are of one group. On four collections of 20 entries each, 38
to 88 % of the pairs in one group belonged together, and 38 to 54 % of those that do were found; at
0.6 it is 58 to 99 % and 28 to 37 %.
"""
SAME_SPELLING = 0.4
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
    wordings = sorted(same.values(), key=lambda rows: (-len(rows), rows[0].id))
    leaders = lead([clean(rows[0].text) for rows in wordings], encoder)
    groups: dict[int, list[list[Unanswered]]] = {}
    for rows, leader in zip(wordings, leaders, strict=True):
        groups.setdefault(leader, []).append(rows)
    gaps = [to_gap(rows) for rows in groups.values()]
    return sorted(gaps, key=lambda gap: (-gap.count, gap.number))


def lead(texts: Sequence[str], encoder: Encoder | None) -> list[int]:
    """For each text the first one before it that is alike enough and leads itself; else its own."""
    leaders: list[int] = []
    led: list[int] = []
    rows, enough = likenesses(texts, encoder)
    for place, row in enumerate(rows):
        alike = row[led] if led else np.empty(0)
        best = int(alike.argmax()) if len(alike) else -1
        if best >= 0 and alike[best] >= enough:
            led_by = led[best]
        else:
            led_by = place
            led.append(place)
        leaders.append(led_by)
    return leaders


def likenesses(texts: Sequence[str], encoder: Encoder | None) -> tuple[Iterable[Floats], float]:
    """Row by row, so that memory does not follow the number of texts squared."""
    if encoder is None:
        chars = CharIndex([key(text) for text in texts])
        return (chars.compare([key(text)])[0] for text in texts), SAME_SPELLING
    vectors = encoder.encode(texts) if texts else np.empty((0, 1), np.float32)
    return (vectors @ vector for vector in vectors), SAME_MEANING


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
