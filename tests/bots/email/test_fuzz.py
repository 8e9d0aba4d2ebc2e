"""Whatever a letter is made of, and whatever a server tells of it, nothing raises."""

from contextlib import suppress
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.email.markup import to_text
from bots.email.parse import Ignored, Letter, to_inbound, wanted
from bots.email.quotation import divide_answer
from bots.email.response import Unreadable, read_answer, split_answers
from bots.email.structure import Excessive, read_structure
from core.messages import Inbound
from tests.bots.email.letters import AT, DESK, ME, TOKENS, as_letter

LINES = st.binary(max_size=60).map(lambda said: said.replace(b"\r", b"").replace(b"\n", b""))
NAMES = st.sampled_from(
    b"From|Subject|Message-ID|References|Content-Type|Date|X-Loop|Content-Language|In-Reply-To"
    b"|Auto-Submitted|Content-Disposition|Content-Transfer-Encoding".split(b"|")
)
ODD = st.sampled_from(
    [
        TOKENS.make("0" * 24, "ann@example.org").encode(),
        *b"ann@example.org|<>|\"|=?utf-8?b?|?=|\xff|\0|*0*=|''|(|charset=|;|base64".split(b"|"),
        *b"multipart/mixed; boundary=b|multipart/report; boundary=b|message/rfc822".split(b"|"),
        b"name*99999999999999=x",
    ]
)
VALUES = st.lists(ODD | LINES, max_size=6).map(b"".join)
HEADERS = st.lists(st.tuples(NAMES, VALUES).map(b": ".join), max_size=10).map(b"\r\n".join)
BYTES = st.recursive(
    st.none() | st.binary(max_size=20) | ODD,
    lambda inner: st.lists(inner, max_size=12),
    max_leaves=40,
)


def is_storable(inbound: Inbound) -> bool:
    said = [inbound.text, inbound.subject, inbound.message, inbound.sender.id, inbound.sender.name]
    said += [word for file in inbound.attachments for word in (file.handle, file.name)]
    return all("\0" not in one and one.encode() is not None for one in said)


def check(found: object) -> None:
    assert isinstance(found, Ignored) or (
        isinstance(found, Inbound) and found.message and found.address.chat and is_storable(found)
    )


@given(HEADERS, st.binary(max_size=500))
def test_bytes(header: bytes, body: bytes) -> None:
    letter = as_letter(header + b"\r\n\r\n" + body)
    check(to_inbound(letter, ME))


def to_leaf(kind: bytes, body: bytes, encoding: bytes) -> Message:
    part = MIMEBase("text", "html")
    part.replace_header("Content-Type", text(kind) or "text/html")
    part["Content-Transfer-Encoding"] = text(encoding) or "base64"
    part.set_payload(body.decode("latin-1"))
    return part


def to_multipart(kind: bytes, parts: list[Message]) -> Message:
    whole = MIMEMultipart(text(kind).partition("/")[2] or "alternative")
    for part in parts:
        whole.attach(part)
    return whole


def text(value: bytes) -> str:
    return "".join(filter(str.isprintable, value.decode("latin-1")))


LEAVES = st.builds(to_leaf, VALUES, st.binary(max_size=100), VALUES)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(to_multipart, ODD, st.lists(inner, min_size=1, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=50)
@given(TREES, HEADERS)
@example(to_leaf(b"", b"\x80", b""), b"Content-Type: charset=\x00")
def test_trees_of_parts(part: Message, header: bytes) -> None:
    raw = header + b"\r\n" + part.as_string().encode("utf-8", "replace")
    check(to_inbound(as_letter(raw), ME))


@given(HEADERS, BYTES, st.dictionaries(st.sampled_from(["1", "2", "1.1", "2.HEADER"]), VALUES))
def test_what_a_server_tells(header: bytes, structure: object, bodies: dict[str, bytes]) -> None:
    letter = Letter(7, 1, AT, 100, b"From: ann@example.org\r\n" + header, structure, bodies)
    wanted(letter)
    check(to_inbound(letter, ME))
    with suppress(Unreadable, Excessive):
        read_structure(structure)


@given(st.lists(st.none() | st.binary(max_size=60) | st.tuples(st.binary(), st.binary())))
def test_answers_of_a_server(pieces: list[bytes | tuple[bytes, bytes] | None]) -> None:
    for answer in split_answers(pieces):
        with suppress(Unreadable):
            read_answer(answer)


@given(st.text(alphabet=st.sampled_from('<>/ab p!-"=&;\n li') | st.characters()))
def test_markup_and_history(said: str) -> None:
    to_text(said)
    kept, _ = divide_answer(said, DESK)
    assert bool(kept.strip()) or not said.replace(">", "").strip() or "##-" in said


def test_the_examples_are_letters() -> None:
    """The bytes above are letters often enough."""
    letter = EmailMessage()
    letter["From"] = "ann@example.org"
    letter.set_content("x")
    assert isinstance(to_inbound(as_letter(bytes(letter)), ME), Inbound)
