"""Letters for tests of what is pure: what a server would tell of the bytes of one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, compat32
from typing import Any
from urllib.parse import quote

from bots.email.parse import Ignored, Letter, Me, to_inbound, wanted
from bots.email.tokens import Tokens
from core.messages import Inbound

DESK = "help@desk.example"
ANN = "ann@example.org"
KEY = b"k" * 32
TOKENS = Tokens(KEY, "desk.example")
ME = Me(DESK, TOKENS)
AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def written(
    text: str = "Hello", subject: str = "Question", sender: str = f"Ann <{ANN}>", **headers: str
) -> EmailMessage:
    """As a program for mail would send it."""
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"] = sender, DESK, subject
    letter["Message-ID"] = "<1@example.org>"
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    return letter


def as_letter(raw: bytes) -> Letter:
    """With the bodies that were asked for."""
    header, _, _ = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    read = message_from_bytes(raw, policy=compat32)
    letter = Letter(7, 1, AT, len(raw), header + b"\n\n", structure(read))
    found = dict(sections(read))
    bodies = {name: found.get(name, b"")[:size] for name, size in wanted(letter).items()}
    return Letter(7, 1, AT, len(raw), letter.header, letter.structure, bodies)


def read(letter: EmailMessage | bytes) -> Inbound | Ignored:
    return to_inbound(as_letter(letter if isinstance(letter, bytes) else bytes(letter)), ME)


def heard(letter: EmailMessage | bytes) -> Inbound:
    inbound = read(letter)
    assert isinstance(inbound, Inbound), inbound
    return inbound


def structure(part: Message) -> Any:
    """BODYSTRUCTURE, as far as it is read."""
    children = inner(part)
    params = parameters(part.get_params([])[1:])
    if children and part.get_content_maintype() == "multipart":
        return [*map(structure, children), encoded(part.get_content_subtype()), params]
    disposition = part.get_params([], "content-disposition")
    about = parameters(disposition[1:])
    encoding = str(part.get("content-transfer-encoding", "7bit"))
    own: list[Any] = [
        encoded(part.get_content_maintype()),
        encoded(part.get_content_subtype()),
        params,
        None,
        None,
        encoded(encoding),
        str(len(content(part))).encode(),
    ]
    return [*own, None, [encoded(disposition[0][0]), about] if disposition else None]


def parameters(pairs: Iterable[tuple[str, Any]]) -> list[bytes]:
    """What the library decodes (RFC 2231) a server tells as it is."""
    told: list[bytes] = []
    for name, value in pairs:
        if isinstance(value, tuple):
            charset, language, said = value
            value = f"{charset}'{language}'{quote(said, encoding='latin-1', errors='replace')}"
            name += "*"
        told += [encoded(name), encoded(value)]
    return told


def sections(part: Message, name: str = "") -> Iterator[tuple[str, bytes]]:
    children = inner(part)
    if not children or part.get_content_maintype() != "multipart":
        yield name or "1", content(part)
        if children:
            yield f"{name or '1'}.HEADER", bytes(children[0]).partition(b"\n\n")[0]
        return
    for number, child in enumerate(children, 1):
        yield from sections(child, f"{name}.{number}" if name else str(number))


def inner(part: Message) -> Sequence[Message]:
    payload = vars(part)["_payload"]  # `get_payload` fails where the charset has a NUL
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def content(part: Message) -> bytes:
    """As it came: `get_payload` would put it right where it is not what it says it is."""
    payload = vars(part)["_payload"]
    if isinstance(payload, list):
        return b"".join(map(bytes, payload))
    return encoded(payload or "")


def encoded(value: object) -> bytes:
    return str(value).encode("utf-8", "surrogateescape")
