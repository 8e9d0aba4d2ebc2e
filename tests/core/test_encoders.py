"""Another encoder behind the same seam."""

import sys
from collections.abc import Sequence
from types import ModuleType

import numpy as np
import pytest

from core.encoder import Vectors, load_encoder
from core.encoders import NoEncoder, choose
from core.faq_matcher import FaqMatcher
from tests.core.faq_desk import QUESTIONS, entries


class Letters:
    """A small encoder that works: how often each letter stands in a text."""

    def __init__(self, name: str, device: str) -> None:
        assert (name, device) == ("letters", "cpu")

    def encode(self, texts: Sequence[str], normalize_embeddings: bool) -> Vectors:
        assert normalize_embeddings
        counts = [[text.lower().count(chr(97 + at)) + 0.01 for at in range(26)] for text in texts]
        rows = np.array(counts, np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_the_bundled_encoder_or_none_are_had_by_name() -> None:
    assert choose("bundled") is load_encoder()
    assert choose("none") is None


def test_an_installed_model_is_used_behind_the_same_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("sentence_transformers")
    library.__dict__["SentenceTransformer"] = Letters
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    matcher = FaqMatcher(QUESTIONS, encoder=choose("sentence-transformers:letters"))
    assert entries(matcher.match("my video won't upload at all"))[0] == "upload"
    matcher.refine()
    assert entries(matcher.match("my video won't upload at all"))[0] == "upload"


def test_a_model_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(NoEncoder, match="sentence-transformers is not installed"):
        choose("sentence-transformers:letters")
