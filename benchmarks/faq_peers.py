"""What the matcher is held against: four usual ways to find the entry for a question. Each gives a
score for every question and every phrasing; an entry is as good as its best phrasing.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from core.char_index import CharIndex
from core.encoder import Encoder
from core.phrasing import clean, key

Scores = NDArray[np.floating]
Peer = Callable[[Sequence[str], Sequence[str]], Scores]
"""(phrasings, questions) -> a row for each question, a column for each phrasing."""

SATURATION, LENGTH = 1.5, 0.75
"""k1 and b as everywhere."""


def bm25(phrasings: Sequence[str], questions: Sequence[str]) -> Scores:
    counted = [Counter(words(text)) for text in phrasings]
    frequency = Counter(word for count in counted for word in count)
    lengths = np.array([count.total() for count in counted])
    damping = SATURATION * (1 - LENGTH + LENGTH * lengths / lengths.mean())
    weights: dict[str, Scores] = {}
    for word, texts in frequency.items():
        often = np.array([count[word] for count in counted])
        rare = np.log(1 + (len(counted) - texts + 0.5) / (texts + 0.5))
        weights[word] = rare * often * (SATURATION + 1) / (often + damping)
    nothing = np.zeros(len(counted))
    return np.stack(
        [sum((weights.get(word, nothing) for word in words(text)), nothing) for text in questions]
    )


def char_tfidf(phrasings: Sequence[str], questions: Sequence[str]) -> Scores:
    return CharIndex([key(clean(text)) for text in phrasings]).compare(
        [key(clean(text)) for text in questions]
    )


def token_set(phrasings: Sequence[str], questions: Sequence[str]) -> Scores:
    prepared = [" ".join(words(text)) for text in phrasings]
    asked = [" ".join(words(text)) for text in questions]
    return np.asarray(process.cdist(asked, prepared, scorer=fuzz.token_set_ratio))


def nearest(encoder: Encoder) -> Peer:
    def score(phrasings: Sequence[str], questions: Sequence[str]) -> Scores:
        return (
            encoder.encode([clean(text) for text in questions])
            @ encoder.encode([clean(text) for text in phrasings]).T
        )

    return score


def words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
