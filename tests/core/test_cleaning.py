"""What people wrote is made fit to store, to show and to send, and loses nothing else."""

import time
import unicodedata

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from core.cleaning import clean_file_name, clean_line, clean_text, split_text

ANY = st.text(st.characters(exclude_categories=[]))
FAMILY = "👨\u200d👩\u200d👧"
PIECES = ["a", "ä", "e\u0301", FAMILY, "👍🏽", "❤\ufe0f", "🇩🇪", "क्ष", "한", " ", "  ", "\n", "\n\n"]
PIECES += [". ", "。", "! ", " \u0301", "\r\n", "word", "ab\u200dc", "\t", "。」"]
MIXED = st.lists(st.sampled_from(PIECES), max_size=120).map("".join)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def borders(text: str) -> set[int]:
    return {0, *(found.end() for found in regex.finditer(r"\X", text))}


def without_space(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b\ud800c", "a\ufffdb\ufffdc"),
        ("a\x07\x1b[31mb\x9b\x7f", "a[31mb"),
        ("a\r\nb\rc\n\td", "a\nb\nc\n\td"),
        ("text \n\n \n", "text "),
        (" \n\t\n", ""),
        ("\n  indented", "\n  indented"),
    ],
)
def test_what_no_database_takes_is_replaced_or_dropped(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    "text", ["Z\u0335\u0321a\u0301lgo", "\u202eabc\u202c", FAMILY, "می\u200cخواهم", "\ufffe"]
)
def test_all_else_is_kept(text: str) -> None:
    assert clean_text(text) == text


@given(ANY)
def test_a_clean_text_can_be_stored_and_stays_clean(text: str) -> None:
    clean = clean_text(text)
    clean.encode()
    assert "\x00" not in clean
    assert {sign for sign in clean if unicodedata.category(sign) == "Cc"} <= {"\n", "\t"}
    assert clean_text(clean) == clean


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("  Anna\r\n\tMaria  ", 80, "Anna Maria"),
        ("\u202eevil\u2066\u200b\ufeffname\u00ad", 80, "evilname"),
        (f"a\u200db {FAMILY}", 80, f"ab {FAMILY}"),
        ("❤\ufe0f\u200d🔥 👩🏽\u200d💻", 80, "❤\ufe0f\u200d🔥 👩🏽\u200d💻"),
        ("\u200b\u2060", 80, ""),
        ("ab" + FAMILY, 4, "ab"),
        ("abe\u0301", 3, "ab"),
        ("a" + "\u0301" * 50, 10, "a" + "\u0301" * 9),
        ("one two", 4, "one"),
        ("", 0, ""),
    ],
)
def test_a_line_shows_only_what_is_seen(text: str, limit: int, line: str) -> None:
    assert clean_line(text, limit) == line


@given(ANY, st.integers(0, 40))
def test_a_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert line == " ".join(line.split())
    assert {sign for sign in line if unicodedata.category(sign)[0] == "C"} <= {"\u200d"} | {
        sign for sign in line if unicodedata.category(sign) in ("Cn", "Co")
    }


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo 1.jpg", "photo 1.jpg"),
        ("Über uns 🎉.pdf", "Über uns 🎉.pdf"),
        ("\u200b.htaccess", "htaccess"),
        (".\u2060.\ufeff.htaccess", "htaccess"),
        ("…htaccess", "htaccess"),
        ("a.jpg\u200b.php", "a.jpg.php"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("a\uff0fb\uff3cc.txt", "c.txt"),
        ("folder/..", "folder"),
        ("a\"b'c`d\r\nSet-Cookie: x.txt", "abcdSet-Cookie_ x.txt"),
        ("C:evil.txt", "C_evil.txt"),
        ("CON", "_CON"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("Com¹ .txt", "_Com1.txt"),
        ("CO\u200bN.txt", "_CON.txt"),
        ("console.txt", "console.txt"),
        ("evil.exe. . ", "evil.exe"),
        ("\ud83d.png", "png"),
        ("\x00\u202e", "file"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_file_name_hides_nothing_and_leads_nowhere(name: str, shown: str) -> None:
    assert clean_file_name(name) == shown


@pytest.mark.parametrize("stem", ["x", "e\u0301", FAMILY, "🇩🇪"])
def test_a_long_file_name_keeps_its_extension_and_whole_graphemes(stem: str) -> None:
    shown = clean_file_name(stem * 1000 + ".tar.jpeg")
    assert 135 <= len(shown) <= 150
    assert shown.endswith(".jpeg")
    whole = unicodedata.normalize("NFKC", stem).replace("\u200d", "")
    cut = shown.removesuffix(".jpeg")
    assert set(regex.findall(r"\X", cut)) <= set(regex.findall(r"\X", whole))


@given(ANY)
def test_any_file_name_becomes_a_harmless_one(name: str) -> None:
    shown = clean_file_name(name)
    assert 0 < len(shown) <= 150
    assert not shown.startswith((".", " "))
    assert not shown.endswith((".", " "))
    assert not regex.search(r"[\p{C}\"'/\\]", shown)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("short", ["short"]),
        ("one two three\n\nfour five six", ["one two three", "four five six"]),
        ("one two three\nfour five six", ["one two three", "four five six"]),
        ("I am here. You are there", ["I am here.", "You are there"]),
        ("alpha beta gamma delta", ["alpha beta gamma", "delta"]),
        ("你好" * 6 + "。" + "世界" * 5, ["你好" * 6 + "。", "世界" * 5]),
        ("a" * 45, ["a" * 20, "a" * 20, "a" * 5]),
        ("x" + " " * 60 + "y", ["x", "y"]),
        ("a " + "b" * 30, ["a", "b" * 20, "b" * 10]),
    ],
)
def test_a_long_text_is_cut_where_a_reader_would(text: str, parts: list[str]) -> None:
    assert split_text(text, 20) == parts


def test_utf_16_counts_an_emoji_twice() -> None:
    assert split_text("👍" * 5, 4) == ["👍" * 4, "👍"]
    assert split_text("👍" * 5, 4, utf16=True) == ["👍" * 2, "👍" * 2, "👍"]
    assert split_text("👍a👍a", 4, utf16=True) == ["👍a", "👍a"]


def test_a_grapheme_longer_than_a_part_is_cut_hard() -> None:
    text = "a" + "\u0301" * 99
    assert [len(part) for part in split_text(text, 30)] == [30, 30, 30, 10]
    assert "".join(split_text(text, 30)) == text


def test_a_limit_that_no_emoji_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        split_text("👍", 1, utf16=True)


@given(MIXED, st.integers(12, 40), st.booleans())
def test_parts_fit_and_keep_all_and_end_between_graphemes(
    text: str, limit: int, utf16: bool
) -> None:
    assume(max(map(units, regex.findall(r"\X", text)), default=0) <= limit)
    parts = split_text(text, limit, utf16)
    fits = [(units(part) if utf16 else len(part)) <= limit for part in parts]
    assert all(fits)
    assert without_space("".join(parts)) == without_space(text)
    at = 0
    for part in parts:
        at = text.index(part, at)
        assert {at, at + len(part)} <= borders(text)
        at += len(part)


@given(ANY, st.integers(2, 30), st.booleans())
def test_any_text_is_split_without_loss(text: str, limit: int, utf16: bool) -> None:
    parts = split_text(text, limit, utf16)
    assert all(0 < (units(part) if utf16 else len(part)) <= limit for part in parts)
    assert without_space("".join(parts)) == without_space(text)


@pytest.mark.alone
@pytest.mark.parametrize("utf16", [False, True])
@pytest.mark.parametrize(
    "text",
    ["Grüße aus Köln. " * 62_500, "ä" * 1_000_000, "a" + "\u0301" * 1_000_000, " \u0301" * 500_000],
    ids=["words", "one word", "marks", "marks on spaces"],
)
def test_a_megabyte_is_split_in_under_half_a_second(text: str, utf16: bool) -> None:
    start = time.process_time()
    parts = split_text(text, 4096, utf16)
    assert time.process_time() - start < 0.5
    assert len(parts) >= len(text) // 4096


@pytest.mark.parametrize(
    "text",
    [FAMILY * 200_000, "🇩🇪" * 500_000, "\r\n" * 500_000, "\u200b" * 1_000_000, "x\n \n" * 250_000],
    ids=["families", "flags", "breaks", "zero width", "short lines"],
)
def test_no_text_makes_the_time_more_than_linear(text: str) -> None:
    start = time.process_time()
    split_text(text, 4096, utf16=True)
    clean_line(clean_text(text), 80)
    clean_file_name(text)
    assert time.process_time() - start < 3
