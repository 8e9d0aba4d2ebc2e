"""Pure: text whose lines were broken only to be sent (`format=flowed`, RFC 3676) -> as it was
written.
"""

import re
from collections.abc import Mapping

SIGNS = re.compile(r">*")
SIGNATURE = "-- "


def is_flowed(params: Mapping[str, str]) -> bool:
    return params.get("format", "").strip().lower() == "flowed"


def unflow(text: str, *, delete_space: bool) -> str:
    """A line that ends with a blank goes on in the next one of the same depth; the blank is only
    there for that with `delete_space`. A blank at the beginning was put there to keep a `>` that
    somebody wrote from being a sign of quoting.
    """
    done: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(SIGNS.match(line)[0])  # type: ignore[index]  # it fits everything
        words = line[depth:].removeprefix(" ")
        goes_on = words.endswith(" ") and words != SIGNATURE
        kept = words[:-1] if goes_on and delete_space else words
        if not depth and kept.startswith(">"):
            kept = f"    {kept}"  # so far in, nobody takes it for a sign of quoting
        if depth == open_depth and words != SIGNATURE:
            done.append(kept)
        else:
            signs = f"{'>' * depth} " if depth else ""
            done.append(f"\n{signs}{kept}")
        open_depth = depth if goes_on else -1
    return "".join(done).removeprefix("\n")
