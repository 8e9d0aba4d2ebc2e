"""When two wordings are the same wording: one cleaned form to compare, index and encode."""

import re
import unicodedata

LONGEST = 600
"""Bytes of a question, in UTF-8, that are looked at: about a hundred words. It bounds the time that
one text can take in any script.
"""

END = " .?!,;:…·~。？！،؛؟।"
BEGIN = " ¿¡"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def clean(text: str) -> str:
    """The first `LONGEST` bytes as a person sees them: no controls, no half characters, nothing
    invisible, single spaces.
    """
    text = unicodedata.normalize("NFKC", _UNPRINTABLE.sub(" ", text[:LONGEST]))
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    start = " ".join(seen.split()).encode()[:LONGEST]
    return start.decode(errors="ignore").rstrip()


def key(cleaned: str) -> str:
    """What is equal for wordings that differ only in case and punctuation at the ends. Empty only
    if `cleaned` is.
    """
    folded = unicodedata.normalize("NFKC", cleaned.casefold())
    return bare(folded) or folded


def bare(text: str) -> str:
    """`text` without the punctuation around it."""
    return text.lstrip(BEGIN).rstrip(END)
