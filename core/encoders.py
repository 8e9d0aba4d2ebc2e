"""Which encoder the desk listens with: the one that comes with it, another that the operator has
installed, or none.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from core.encoder import Encoder, Vectors, load_encoder

BUNDLED, NONE, OTHER = "bundled", "none", "sentence-transformers:"


class NoEncoder(Exception):
    """The encoder that was asked for cannot be had; the words say what to do."""


class SentenceTransformer:
    """Any model of the package sentence-transformers, by name or folder. Measured constants are
    those of the bundled encoder: with another, confidence is less sure.
    """

    def __init__(self, name: str) -> None:
        try:
            library: Any = import_module("sentence_transformers")
        except ImportError:
            raise NoEncoder(
                "FRONTDESK_FAQ__ENCODER: the package sentence-transformers is not installed. "
                "Install it beside the desk, or leave the setting out"
            ) from None
        self.form = OTHER + name
        self._model = library.SentenceTransformer(name, device="cpu")

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode(list(texts), normalize_embeddings=True)
        return np.asarray(vectors, np.float32)


def choose(setting: str) -> Encoder | None:
    """The encoder that a setting names: `bundled`, `none`, or `sentence-transformers:NAME`. None
    where there is none: questions are then matched by spelling. Raises `NoEncoder`.
    """
    if setting.startswith(OTHER):
        return SentenceTransformer(setting.removeprefix(OTHER))
    return load_encoder() if setting == BUNDLED else None


def describe(encoder: Encoder | None) -> str:
    """What likeness rests on, in words for operators."""
    if encoder is None:
        return "spelling alone"
    name = getattr(encoder, "form", "")
    return f"meaning ({name})" if name.startswith(OTHER) else "meaning (the bundled encoder)"
