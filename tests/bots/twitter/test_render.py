"""What is said, in X's plain words."""

import pytest

from bots.twitter.render import to_text
from core.messages import Address, Choice, Outbound

ANN = Address("x", "100", "1001")


@pytest.mark.parametrize(
    ("outbound", "text"),
    [
        (Outbound(ANN, "hello"), "hello"),
        (Outbound(ANN, "hello", "Title"), "Title\n\nhello"),
        (Outbound(ANN, "hello", " "), "hello"),
        (
            Outbound(ANN, "Which?", choices=(Choice("One", "1"), Choice("Two", "2"))),
            "Which?\n\n1. One\n2. Two",
        ),
    ],
)
def test_words(outbound: Outbound, text: str) -> None:
    assert to_text(outbound) == text
