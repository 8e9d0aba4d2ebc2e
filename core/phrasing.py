"""When two wordings are the same wording: one cleaned form to compare, index and encode."""

import re
import unicodedata

LONGEST = 1000
"""Characters of a question that are looked at: what comes after them is a story, not a question."""

END = " .?!,;:…·~。？！،؛؟।"
BEGIN = " ¿¡"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def clean(text: str) -> str:
    """At most `LONGEST` characters as a person sees them: no controls, no half characters, no
    invisible formatting, single spaces.
    """
    text = unicodedata.normalize("NFKC", _UNPRINTABLE.sub(" ", text[:LONGEST]))[:LONGEST]
    seen = (c for c in text if unicodedata.category(c) != "Cf")
    return " ".join("".join(seen).split())


def key(cleaned: str) -> str:
    """What is equal for wordings that differ only in case and punctuation at the ends. Empty only
    if `cleaned` is.
    """
    folded = unicodedata.normalize("NFKC", cleaned.casefold())
    return bare(folded) or folded


def bare(text: str) -> str:
    """`text` without the punctuation around it."""
    return text.lstrip(BEGIN).rstrip(END)
