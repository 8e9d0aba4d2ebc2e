"""Pure: our letter as it stands in an answer to it, and what somebody wrote between its lines."""

import re

from bots.email.history import MARKED, PREFIX, QUOTED, find_original, is_mark

OTHER_SIGN = re.compile(r"[ \t]{0,3}([|:])(?:[|: \t])*")
"""With which some programs quote."""


def with_usual_signs(text: str) -> str:
    """Quoted with `>` also where our mark tells that another sign was used."""
    mark = MARKED.search(text)
    before = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()] if mark else ""
    sign = OTHER_SIGN.fullmatch(before)
    if sign is None:
        return text
    return re.sub(rf"^[ \t]{{0,3}}{re.escape(sign[1])}", ">", text, flags=re.MULTILINE)


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
