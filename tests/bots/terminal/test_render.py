"""What a person is shown at a terminal."""

import pytest

from bots.terminal.render import to_text
from bots.terminal.saving import Saved


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
    assert to_text(title, "Words\nof two lines\tand a tab", colours=colours) == shown


STEERING = [*range(0x20), *range(0x7F, 0xA0)]


@pytest.mark.parametrize("code", [code for code in STEERING if chr(code) not in "\t\n"])
@pytest.mark.parametrize("colours", [False, True])
def test_nobodys_words_steer_the_terminal(code: int, *, colours: bool) -> None:
    words = f"a{chr(code)}[2Jb"
    shown = to_text(words, words, colours=colours)
    ours = shown.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert ours == "a�[2Jb\na�[2Jb"
    assert shown.count("\x1b") == (2 if colours else 0)


@pytest.mark.parametrize(
    ("size", "shown"), [(999, "999 bytes"), (1_500, "1.5 kB"), (2_340_000, "2.3 MB")]
)
def test_a_file_is_named_with_its_size_and_where_it_lies(size: int, shown: str) -> None:
    saved = Saved("a\x1b\nb.png", size, "/data/x-a.png")
    assert to_text("", "", saved, colours=True) == f"📎 a� b.png ({shown}) saved as /data/x-a.png"
