"""What the index would have said of the desk's own phrasings, had they never been entered: in
closed form, without learning anything again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.faq_index import NEAREST, FaqIndex, Floats, Ids, Scores, near_of
from core.ridge import targets_of

AT_ONCE = 250
CELLS = 500_000
"""Likenesses at once, about, and scores kept in a sample, times eight: what bounds the memory."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row for each phrasing in `rows`. What logistic regression adds cannot be told this way."""

    rows: Ids
    own: Ids
    """The column of each phrasing's entry."""
    related: NDArray[np.bool_]
    """Whether its entry has other phrasings."""
    phrasing: Scores
    """Without the phrasing alone."""
    entry: Scores
    """Without its whole entry, so that nothing fits. Its own column means nothing."""


def sample(index: FaqIndex, keys: Sequence[str], size: int) -> LeftOut:
    """Of every so-many-th entry, about `size` phrasings in all; fewer of very many entries."""
    step = -(-len(index.own) // min(size, max(1, 8 * CELLS // len(index.starts))))
    parts = list(leave_out(index, keys, range(0, len(index.starts), step)))
    joined = [np.concatenate(three) for three in zip(*map(_flat, parts), strict=True)]
    rows, own, related, near, alone, without = joined
    return LeftOut(rows, own, related, Scores(near, alone), Scores(near, without))


def leave_out(index: FaqIndex, keys: Sequence[str], columns: Sequence[int]) -> Iterator[LeftOut]:
    """Of the phrasings of these entries, some entries at a time."""
    index = index.settled()
    ends = np.append(index.starts[1:], len(index.order))
    blocks: list[Ids] = []
    enough = min(AT_ONCE, CELLS // len(index.own))
    for column in columns:
        blocks.append(index.order[index.starts[column] : ends[column]])
        if sum(map(len, blocks)) >= enough:
            yield _leave_out(index, keys, blocks)
            blocks = []
    if blocks:
        yield _leave_out(index, keys, blocks)


def _leave_out(index: FaqIndex, keys: Sequence[str], blocks: Sequence[Ids]) -> LeftOut:
    rows = np.concatenate(blocks)
    own = index.own[rows]
    vectors = None if index.vectors is None else index.vectors[rows]
    meaning, spelling = index.compare([keys[row] for row in rows], vectors)
    wanted = targets_of(own, len(index.starts))
    alone, without = _foretell(index, rows, blocks, wanted, index.features(meaning, spelling))
    meaning = meaning.copy()
    meaning[np.arange(len(rows)), rows] = -NEAREST
    near = near_of(meaning, spelling, index.order, index.starts)
    related = np.bincount(index.own)[own] > 1
    return LeftOut(rows, own, related, Scores(near, alone), Scores(near, without))


def _foretell(
    index: FaqIndex, rows: Ids, blocks: Sequence[Ids], wanted: Floats, features: Floats
) -> tuple[Floats, Floats]:
    """A ridge without a block of its examples foretells wanted - block of R^-1 rest, where R is
    what it leaves of each to itself: the inverse, or 1 less the influence of each on itself.
    """
    if index.ridge.exact:
        rest = index.ridge.weights[rows]
        left = index.ridge.inverse[np.ix_(rows, rows)].astype(np.float64)
    else:
        rest = wanted - index.ridge.predict(features)
        left = np.eye(len(rows)) - features @ index.ridge.inverse @ features.T
    alone = wanted - rest / np.diag(left)[:, None]
    without = np.empty_like(wanted)
    first = 0
    for block in blocks:
        these = slice(first, first + len(block))
        without[these] = wanted[these] - np.linalg.solve(left[these, these], rest[these])
        first += len(block)
    return alone.astype(np.float32), without


def _flat(part: LeftOut) -> tuple[Ids, Ids, NDArray[np.bool_], Floats, Floats, Floats]:
    scores = (part.phrasing.near, part.phrasing.ridge, part.entry.ridge)
    return (part.rows, part.own, part.related, *scores)
