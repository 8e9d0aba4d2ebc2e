"""Letters out of the mailbox: their heads, how they are made up, and their words; never whole ones,
which may be of any size. It blocks, as the mailbox does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import groupby
from typing import Any

from bots.email.mailbox import Denied, Mailbox
from bots.email.parse import Letter, wanted

HEADER = 150_000
"""Bytes of a head that are read: 500 recipients have room in it."""
HEADS = f"INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER]<0.{HEADER}>"
LEAST = f"BODY.PEEK[HEADER]<0.{HEADER}>"
TOGETHER = 10
"""Letters whose words are read at once: it bounds what is held."""


def read_letters(mailbox: Mailbox, uids: Sequence[int]) -> list[Letter]:
    """In this order, without those that are no longer there."""
    heads = read_heads(mailbox, uids)
    letters = [heads[uid] for uid in uids if uid in heads]
    return [read for _, group in groupby(letters, wanted) for read in add_bodies(mailbox, [*group])]


def read_heads(mailbox: Mailbox, uids: Sequence[int]) -> dict[int, Letter]:
    """Where one letter spoils the answer for all each is asked for alone."""
    try:
        found = collect(mailbox, uids, HEADS)
    except Denied:
        found = {}
    missing = [uid for uid in uids if uid not in found]
    if missing and (there := mailbox.search(f"UID {','.join(map(str, missing))}")):
        found |= {uid: read_alone(mailbox, uid) for uid in there}
    return found


def read_alone(mailbox: Mailbox, uid: int) -> Letter:
    """At worst only that it is there."""
    for items in (HEADS, LEAST):
        try:
            found = collect(mailbox, [uid], items)
        except Denied:
            continue
        if uid in found:
            return found[uid]
    return Letter(mailbox.validity, uid, datetime.now(UTC), 0, b"")


def collect(mailbox: Mailbox, uids: Sequence[int], items: str) -> dict[int, Letter]:
    told = mailbox.fetch(uids, items)
    letters = (to_letter(mailbox.validity, answer) for answer in told if is_about(answer))
    return {letter.uid: letter for letter in letters}


def is_about(answer: dict[str, Any]) -> bool:
    """Servers also tell of flags that somebody else changed."""
    return number(answer.get("UID")) > 0 and "BODY[HEADER]<0>" in answer


def to_letter(validity: int, answer: dict[str, Any]) -> Letter:
    header = answer["BODY[HEADER]<0>"]
    return Letter(
        validity,
        number(answer["UID"]),
        to_moment(answer.get("INTERNALDATE")),
        number(answer.get("RFC822.SIZE")),
        header if isinstance(header, bytes) else b"",
        answer.get("BODYSTRUCTURE"),
    )


def add_bodies(mailbox: Mailbox, letters: Sequence[Letter]) -> list[Letter]:
    """All want the same sections. One whose words do not come is read without them."""
    sections = wanted(letters[0])
    if not sections:
        return list(letters)
    items = " ".join(f"BODY.PEEK[{name}]<0.{size}>" for name, size in sections.items())
    told: dict[int, dict[str, Any]] = {}
    for start in range(0, len(letters), TOGETHER):
        uids = [letter.uid for letter in letters[start : start + TOGETHER]]
        try:
            told |= {number(answer.get("UID")): answer for answer in mailbox.fetch(uids, items)}
        except Denied:
            continue
    return [
        replace(one, bodies=to_bodies(told.get(one.uid, {}), list(sections))) for one in letters
    ]


def to_bodies(answer: dict[str, Any], sections: Sequence[str]) -> dict[str, bytes]:
    bodies = {name: answer.get(f"BODY[{name}]<0>") for name in sections}
    return {name: body for name, body in bodies.items() if isinstance(body, bytes)}


def number(value: Any) -> int:
    return int(value) if isinstance(value, bytes) and value.isdigit() else 0


def to_moment(value: Any) -> datetime:
    """INTERNALDATE; now, where it is none."""
    try:
        found = parsedate_to_datetime(value.decode("ascii"))
    except (AttributeError, TypeError, ValueError):
        return datetime.now(UTC)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
