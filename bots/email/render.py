"""Pure: Outbound -> the bytes of a letter, the same at each try.

Lines are put together here, and by no library's policy, which would break long Message-IDs; each is
of ASCII signs, or encoded. Nothing that a person wrote stands in the head (Zendesk's wave of 2026).
"""

import quopri
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from bots.email.automatic import LOOP
from bots.email.enclosing import to_mixed
from bots.email.headers import MESSAGE_ID
from bots.email.history import MARK
from bots.email.unsubscribing import to_head
from core.cleaning import clean_line
from core.messages import Outbound

LONGEST_NAME = 60
LONGEST_TITLE = 150
WORDS = (
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
)  # fmt: skip


def to_letter(
    outbound: Outbound, name: str, address: str, message_id: str, date: datetime, page: str = ""
) -> bytes:
    """From the desk called `name` at `address`; lines end with CR LF. On `page` its recipient can
    end our news.
    """
    shown = clean_line(name, LONGEST_NAME)
    head = [
        ("From", f"{encoded_name(shown)} <{address}>".strip()),
        ("To", outbound.address.chat),
        ("Subject", encoded(to_subject(shown or address, outbound))),
        ("Date", format_datetime(date.replace(microsecond=0))),
        ("Message-ID", message_id),
        *to_thread(outbound.reply_to),
        # RFC 3834, section 5: no machine is to answer.
        ("Auto-Submitted", "auto-replied" if outbound.reply_to else "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        (LOOP, address),
        *(to_many(address, message_id, page) if outbound.news else ()),
        ("MIME-Version", "1.0"),
    ]
    lines = "".join(f"{key}: {value}\r\n" for key, value in head).encode()
    words = f"{WORDS}\r\n".encode() + to_body(outbound)
    if outbound.file is None:
        return lines + words
    kind, body = to_mixed(words, outbound.file)
    return lines + f"Content-Type: {kind}\r\n\r\n".encode() + body


def to_subject(name: str, outbound: Outbound) -> str:
    if outbound.news and outbound.title.strip():
        return f"[{name}] {clean_line(outbound.title, LONGEST_TITLE)}"
    return f"[{name}] Ticket {outbound.ticket}" if outbound.ticket else name


def to_many(address: str, message_id: str, page: str) -> list[tuple[str, str]]:
    return [("Precedence", "bulk"), *to_head(address, message_id, page)]


def to_thread(reply_to: str) -> list[tuple[str, str]]:
    if not MESSAGE_ID.fullmatch(reply_to):
        return []
    return [("In-Reply-To", reply_to), ("References", reply_to)]


def to_body(outbound: Outbound) -> bytes:
    packed = quopri.encodestring(to_words(outbound).encode("utf-8", "replace"))
    return packed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def to_words(outbound: Outbound) -> str:
    """A choice cannot be pressed in a letter, but its words can be answered with."""
    choices = "\n".join(f"- {choice.label}" for choice in outbound.choices)
    said = filter(None, (MARK, outbound.title.strip(), outbound.text, choices))
    return "\n\n".join(said).replace("\r\n", "\n").replace("\r", "\n") + "\n"


def encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode(linesep="\r\n")


def encoded_name(name: str) -> str:
    if not name.isascii():
        return encoded(name)
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if name else ""
