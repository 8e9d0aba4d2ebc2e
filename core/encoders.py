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
                "Install the desk as frontdesk[transformers], or leave the setting out"
            ) from None
        try:
            self._model = library.SentenceTransformer(name, device="cpu")
        except Exception as error:  # what the library and its downloads raise is no promise
            raise NoEncoder(
                f"FRONTDESK_FAQ__ENCODER: there is no model {name} that can be loaded "
                f"({type(error).__name__}). Give the folder of a model, or the name of one that "
                "this machine can download"
            ) from error
        self.form = OTHER + name

    def encode(self, texts: Sequence[str]) -> Vectors:
        some = list(texts) or [""]  # of no texts, the library forgets how wide a row is
        vectors = self._model.encode(some, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)[: len(texts)]


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
