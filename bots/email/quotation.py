"""Pure: our letter as it stands in an answer to it, and what somebody wrote between its lines."""

import re

from bots.email.history import (
    MARKED,
    PREFIX,
    QUOTED,
    cut_history,
    find_original,
    is_mark,
    without_signs,
)

SIGN = re.compile(r"[ \t]{0,3}([^\s>]{1,6}>?)[ \t]*")
"""With which some programs quote: a bar, a colon, somebody's initials."""


def divide_answer(text: str, ours: str) -> tuple[str, str]:
    """What they wrote, and our letter as they show it. Where nothing else is there our letter is
    what they wrote, too: they may have filled it in. `ours` is our address.
    """
    text = with_usual_signs(text)
    quoted = find_quotation(text, ours)
    return cut_history(text, ours) or quoted.strip("\n") or without_signs(text), quoted


def with_usual_signs(text: str) -> str:
    """Quoted with `>` also where our mark tells that another sign was used."""
    mark = MARKED.search(text)
    before = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()] if mark else ""
    sign = SIGN.fullmatch(before)
    if sign is None:
        return text
    unusual = re.compile(rf"^[ \t]{{0,3}}{re.escape(sign[1])}", re.MULTILINE)
    return unusual.sub(">", text) if len(unusual.findall(text)) > 1 else text


def find_quotation(text: str, ours: str) -> str:
    """From our mark to our last line, without signs; below all of them is an answer like that above
    them. Of several letters the first is meant, which is the newest. `ours` is our address.
    """
    lines = text.split("\n")
    original = find_original(lines, ours)
    at = [number for number, line in enumerate(lines) if number >= original or QUOTED.match(line)]
    shown = [PREFIX.sub("", line) for line in lines[at[0] : at[-1] + 1]] if at else []
    marks = [number for number, line in enumerate(shown) if is_mark(line)]
    if not marks and original < len(lines):
        return ""
    first, end = [*(mark + 1 for mark in marks), 0][0], [*marks[1:], len(shown)][0]
    return "\n".join(shown[first:end])
