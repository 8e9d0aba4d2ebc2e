"""The closed forms say what doing the work the long way says."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from core import ridge
from core.char_index import CharIndex
from core.faq_index import FaqIndex, Floats, Ids, from_middle, kernel_of, learn, near_of
from core.left_out import LeftOut, leave_out, sample
from core.ridge import DAMPING

OWN = np.repeat(np.arange(4), [1, 3, 2, 4])
KEYS = [f"phrasing {'abcdefghij'[i]}" for i in range(len(OWN))]


@pytest.fixture
def vectors() -> Floats:
    rows = np.random.default_rng(7).normal(size=(len(OWN), 32)) + np.eye(4, 32)[OWN] * 4
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def spanned(index: FaqIndex) -> FaqIndex:
    """The same, spanned by every phrasing."""
    assert index.vectors is not None
    kernel = kernel_of(*index.compare(KEYS, index.vectors))
    return replace(index, ridge=ridge.span(index.own, iter([kernel]), index.landmarks))


def scores_without(index: FaqIndex, gone: Ids) -> Floats:
    kept = np.setdiff1d(np.arange(len(OWN)), gone)
    kernel = kernel_of(*index.compare(KEYS, index.vectors)).astype(np.float64)
    damped = kernel[np.ix_(kept, kept)] + DAMPING * np.eye(len(kept))
    wanted = np.eye(4)[OWN[kept]]
    return np.asarray(kernel[np.ix_(gone, kept)] @ np.linalg.solve(damped, wanted), np.float32)


@pytest.mark.parametrize("exact", [True, False])
def test_leaving_out_in_closed_form_equals_learning_again(vectors: Floats, exact: bool) -> None:
    index = learn(OWN, KEYS, vectors)
    left_out = sample(index if exact else spanned(index), KEYS, 100)
    near = 1e-4 if exact else 0.02
    for row, entry in enumerate(OWN):
        alone = scores_without(index, np.array([row]))
        assert np.allclose(left_out.phrasing.ridge[row], alone, atol=near)
        block = np.flatnonzero(entry == OWN)
        without = scores_without(index, block)
        assert np.allclose(left_out.entry.ridge[block], without, atol=near)
    assert left_out.related.tolist() == [False] + [True] * 9
    assert left_out.phrasing.near.max() < 1.4


def test_leaving_out_takes_whole_entries_some_at_a_time(vectors: Floats) -> None:
    parts: list[LeftOut] = list(leave_out(learn(OWN, KEYS, vectors), KEYS, [1, 3]))
    assert np.concatenate([part.rows for part in parts]).tolist() == [1, 2, 3, 6, 7, 8, 9]
    assert set(sample(learn(OWN, KEYS, vectors), KEYS, 5).own.tolist()) == {0, 2}


def test_a_ridge_spanned_by_every_phrasing_is_the_exact_one(vectors: Floats) -> None:
    index = learn(OWN, KEYS, vectors)
    exact, _ = index.score(KEYS, vectors)
    other, _ = spanned(index).score(KEYS, vectors)
    assert np.allclose(exact.ridge, other.ridge, atol=0.01)


def test_learning_one_by_one_is_learning_all_at_once(vectors: Floats) -> None:
    """But for how much a piece of a word tells, which stays as it was."""
    whole = learn(OWN, KEYS, vectors)
    grown = learn(OWN[:6], KEYS[:6], vectors[:6])
    for row in range(6, len(OWN)):
        one = slice(row, row + 1)
        grown = grown.longer(OWN[one], KEYS[one], vectors[one])
    at_once, by_steps = whole.score(KEYS, vectors)[0], grown.score(KEYS, vectors)[0]
    assert np.allclose(at_once.near, by_steps.near, atol=0.2)
    assert np.allclose(at_once.ridge, by_steps.ridge, atol=0.1)


def test_a_spanned_ridge_learns_one_by_one_what_it_learns_at_once(vectors: Floats) -> None:
    kernel = kernel_of(vectors @ vectors.T, np.zeros((len(OWN), len(OWN)), np.float32))[:, :6]
    marks = np.arange(6)
    whole = ridge.span(OWN, iter([kernel]), marks)
    grown = ridge.span(OWN[:6], iter([kernel[:6]]), marks)
    for row in range(6, len(OWN)):
        one = slice(row, row + 1)
        grown = grown.learn(
            kernel[one], np.ones((1, 1), np.float32), np.eye(4, dtype=np.float32)[OWN[one]]
        )
    assert np.allclose(whole.predict(kernel), grown.predict(kernel), atol=1e-3)
    settled = grown.settled()
    assert np.allclose(whole.weights, settled.weights, atol=1e-3)
    assert np.allclose(whole.inverse, settled.inverse, atol=1e-3)


def test_what_a_spanned_ridge_keeps_beside_itself_is_settled_in_time() -> None:
    chance = np.random.default_rng(5)
    rows = chance.normal(size=(100, 8)).astype(np.float32)
    kernel = np.exp((rows @ rows[:6].T) / 8 - 1)
    own = np.sort(chance.integers(4, size=100))
    whole = ridge.span(own, iter([kernel]), np.arange(6))
    grown = ridge.span(own[:6], iter([kernel[:6]]), np.arange(6))
    for row in range(6, 100):
        one = slice(row, row + 1)
        wanted = ridge.targets_of(own[one], 4)
        grown = grown.learn(kernel[one], np.ones((1, 1), np.float32), wanted)
        assert grown.later.shape[1] == len(grown.steps) < ridge.LATER
    assert np.allclose(whole.predict(kernel), grown.predict(kernel), atol=1e-3)


def test_vectors_that_came_later_are_compared_as_the_others(vectors: Floats) -> None:
    index = learn(OWN[:6], KEYS[:6], vectors[:6])
    for row in range(6, len(OWN)):
        one = slice(row, row + 1)
        index = index.longer(OWN[one], KEYS[one], vectors[one])
    assert index.vectors is not None
    assert np.array_equal(index.vectors, vectors)
    meaning, _ = index.compare(KEYS, vectors)
    centred = from_middle(vectors, index.middle)
    assert np.allclose(meaning, centred @ centred.T, atol=1e-5)
    before, after = index.score(KEYS, vectors)[0], index.settled().score(KEYS, vectors)[0]
    assert np.allclose(before.rank(), after.rank(), atol=1e-5)


def test_leaving_out_takes_memory_by_the_block() -> None:
    """Not by entries or phrasings squared: 4,000 of each would be 64 MB of numbers."""
    keys = [f"{number:04d}" for number in range(4000)]
    index = learn(np.arange(4000), keys, None)
    tracemalloc.start()
    sample(index, keys, 400)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


def test_a_late_phrasing_of_an_early_entry_counts_for_it(vectors: Floats) -> None:
    index = learn(OWN, KEYS, vectors)
    vector = np.eye(1, 32, 20, dtype=np.float32)
    grown = index.longer(np.array([0]), ["something else"], vector)
    scores, _ = grown.score(["something else"], vector)
    assert scores.near.argmax() == scores.rank().argmax() == 0
    assert scores.near.max() == pytest.approx(1.4, abs=1e-5)


def test_an_own_phrasing_scores_highest_for_its_entry(vectors: Floats) -> None:
    for index in (learn(OWN, KEYS, vectors), learn(OWN, KEYS, vectors).refined()):
        scores, _ = index.score(KEYS, vectors)
        assert scores.near.argmax(axis=1).tolist() == OWN.tolist()
        assert scores.ridge.argmax(axis=1).tolist() == OWN.tolist()
        assert scores.rank().argmax(axis=1).tolist() == OWN.tolist()
        assert scores.near.max() == pytest.approx(1.4, abs=1e-5)


def test_refining_adds_log_odds_that_average_to_nothing(vectors: Floats) -> None:
    scores, _ = learn(OWN, KEYS, vectors).refined().score(KEYS, vectors)
    assert scores.logit is not None
    assert scores.logit.argmax(axis=1).tolist() == OWN.tolist()
    assert np.allclose(scores.logit.sum(axis=1), 0, atol=1e-4)


def test_what_cannot_be_refined_stays_as_it_is(vectors: Floats) -> None:
    for index in (learn(OWN, KEYS, None), learn(OWN[:1], KEYS[:1], vectors[:1])):
        assert index.refined() is index


def test_the_nearest_phrasing_of_an_entry_counts() -> None:
    meaning = np.array([[0.1, 0.9, 0.3]], np.float32)
    spelling = np.array([[0.0, 0.0, 0.5]], np.float32)
    near = near_of(meaning, spelling, np.array([0, 1, 2]), np.array([0, 2]))
    assert near.tolist() == [[pytest.approx(0.9), 0.5]]


def test_an_inverse_in_quarters_is_the_inverse() -> None:
    rows = np.random.default_rng(3).normal(size=(300, 300))
    matrix = (rows @ rows.T / 300 + np.eye(300)).astype(np.float32)
    assert np.allclose(ridge.invert(matrix.copy()) @ matrix, np.eye(300), atol=1e-4)


def test_spelling_is_compared_by_pieces_of_words() -> None:
    chars = CharIndex(["subscription", "a subscription of mine", "refund"])
    same, like, other = chars.compare(["subscription"])[0].tolist()
    assert same == pytest.approx(1, abs=1e-6)
    assert 0.3 < like < 1
    assert other == 0
    assert chars.compare(["subscripton"])[0].argmax() == 0


def test_a_longer_index_of_spelling_knows_old_and_new() -> None:
    chars = CharIndex(["subscription", "refund"])
    longer = chars.longer(["upload", "zzz"]).longer(["uploads"])
    assert longer.compare(["upload"]).argmax() == 2
    assert longer.compare(["zzz", "refund"]).argmax(axis=1).tolist() == [3, 1]
    assert longer.compare(["uploads"]).argmax() == 4
    assert chars.compare(["upload zzz"]).shape == (1, 2)


def test_part_of_an_index_of_spelling_compares_alike() -> None:
    chars = CharIndex(["subscription", "refund", "a refund of mine"])
    rows = np.array([2, 0])
    assert np.allclose(
        chars.part(rows).compare(["my refund"]), chars.compare(["my refund"])[:, rows]
    )
