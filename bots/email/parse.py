"""Pure: a letter as the server told it -> Inbound, or why it is none.

Nothing is taken on trust and nothing raises: a letter that cannot be read still becomes an Inbound,
with the letter itself as a file, when it names somebody to answer. Reply-To is never used: it would
send what we know of one person to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bots.email import automatic, body, bounces, unsubscribing
from bots.email.headers import Headers, decode_words
from bots.email.mailboxes import read_mailbox
from bots.email.quotation import divide_answer
from bots.email.structure import Part, read_structure
from bots.email.tokens import Tokens
from core.messages import Address, Attachment, Inbound, Kind, Sender

PLATFORM = "email"
REFERENCES = 20_000
"""Characters at the end of a list of Message-IDs that are looked at."""
MEDIA = ("image", "video", "audio")
NAMES = {"message/rfc822": "letter.eml", "text/calendar": "invitation.ics"}
"""Of what comes without one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`at` is when it came to the server (INTERNALDATE): its own Date may be anything. `structure`
    is what the server told of its parts, still unread.
    """

    validity: int
    uid: int
    at: datetime
    size: int
    header: bytes
    structure: Any = None
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    """By section; perhaps only their beginnings."""

    @property
    def event(self) -> str:
        return f"{self.validity}/{self.uid}"


@dataclass(frozen=True, slots=True)
class Me:
    address: str
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that a person wrote to us. `reason` holds no words of the letter."""

    reason: str


def wanted(letter: Letter) -> dict[str, int]:
    """The sections without which `to_inbound` cannot tell what it says, and the bytes of each."""
    try:
        root = read_structure(letter.structure)
        if bounces.is_report(root):
            return bounces.wanted(root)
        return body.wanted(body.sort_parts(root))
    except Exception:  # `to_inbound` says so
        return {}


@dataclass(frozen=True, slots=True)
class Head:
    """What the first lines tell. `named` are the letters that it follows; `answered` is ours to
    this very sender, if it answers one: only whoever read that can name it.
    """

    headers: Headers
    name: str
    sender: str
    named: str
    answered: str


def to_inbound(letter: Letter, me: Me) -> Inbound | Ignored:
    """Never raises."""
    try:
        head = read_head(letter, me)
    except Exception:  # the library's readers fail in ways that nobody listed
        return Ignored("its head cannot be read")
    try:
        root = read_structure(letter.structure)
        if bounces.is_report(root):
            return read_report(letter, root, head, me)
        if unsubscribing.asks(head.headers.shown("subject")):
            return read_farewell(letter, head, me)
        return find_reason(head, me) or read_letter(letter, root, head, me)
    except Exception:  # too many parts, or what no library is prepared for
        return find_reason(head, me) or to_wreck(letter, head, me)


def read_head(letter: Letter, me: Me) -> Head:
    headers = Headers(letter.header)
    name, sender = read_mailbox(headers.get("from"))
    named = " ".join(headers.last(one, REFERENCES) for one in ("references", "in-reply-to"))
    answered = me.tokens.find(named, sender) if sender else ""
    return Head(headers, decode_words(name), sender, named, answered)


def find_reason(head: Head, me: Me) -> Ignored | None:
    if not head.sender:
        return Ignored("nobody to answer")
    answers_us = bool(head.answered)
    reason = automatic.find_reason(head.headers, head.sender, me.address, answers_us=answers_us)
    if not reason and head.answered and automatic.is_away(head.headers.shown("subject")):
        reason = "an automatic answer"
    return Ignored(reason) if reason else None


def read_report(letter: Letter, root: Part, head: Head, me: Me) -> Inbound | Ignored:
    person, message = bounces.find_lost(root, letter.bodies, head.named, me.tokens)
    if not person:
        return Ignored("a report that ends nothing")
    address = Address(PLATFORM, me.address, person)
    return Inbound(letter.event, address, Sender(person), letter.at, Kind.BLOCKED, message=message)


def read_farewell(letter: Letter, head: Head, me: Me) -> Inbound | Ignored:
    """The button was pressed. Its letter may call itself automatic; with our proof it counts."""
    subject = head.headers.shown("subject")
    proven = unsubscribing.is_proven(subject, head.sender, me.tokens)
    ignored = None if proven else find_reason(head, me)
    said = from_head(letter, head, me, Kind.MESSAGE, unsubscribing.COMMAND, ())
    return ignored or replace(said, subject="", reply_to="", proven=proven)


def read_letter(letter: Letter, root: Part, head: Head, me: Me) -> Inbound:
    text, parts = body.read_words(body.sort_parts(root), letter.bodies)
    quoted = ""
    if head.answered:
        text, quoted = divide_answer(text, me.address)
    files = tuple(to_attachment(letter, part) for part in parts.files)
    said = text.strip() or files or head.headers.shown("subject")
    kind = Kind.MESSAGE if said else Kind.ODD
    return replace(from_head(letter, head, me, kind, text, files), quoted=quoted)


def to_wreck(letter: Letter, head: Head, me: Me) -> Inbound:
    """Of a letter that cannot be read: who wrote, and the letter itself as a file."""
    handle = to_handle(letter, Part("", "message/rfc822", octets=letter.size))
    whole = Attachment(handle, "document", "letter.eml", "message/rfc822", letter.size)
    return from_head(letter, head, me, Kind.ODD, "", (whole,))


def from_head(
    letter: Letter, head: Head, me: Me, kind: Kind, text: str, files: tuple[Attachment, ...]
) -> Inbound:
    return Inbound(
        letter.event,
        Address(PLATFORM, me.address, head.sender),
        Sender(head.sender, head.name, head.headers.language),
        letter.at,
        kind,
        text,
        attachments=files,
        message=head.headers.message_id or letter.event,
        reply_to=head.answered,
        subject=head.headers.shown("subject"),
        proven=bool(head.answered),
        hush=automatic.is_listed(head.headers),
    )


def to_attachment(letter: Letter, part: Part) -> Attachment:
    kind = part.media.partition("/")[0]
    exact = part.octets if part.encoding in ("", "7bit", "8bit", "binary") else None
    return Attachment(
        to_handle(letter, part),
        kind if kind in MEDIA else "document",
        part.name or NAMES.get(part.media, ""),
        part.media,
        exact if part.declared is None else part.declared,
    )


def to_handle(letter: Letter, part: Part) -> str:
    encoding = part.encoding if part.encoding in ("base64", "quoted-printable") else ""
    return f"{letter.event}/{part.section}/{encoding}/{part.octets}"
