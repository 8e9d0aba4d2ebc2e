"""Which encoder the desk listens with: the one that comes with it, alone or with one of English at
its side; another that the operator has installed; or none.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from core.encoder import Encoder, Vectors, load_encoder
from core.english import WithEnglish
from core.minilm import MODEL, WORDS, MiniLm, find_files

BUNDLED, ENGLISH, NONE, OTHER = "bundled", "english", "none", "sentence-transformers:"


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


def load_minilm(folder: str) -> MiniLm:
    """From the packages, or from a folder with `model.onnx` and `tokenizer.json`."""
    try:
        files = (Path(folder, MODEL), Path(folder, WORDS)) if folder else find_files()
        model = MiniLm(*files)
        model.encode([])  # what it knows the width of, it can read
    except ImportError:
        raise NoEncoder(
            "FRONTDESK_FAQ__ENCODER: the encoder of English is not installed, or not as it was "
            "tested. Install the desk as frontdesk[english], or leave the setting out"
        ) from None
    except Exception as error:  # what the libraries raise of broken files is no promise
        raise NoEncoder(
            f"FRONTDESK_FAQ__ENCODER: no model can be loaded from {folder or 'its packages'} "
            f"({type(error).__name__}). It takes {MODEL} and {WORDS} of all-MiniLM-L6-v2"
        ) from error
    return model


def choose(setting: str, kept: Path | None = None) -> Encoder | None:
    """The encoder that a setting names: `bundled`, `english`, `english:FOLDER`, `none`, or
    `sentence-transformers:NAME`. None where there is none: questions are then matched by spelling.
    In the folder `kept` the bundled one is kept as it is soonest loaded. Raises `NoEncoder`.
    """
    if setting.startswith(OTHER):
        return SentenceTransformer(setting.removeprefix(OTHER))
    bundled = load_encoder(kept) if setting != NONE else None
    name, _, folder = setting.partition(":")
    return WithEnglish(bundled, load_minilm(folder)) if bundled and name == ENGLISH else bundled


def without_english(encoder: Encoder | None) -> Encoder | None:
    """The encoder of all languages alone, in whose likeness of texts English has no extra say."""
    return encoder.usual if isinstance(encoder, WithEnglish) else encoder


def describe(encoder: Encoder | None) -> str:
    """What likeness rests on, in words for operators."""
    if encoder is None:
        return "spelling alone"
    if isinstance(encoder, WithEnglish):
        return "meaning (the bundled encoder, and MiniLM for English)"
    name = getattr(encoder, "form", "")
    return f"meaning ({name})" if name.startswith(OTHER) else "meaning (the bundled encoder)"
