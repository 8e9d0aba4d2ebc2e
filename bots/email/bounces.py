"""Pure: what a mail server reports of a letter of ours that did not arrive (RFC 3464).

Anybody can write such a report. It counts when it shows our Message-ID of a letter to that very
address.
"""

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.policy import compat32

from bots.email.mailboxes import normal
from bots.email.structure import Part, walk
from bots.email.tokens import Tokens
from bots.email.wording import unpack

STATUS = ("message/delivery-status", "message/global-delivery-status")
RETURNED = {
    "message/rfc822": ".HEADER",
    "message/global": ".HEADER",
    "text/rfc822-headers": "",
    "message/global-headers": "",
}
"""How a report shows the letter, and what of it to read."""
LONGEST = 50_000
"""Bytes that are read of each."""
RECIPIENTS = 20
PERMANENT = re.compile(r"5\.\d{1,3}\.\d{1,3}")
OF_THE_LETTER = re.compile(r"5\.(?:2\.[23]|3\.4|[67]\..*)")
"""A full mailbox, size, content, policy: another letter may arrive (RFC 3463)."""
OURS = re.compile(rb"^message-id:\s*(<[^<>\s]*>)", re.IGNORECASE | re.MULTILINE)


def is_report(root: Part) -> bool:
    """Receipts and feedback are reports, too."""
    return root.media == "multipart/report"


def wanted(root: Part) -> dict[str, int]:
    """The sections to read before `find_lost`, and the bytes of each."""
    sections = [part.section for part in walk(root) if part.media in STATUS]
    sections += [f"{part.section}{RETURNED[part.media]}" for part in returned(root)]
    return dict.fromkeys(sections[:4], LONGEST)


def returned(root: Part) -> Iterator[Part]:
    return (part for part in walk(root) if part.media in RETURNED)


def find_lost(
    root: Part, bodies: Mapping[str, bytes], named: str, tokens: Tokens
) -> tuple[str, str]:
    """The address at which nothing arrives any more, and our Message-ID; two empty texts when the
    report is none of that kind, or forged. `named` are the letters that the report follows: some
    servers show the one in question only there.
    """
    status = b"\n\n".join(
        unpack(bodies.get(part.section, b""), part.encoding)
        for part in walk(root)
        if part.media in STATUS
    )
    shown = [
        unpack(bodies.get(f"{part.section}{RETURNED[part.media]}", b""), part.encoding)
        for part in returned(root)
    ]
    ids = " ".join(
        found[1].decode("ascii", "replace") for head in shown for found in OURS.finditer(head)
    )
    message, person = tokens.find_any(f"{named} {ids}", failed(status))
    return person, message


def failed(status: bytes) -> list[str]:
    """Who can never be reached. One block of lines for each recipient, after one for the letter."""
    people: list[str] = []
    for block in re.split(rb"(?:\r?\n){2,}", status)[: RECIPIENTS + 1]:
        told = message_from_bytes(block, policy=compat32)
        action, code = str(told.get("action", "")).lower(), str(told.get("status", "")).strip()
        if action.split()[:1] != ["failed"] or not is_final(code):
            continue
        for name in ("original-recipient", "final-recipient"):
            kind, _, address = str(told.get(name, "")).partition(";")
            if kind.strip().lower() in ("rfc822", "utf-8"):
                people.append(normal(address.strip().strip("<>")))
    return [person for person in dict.fromkeys(people) if person]


def is_final(code: str) -> bool:
    found = PERMANENT.match(code)
    return found is not None and OF_THE_LETTER.fullmatch(found[0]) is None
