"""The words of the desk's own phrasings, and what a mistyped word of a question probably was."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Letters of a word that can be mistyped and still be told."""
LONG = 8
"""From so many letters on, two slips are forgiven, else one."""
MOST = 6
"""Words of one question that are looked up: each costs 0.1 ms for 10,000 known words."""
MARKS = ".,;:!?\"'()[]…"


class Vocabulary:
    """Never changed once built."""

    def __init__(self, keys: Iterable[str], before: "Vocabulary | None" = None) -> None:
        words = {bare_word(word) for key in keys for word in key.split()}
        self._known: set[str] = words | (before._known if before else set())
        by_length: dict[int, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= SHORTEST and word.isalpha():
                by_length.setdefault(len(word), []).append(word)
        self._by_length = by_length

    def repair(self, key: str) -> str:
        """The question with each unknown word replaced by the known one that it nearly is, or
        empty if there is nothing to replace.
        """
        words = key.split()
        unknown = [place for place, word in enumerate(words) if self._is_unknown(bare_word(word))]
        meant = {place: self._nearest(bare_word(words[place])) for place in unknown[:MOST]}
        if not any(meant.values()):
            return ""
        return " ".join(meant.get(place) or word for place, word in enumerate(words))

    def _is_unknown(self, word: str) -> bool:
        return len(word) >= SHORTEST and word.isalpha() and word not in self._known

    def _nearest(self, word: str) -> str:
        """The first in the alphabet of those that are nearest in slips, then in length."""
        slips = 2 if len(word) >= LONG else 1
        best, fewest = "", slips + 1
        for length in sorted(range(-slips, slips + 1), key=abs):
            known = self._by_length.get(len(word) + length, ())
            found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=fewest - 1)
            if found:
                best, fewest = found[0], found[1]
        return best


def bare_word(word: str) -> str:
    return word.strip(MARKS)
