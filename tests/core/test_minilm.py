"""The small model of English, where it is installed."""

from pathlib import Path

import numpy as np
import pytest

from core.encoders import NoEncoder, choose, describe
from core.faq_matcher import FaqMatcher
from core.kept_vectors import KeptVectors
from core.minilm import MODEL, WORDS, MiniLm, find_files
from tests.core.faq_desk import QUESTIONS, entries


@pytest.fixture(scope="module")
def minilm() -> MiniLm:
    pytest.importorskip("onnxruntime")
    return MiniLm(*find_files())


def test_what_means_the_same_is_nearer_than_what_reads_alike(minilm: MiniLm) -> None:
    asked, same, other = minilm.encode(
        ["How do I end my membership?", "cancel the subscription", "How do I start my membership?"]
    )
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-4)
    assert minilm.encode(["where is my money", "my payout is missing"]).shape == (2, len(asked))
    assert asked @ same > 0.5
    assert asked @ same > same @ other


def test_a_row_does_not_depend_on_its_neighbours(minilm: MiniLm) -> None:
    texts = ["refund", "", "a very long question " * 60, "🙂 取消订阅"]
    together = minilm.encode(texts)
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, minilm.encode([text])[0])


def test_all_views_of_a_text_are_one(minilm: MiniLm) -> None:
    rows = minilm.encode(["Where is my Money?", "where is my money", "¿WHERE IS MY MONEY?!"])
    assert np.array_equal(rows, rows[[0, 0, 0]])


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("Why can't I log in?", True),
        ("reset my password", True),
        ("forgot my pasword, please help", True),
        ("Wie kündige ich mein Abo?", False),
        ("der bot ist nicht da", False),
        ("come posso cancellare il mio abbonamento", False),
        ("取消订阅", False),
        ("12345", False),
        ("", False),
    ],
)
def test_english_is_told_by_its_words(minilm: MiniLm, text: str, is_english: bool) -> None:
    assert minilm.is_english(text) is is_english


def test_the_desk_uses_it_for_english_with_english(minilm: MiniLm, tmp_path: Path) -> None:
    chosen, bundled = choose("english"), choose("bundled")
    assert chosen
    assert bundled
    assert describe(chosen) == "meaning (the bundled encoder, and MiniLM for English)"
    kept = KeptVectors(chosen, tmp_path / "vectors.npz")
    with kept.learning():
        both = FaqMatcher(QUESTIONS, encoder=kept)
    usual = FaqMatcher(QUESTIONS, encoder=bundled)
    asked = "i would like to terminate my plan"
    assert entries(both.match(asked))[0] == "cancel"
    assert both.match(asked).fit > usual.match(asked).fit
    ours, theirs = (one.match("wo bleibt meine auszahlung") for one in (both, usual))
    assert entries(ours) == entries(theirs)
    assert ours.fit == pytest.approx(theirs.fit, abs=1e-4)


def test_it_is_read_from_a_folder_as_well(minilm: MiniLm, tmp_path: Path) -> None:
    (tmp_path / "it s here").mkdir()
    for name, path in zip((MODEL, WORDS), find_files(), strict=True):
        (tmp_path / "it s here" / name).symlink_to(path)
    chosen = choose(f"english:{tmp_path / 'it s here'}")
    assert chosen
    assert np.array_equal(
        chosen.encode(["where is my money"])[:, -384:], minilm.encode(["where is my money"])
    )
    (tmp_path / WORDS).symlink_to(find_files()[1])
    (tmp_path / MODEL).write_bytes(b"no model")
    for broken in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(NoEncoder, match=r"no model can be loaded from .*It takes model\.onnx"):
            choose(f"english:{broken}")
