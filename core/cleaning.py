"""What people wrote, made fit to store, to show on one line, and to send in parts.

Pure, in linear time. What is cut is cut between graphemes: what people see as one character.
"""

from bisect import bisect_right
from itertools import accumulate
from unicodedata import normalize

import regex

LONGEST_NAME = 150
"""Characters of a file's name that are shown."""
LONGEST_PATH = 4000
LONGEST_EXTENSION = 20

EMOJI = r"\p{Extended_Pictographic}"
MARK = r"\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}"

NOT_STORED = regex.compile(r"[\x00\p{Cs}]")
CONTROL = regex.compile(r"(?![\n\t])\p{Cc}")
# All format characters but a joiner that stands between emoji.
UNSEEN = regex.compile(
    rf"[^\P{{Cf}}\u200d]|(?<![{EMOJI}\p{{Emoji_Modifier}}\ufe0f])\u200d|\u200d(?!{EMOJI})"
)
# \X alone counts all flags before each flag: a time squared.
GRAPHEME = regex.compile(rf"\p{{Regional_Indicator}}{{2}}[{MARK}]*+|\X")
# Where the rules need no more than two characters to see a border.
PLAIN_BORDER = regex.compile(r"(?r)(?<=\p{GCB=Other})(?=\p{GCB=Other})")
BLANK = regex.compile(rf"(?:\s(?![{MARK}]))*+")
PARAGRAPH = regex.compile(r"(?r)\n[ \t\r]*\n")
LINE = regex.compile(r"(?r)\r?\n")
SENTENCE = regex.compile(rf"""(?r)(?<=[.!?…]["')\]”»]?)\s|(?<=[。！？])(?=[^{MARK}\p{{Pe}}])""")
WORD = regex.compile(r"(?r)(?<!\p{GCB=Prepend})\s")

OTHER = regex.compile(r"\p{C}")
SLASH = regex.compile(r"[/\\]")
QUOTE = regex.compile(r"[\"'`]")
RESERVED = regex.compile(r"[<>:|?*]")
DEVICE = regex.compile(r"(?:con|prn|aux|nul|con(?:in|out)\$|(?:com|lpt)\d) *(?:\.|$)", regex.I)


def clean_text(text: str) -> str:
    """`text` as any database takes it: U+FFFD for NUL and for half characters (PostgreSQL stores
    neither), no other controls but line breaks (all as `\\n`) and tabs, no blank lines at the end.
    """
    text = NOT_STORED.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL.sub("", text)
    seen = text.rstrip()
    return seen + text[len(seen) :].partition("\n")[0] if seen else ""


def clean_line(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters, without what is not seen: no bidirectional
    overrides, no zero-width characters but those that join emoji.
    """
    return cut(" ".join(UNSEEN.sub("", clean_text(text)).split()), limit)


def clean_file_name(name: str) -> str:
    """A file's name to show: no path, quotes, controls or leading dots, no name of a device, its
    extension kept; `file` where nothing is left.

    What is not seen goes first, so that nothing hides behind it (CVE-2026-28289). Never a name to
    store under.
    """
    seen = normalize("NFKC", OTHER.sub("", name)[-LONGEST_PATH:])
    parts = [part for part in SLASH.split(seen) if part.strip(". ")]
    last = RESERVED.sub("_", QUOTE.sub("", parts[-1])) if parts else ""
    shown = cut_name(" ".join(last.split()).strip(". "))
    return f"_{shown}" if DEVICE.match(shown) else shown or "file"


def cut_name(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > LONGEST_EXTENSION:
        stem, dot, extension = name, "", ""
    stem = cut(stem, LONGEST_NAME - len("_" + dot + extension))
    return stem.rstrip(". ") + dot + extension


def cut(text: str, limit: int) -> str:
    return text[: last_border(text, 0, limit)].rstrip() if len(text) > limit else text


def split_text(text: str, limit: int, utf16: bool = False) -> list[str]:
    """Parts of at most `limit` characters, or UTF-16 units: cut before a paragraph, else a line, a
    sentence, a word, a grapheme. Nothing is lost but white space at the cuts.

    Raises `ValueError` for a limit under 2, which not every character fits.
    """
    if limit < 2:
        raise ValueError(f"a part has at least 2 characters, not {limit}")
    parts = []
    at = 0
    while (end := reach(text, at, limit, utf16)) < len(text):
        end = find_cut(text, at, end)
        parts.append(text[at:end].rstrip())
        at = skip_blank(text, end)
    return [part for part in (*parts, text[at:]) if part]


def skip_blank(text: str, start: int) -> int:
    blank = BLANK.match(text, start)
    return blank.end() if blank else start


def reach(text: str, start: int, limit: int, utf16: bool) -> int:
    """Where a part that begins at `start` has to end."""
    if not utf16 or text.isascii():
        return start + limit
    sizes = (2 if sign > "\uffff" else 1 for sign in text[start : start + limit])
    return start + bisect_right(list(accumulate(sizes)), limit)


def find_cut(text: str, start: int, end: int) -> int:
    """The best place for a cut in the second half; between words anywhere."""
    half = max((start + end) // 2, start + 1)
    for border, first in (PARAGRAPH, half), (LINE, half), (SENTENCE, half), (WORD, start + 1):
        if found := border.search(text, first, end + 1):
            return int(found.start())
    return last_border(text, start, end)


def last_border(text: str, start: int, end: int) -> int:
    """The last border of graphemes up to `end`; `end` if one grapheme is longer than that."""
    plain = PLAIN_BORDER.search(text, start + 1, end + 1)
    last = plain.start() if plain else start
    for found in GRAPHEME.finditer(text, last, end + 1):
        if found.end() <= end:
            last = found.end()
    return last if last > start else end
