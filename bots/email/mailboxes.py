"""Pure: mail addresses, as they stand in a header and as we keep them."""

import re

import idna

LONGEST = 254
"""Characters of an address: RFC 5321, section 4.5.3.1.3, less its brackets."""
LONGEST_HEADER = 2000
"""Characters of a From header that are looked at: quotes that never end cost the square of it."""
LOCAL = re.compile(
    r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\".\ud800-\udfff]+(?:\.[^\s\x00-\x20\x7f()<>\[\]:;@\\,\".\ud800-\udfff]+)*"
)
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"(?!@)')
COMMENT = re.compile(r"\([^()]*+\)")
ANGLE = re.compile(r"<([^<>]*+)>")


def read_mailbox(header: str) -> tuple[str, str]:
    """The name before the first address of a From header, still encoded, and that address; two
    empty texts when there is none.

    What stands in quotes or brackets is never an address: `"boss@example.com" <me@example.org>`
    is from me (CVE-2023-27043).
    """
    names: list[str] = []

    def keep(found: re.Match[str]) -> str:
        names.append(re.sub(r"\\(.)", r"\1", found[1]))
        return " "

    bare = COMMENT.sub(" ", QUOTED.sub(keep, header[:LONGEST_HEADER]))
    angle = ANGLE.search(bare)
    if angle:
        return " ".join((*names, *bare[: angle.start()].split())), normal(angle[1])
    words = bare.replace(",", " ").split()
    found = next((address for word in words if (address := normal(word))), "")
    return "", found


def normal(address: str) -> str:
    """In small letters, with the domain as DNS has it; empty for what nobody could write to."""
    local, _, domain = address.strip().rpartition("@")
    if not LOCAL.fullmatch(local) or len(address) > LONGEST:
        return ""
    try:
        encoded = idna.encode(domain.rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""
    return f"{local.lower()}@{encoded.lower()}"
