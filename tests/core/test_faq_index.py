"""The closed forms say what doing the work the long way says."""

import numpy as np
import pytest

from core.char_index import CharIndex
from core.faq_index import RIDGE, Floats, Ids, compare, kernel_of, learn, leave_out, near_of, span

OWN = np.repeat(np.arange(4), [1, 3, 2, 4])


@pytest.fixture
def vectors() -> Floats:
    rows = np.random.default_rng(7).normal(size=(len(OWN), 32)) + np.eye(4, 32)[OWN] * 4
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def kernel(vectors: Floats) -> Floats:
    return kernel_of(vectors @ vectors.T, np.zeros((len(OWN), len(OWN)), np.float32))


def solve_without(kernel: Floats, gone: Ids) -> Floats:
    kept = np.setdiff1d(np.arange(len(OWN)), gone)
    damped = kernel[np.ix_(kept, kept)] + RIDGE * np.eye(len(kept))
    wanted = np.eye(4)[OWN[kept]]
    return np.asarray(kernel[np.ix_(gone, kept)] @ np.linalg.solve(damped, wanted), np.float32)


def test_leaving_out_in_closed_form_equals_learning_again(kernel: Floats) -> None:
    inverse = np.asarray(np.linalg.inv(kernel + RIDGE * np.eye(len(OWN))), np.float32)
    starts = np.flatnonzero(np.diff(OWN, prepend=-1))
    near = np.zeros((len(OWN), 4), np.float32)
    left_out = leave_out(OWN, inverse, np.add.reduceat(inverse, starts, axis=1), near)
    for row, entry in enumerate(OWN):
        assert np.allclose(
            left_out.phrasing.ridge[row], solve_without(kernel, np.array([row])), atol=1e-4
        )
        block = np.flatnonzero(entry == OWN)
        assert np.allclose(left_out.entry.ridge[block], solve_without(kernel, block), atol=1e-4)
    assert left_out.related.tolist() == [False] + [True] * 9


def test_a_ridge_spanned_by_every_phrasing_is_the_exact_one(vectors: Floats) -> None:
    keys = [f"phrasing {'abcdefghij'[i]}" for i in range(len(OWN))]
    index, _ = learn(OWN, keys, vectors)
    spanned = span(OWN, keys, index.chars, vectors, np.arange(len(OWN)))
    kernel = kernel_of(*compare(index.chars, vectors, keys, vectors))
    assert np.allclose(kernel @ spanned, kernel @ index.weights, atol=0.01)


def test_an_own_phrasing_scores_highest_for_its_entry(vectors: Floats) -> None:
    index, _ = learn(OWN, [f"text {i}" for i in range(len(OWN))], vectors)
    scores, _ = index.score([f"text {i}" for i in range(len(OWN))], vectors)
    assert scores.near.argmax(axis=1).tolist() == OWN.tolist()
    assert scores.ridge.argmax(axis=1).tolist() == OWN.tolist()
    assert scores.near.max() == pytest.approx(1.4, abs=1e-5)


def test_the_nearest_phrasing_of_an_entry_counts() -> None:
    meaning = np.array([[0.1, 0.9, 0.3]], np.float32)
    spelling = np.array([[0.0, 0.0, 0.5]], np.float32)
    assert near_of(meaning, spelling, np.array([0, 2])).tolist() == [[pytest.approx(0.9), 0.5]]


def test_spelling_likeness_forgives_typos_and_knows_nothing_of_strangers() -> None:
    index = CharIndex(["passwort vergessen", "video hochladen"])
    cosines = index.compare(["passwort vergessen", "pasword vergesen", "xyz", ""])
    assert cosines[0, 0] == pytest.approx(1)
    assert cosines[1, 0] > 0.4 > cosines[1, 1]
    assert not cosines[2:].any()


def test_many_texts_are_compared_as_one_by_one() -> None:
    texts = [f"question number {i} about {'ab' * (i % 7)}" for i in range(150)]
    index = CharIndex(texts[:90])
    together = index.compare(texts)
    assert np.array_equal(together, np.concatenate([index.compare([text]) for text in texts]))
