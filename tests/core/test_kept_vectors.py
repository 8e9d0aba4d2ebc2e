"""An encoder with a memory on disk."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from core.kept_vectors import KeptVectors, Vectors, read


class Counting:
    """Encodes a text by its length, and counts."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_what_was_learnt_once_is_not_encoded_again(tmp_path: Path) -> None:
    first = KeptVectors(Counting(), tmp_path / "vectors.npz")
    with first.learning():
        learnt = first.encode(["one", "three", "one"])
    again = Counting()
    second = KeptVectors(again, tmp_path / "vectors.npz")
    with second.learning():
        assert np.array_equal(second.encode(["one", "three", "one"]), learnt)
        second.encode(["fourteen"])
    assert again.encoded == ["fourteen"]


def test_nobodys_question_is_ever_kept(tmp_path: Path) -> None:
    kept = KeptVectors(Counting(), tmp_path / "vectors.npz")
    with kept.learning():
        kept.encode(["a phrasing"])
    kept.encode(["a private matter"])
    with kept.learning():
        kept.encode(["a phrasing"])
    assert b"private" not in (tmp_path / "vectors.npz").read_bytes().replace(b"\0", b"")


def test_what_is_asked_while_something_is_learnt_is_not_kept(tmp_path: Path) -> None:
    kept = KeptVectors(Counting(), tmp_path / "vectors.npz")
    with kept.learning(), ThreadPoolExecutor(1) as others:
        kept.encode(["a phrasing"])
        others.submit(kept.encode, ["a private matter"]).result()
    assert list(read(tmp_path / "vectors.npz")) == ["a phrasing"]


def test_a_look_into_the_file_leaves_it_as_it_is(tmp_path: Path) -> None:
    kept = KeptVectors(Counting(), tmp_path / "vectors.npz")
    with kept.learning():
        kept.encode(["a phrasing"])
    other = KeptVectors(Counting(), tmp_path / "vectors.npz")
    with other.learning(keep=False):
        other.encode(["something else"])
    assert list(read(tmp_path / "vectors.npz")) == ["a phrasing"]


def test_what_is_no_longer_asked_for_is_forgotten(tmp_path: Path) -> None:
    counting = Counting()
    kept = KeptVectors(counting, tmp_path / "vectors.npz")
    for texts in (["old", "stays"], ["stays"], ["old", "stays"]):
        with kept.learning():
            kept.encode(texts)
    assert counting.encoded == ["old", "stays", "old"]


def test_a_damaged_file_costs_time_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    for damage in (b"", b"PK\x03\x04 broken", b"no archive at all"):
        path.write_bytes(damage)
        kept = KeptVectors(Counting(), path)
        with kept.learning():
            assert kept.encode(["one"]).tolist() == [[3.0, 1.0]]


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = KeptVectors(Counting(), tmp_path / "file" / "vectors.npz")
    with kept.learning():
        assert kept.encode(["one"]).shape == (1, 2)
