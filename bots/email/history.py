"""Pure: what somebody wrote in answer to a letter of ours, without our letter below it.

What they wrote between our lines stays.
"""

import re
from itertools import pairwise

MARK = "##- \N{UPWARDS ARROW} -##"
"""Stands above each letter of ours: in any language, what is above it is the answer."""
MARKED = re.compile(r"##-[^\S\n]{0,3}\S{0,9}[^\S\n]{0,3}-##")
"""As it comes back from programs without our signs."""
QUOTED = re.compile(r"[ \t]{0,3}>")
PREFIX = re.compile(r"^(?:[ \t]{0,3}> ?)++")
SIGNATURE = "-- "
ORIGINAL = re.compile(r"\s*(?:-{3,}\s*[^\W\d_][^-]{2,60}-{3,}|_{20,})\s*")
"""`-----Original Message-----` in any language, and Outlook's rule."""
HEADER = re.compile(r"\s*\*?[^\W\d_][^:\n*]{0,24}\*?\s?[:：]\*?\s*\S.*")
FEWEST = 3
"""Lines of the kind `From: …` that make the head of a letter."""
INTRODUCTION = re.compile(r".*(?:\d|@).*[:：]\s*", re.DOTALL)
"""`On 1 May 2026 Ann <ann@example.com> wrote:` in any language: a date or an address, a colon."""
LONGEST = 3
"""Lines of an introduction, broken by a program."""


def cut_history(text: str, ours: str) -> str:
    """Empty when nothing of their own is there. `ours` is the address that stands in the head of
    our letter where it is quoted.
    """
    lines = text.split("\n")
    own = lines[: find_original(lines, ours)]
    kept = drop_introductions(own)
    said = "\n".join(line for line in kept if not QUOTED.match(line))
    said = re.sub(r"\n{3,}", "\n\n", cut_signature(said)).strip("\n")
    return said if said.strip() else ""


def without_signs(text: str) -> str:
    """All of it, as if nothing were quoted."""
    lines = text.split("\n")
    return "\n".join(PREFIX.sub("", line) for line in lines if not is_mark(line)).strip("\n")


def find_original(lines: list[str], ours: str) -> int:
    """Where our letter begins that stands there without signs before its lines; else the end."""
    for at, line in enumerate(lines):
        if not QUOTED.match(line) and (is_mark(line) or ORIGINAL.fullmatch(line)):
            return skip_introduction(lines, at)
        if is_head(lines, at, ours):
            return at
    return len(lines)


def is_mark(line: str) -> bool:
    return MARKED.search(line) is not None


def is_head(lines: list[str], at: int, ours: str) -> bool:
    """Some lines like headers, one of which has our address: no form that somebody filled in."""
    head = lines[at : at + FEWEST]
    if len(head) < FEWEST or not all(len(one) < 500 and HEADER.fullmatch(one) for one in head):
        return False
    return any(ours in one.lower() for one in head)


def drop_introductions(lines: list[str]) -> list[str]:
    """The words before a quotation which say whose it is."""
    dropped: set[int] = set()
    for at, (line, following) in enumerate(pairwise(lines), 1):
        if QUOTED.match(following) and not QUOTED.match(line):
            dropped.update(range(skip_introduction(lines, at), at))
    return [line for at, line in enumerate(lines) if at not in dropped]


def skip_introduction(lines: list[str], end: int) -> int:
    """Where it begins; `end` when there is none."""
    last = end
    while last and end - last < 2 and not lines[last - 1].strip():
        last -= 1
    for start in range(last - 1, max(last - 1 - LONGEST, -1), -1):
        if not lines[start].strip() or len(lines[start]) > 500:
            break
        said = "\n".join(lines[start:last])
        if INTRODUCTION.fullmatch(said) and said.count("<") >= said.count(">"):
            return start
    return end


def cut_signature(text: str) -> str:
    """Behind two hyphens and a blank, alone on a line (RFC 3676, section 4.3)."""
    head, found, _ = f"\n{text}".partition(f"\n{SIGNATURE}\n")
    return head[1:] if found else text
