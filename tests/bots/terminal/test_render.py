"""What a person is shown at a terminal."""

import pytest

from bots.terminal.render import to_text
from core.messages import Address, Outbound

HERE = Address("terminal", "local", "kim")


@pytest.mark.parametrize(
    ("title", "colours", "shown"),
    [
        ("", False, "Words\nof two lines\tand a tab"),
        ("", True, "Words\nof two lines\tand a tab"),
        ("Title", False, "Title\nWords\nof two lines\tand a tab"),
        ("Title", True, "\x1b[1mTitle\x1b[0m\nWords\nof two lines\tand a tab"),
    ],
)
def test_a_title_stands_above_and_is_bold_only_where_that_can_be_seen(
    title: str, colours: bool, shown: str
) -> None:
    said = Outbound(HERE, "Words\nof two lines\tand a tab", title)
    assert to_text(said, colours=colours) == shown


STEERING = [*range(0x20), *range(0x7F, 0xA0)]


@pytest.mark.parametrize("code", [code for code in STEERING if chr(code) not in "\t\n"])
@pytest.mark.parametrize("colours", [False, True])
def test_nobodys_words_steer_the_terminal(code: int, *, colours: bool) -> None:
    words = f"a{chr(code)}[2Jb"
    shown = to_text(Outbound(HERE, words, words), colours=colours)
    ours = shown.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert ours == "a�[2Jb\na�[2Jb"
    assert shown.count("\x1b") == (2 if colours else 0)
