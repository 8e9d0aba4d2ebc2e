"""Parts of a file, so that a download goes on where it broke off, and a film can be sought in:
https://www.rfc-editor.org/rfc/rfc9110#section-14.
"""

import re
from collections.abc import Mapping

BYTES = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


def wanted_part(headers: Mapping[str, str], size: int, tag: str) -> range | None:
    """Which bytes of `size` are asked for, without any when they lie behind the end; None for all.
    That is also the answer to several parts at once, to what is no range, and to whoever has the
    beginning of another file.
    """
    found = BYTES.fullmatch(headers.get("Range", ""))
    if found is None or headers.get("If-Range", tag) != tag:
        return None
    first, last = (int(digits) if digits else None for digits in found.groups())
    if first is None:
        return None if last is None else range(max(size - last, 0), size)
    if last is not None and last < first:
        return None
    return range(first, size if last is None else min(last + 1, size))
