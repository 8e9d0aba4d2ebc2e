"""An encoder of English beside the usual one: what it may change, and what it must leave alone."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest

from core.encoder import Encoder, Vectors, unit
from core.english import EnglishIndex, WithEnglish
from core.faq_matcher import FaqMatcher, Found, Question
from tests.core.faq_desk import DESK, QUESTIONS, entries

MEANS = {"terminate": "cancel", "membership": "subscription", "salary": "paid", "clip": "video"}
"""What the encoder of English knows of words."""
ENGLISH = {
    word
    for languages in DESK.values()
    for text in languages["en"]
    for word in text.lower().rstrip("?").split()
} | {*MEANS, "when", "does"}


class Bag:
    """A small encoder: each word has a place, by its letters."""

    width = 300

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), self.width), 1e-3, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().rstrip("?").split():
                row[crc32(self.meaning(word).encode()) % self.width] += 1
        return unit(rows)

    def meaning(self, word: str) -> str:
        return word


class EnglishBag(Bag):
    width = 200
    form = "a bag of English words"

    def meaning(self, word: str) -> str:
        return MEANS.get(word, word)

    def is_english(self, text: str) -> bool:
        return ENGLISH.issuperset(text.lower().rstrip("?").split())


BOTH = WithEnglish(Bag(), EnglishBag())
GERMAN = [one for one in QUESTIONS if one.language == "de"]


def same(one: Found, other: Found) -> bool:
    """Equal but for the last digits."""
    chances = [match.confidence for match in other.matches]
    return entries(one) == entries(other) and [
        match.confidence for match in one.matches
    ] == pytest.approx(chances, abs=1e-4)


def test_behind_what_is_not_english_stand_zeros() -> None:
    texts = ["I forgot my password", "Passwort vergessen", "passwort vergessen?"]
    rows = BOTH.encode(texts)
    assert rows.shape == (3, Bag.width + EnglishBag.width)
    assert rows[:, Bag.width :].any(axis=1).tolist() == [True, False, False]
    assert np.array_equal(rows[:, : Bag.width], Bag().encode(texts))
    assert BOTH.encode([]).shape == (0, rows.shape[1])


@pytest.mark.parametrize("refined", [False, True], ids=["at once", "refined"])
def test_english_is_found_by_what_the_encoder_of_english_knows(refined: bool) -> None:
    usual, both = FaqMatcher(QUESTIONS, encoder=Bag()), FaqMatcher(QUESTIONS, encoder=BOTH)
    if refined:
        usual.refine()
        both.refine()
    asked = ["terminate membership", "when does salary arrive", "clip fails"]
    for text, entry in zip(asked, ("cancel", "payout", "upload"), strict=True):
        confidence = [
            next(one.confidence for one in matcher.match(text).matches if one.entry == entry)
            for matcher in (usual, both)
        ]
        assert confidence[1] > confidence[0]
        assert entries(both.match(text))[0] == entry


@pytest.mark.parametrize(
    ("desk", "text"),
    [
        (QUESTIONS, "wann kommt meine auszahlung endlich"),
        ([one for one in QUESTIONS if one.language == "en"], "wie komme ich in mein konto"),
        (GERMAN, "where is my payout"),
        (GERMAN, "passwort vergessen"),
        (QUESTIONS, "uplaod"),  # is English once it is mended, but what was meant is not known
    ],
)
def test_what_is_not_english_with_english_is_matched_as_ever(
    desk: list[Question], text: str
) -> None:
    usual, both = FaqMatcher(desk, encoder=Bag()), FaqMatcher(desk, encoder=BOTH)
    assert same(both.match(text), usual.match(text))
    usual.refine()
    both.refine()
    assert same(both.match(text), usual.match(text))


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small desk learns all anew when something changes, a large one adds it."""
    if request.param == "large":
        monkeypatch.setattr("core.knowledge.SMALL", 0)
        monkeypatch.setattr("core.faq_matcher.SMALL", 0)


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("first", [QUESTIONS[:4], GERMAN, QUESTIONS[9:]])
def test_a_desk_that_grew_knows_what_one_built_at_once_knows(first: list[Question]) -> None:
    grown, built = FaqMatcher(first, encoder=BOTH), FaqMatcher(QUESTIONS, encoder=BOTH)
    for question in reversed(QUESTIONS):
        grown.add(question)
    for text in ("terminate membership", "when does salary arrive", "clip fails"):
        assert entries(grown.match(text))[0] == entries(built.match(text))[0]
    grown.refine()
    built.refine()
    for text in ("terminate membership", "when does salary arrive", "konto", "clip fails"):
        assert same(grown.match(text), built.match(text))


@pytest.mark.usefixtures("size")
def test_what_is_removed_is_not_found_in_english_either() -> None:
    matcher = FaqMatcher(QUESTIONS, encoder=BOTH)
    matcher.remove("payout")
    assert "payout" not in entries(matcher.match("when does salary arrive", limit=9))
    matcher.add(Question("earnings", "When will I be paid?", "en"))
    assert "payout" not in entries(matcher.match("when will salary be", limit=9))
    assert entries(matcher.match("when will salary be"))[0] == "earnings"


def test_a_desk_that_is_learnt_anew_encodes_only_what_is_new() -> None:
    heard: list[str] = []

    class Heard(EnglishBag):
        def encode(self, texts: Sequence[str]) -> Vectors:
            heard.extend(texts)
            return super().encode(texts)

    encoder: Encoder = WithEnglish(Bag(), Heard())
    matcher = FaqMatcher(QUESTIONS, encoder=encoder)
    heard.clear()
    matcher.add(Question("cancel", "cancel my membership", "en"))
    assert set(heard) == {"cancel my membership", "cancel my membership?"}


def test_an_index_says_what_it_was_given() -> None:
    """From it the next index is learnt, without encoding again."""
    matcher = FaqMatcher(QUESTIONS, encoder=BOTH)
    known = matcher._known
    assert known is not None
    assert isinstance(known.index, EnglishIndex)
    encoded = known.index.encoded
    assert encoded is not None
    for question, row in zip(known.questions, encoded, strict=True):
        assert row[Bag.width :].any() == EnglishBag().is_english(question.text)
