"""Files of letters: byte for byte, within the limit, and never whole in memory."""

import asyncio
import base64
import os
import quopri
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.email.adapter import EmailAdapter
from bots.email.files import PIECE
from bots.email.limits import FILE_LIMIT
from bots.email.unpacking import Unpacker
from bots.email.wording import unpack
from core.adapter import FetchError, Gone, TooLarge
from core.messages import Attachment, Kind
from tests.bots.contract import hear, read
from tests.bots.email.letters import KEY
from tests.bots.email.mailing import email_settings
from tests.bots.email.test_parse import nest
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import PostOffice
from tests.fakes.mail_wire import Wire

DATA = bytes(range(256)) * 3000


def with_file(packed: bytes, encoding: str, more: str = "") -> bytes:
    head = (
        "From: ann@example.org\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
        "--b\r\nContent-Type: application/octet-stream; name=x.bin\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n{more}\r\n"
    )
    return head.encode() + packed + b"\r\n--b--\r\n"


async def sent(imap: Dovecot, adapter: EmailAdapter, letter: bytes) -> Attachment:
    await asyncio.to_thread(imap.put, adapter.account, letter)
    (inbound,) = await hear(adapter)
    return inbound.attachments[0]


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (base64.encodebytes(DATA).replace(b"\n", b"\r\n"), "base64"),
        (base64.b64encode(DATA), "BASE64"),
        (base64.b64encode(DATA + b"x").rstrip(b"="), "base64"),
        (quopri.encodestring("Wörter = Worte\r\n".encode() * 9000), "quoted-printable"),
        (b"plain words\r\n" * 40_000, "7bit"),
        (b"\xfc\xff\xfe" * 100_000, "8bit"),
        (b"words", "no-such-encoding"),
        (b"", "base64"),
    ],
)
async def test_a_file_comes_as_it_was_packed(
    imap: Dovecot, adapter: EmailAdapter, packed: bytes, encoding: str
) -> None:
    file = await sent(imap, adapter, with_file(packed, encoding))
    assert file.name == "x.bin"
    expected = unpack(packed, encoding.lower())
    assert await read(adapter, file) == expected
    assert encoding.lower() != "base64" or expected in (DATA, DATA + b"x", b"")


async def test_a_large_file_comes_in_pieces(imap: Dovecot, adapter: EmailAdapter) -> None:
    data = os.urandom(3_000_000)
    file = await sent(imap, adapter, with_file(base64.encodebytes(data), "base64"))
    sizes = []
    fetched = b""
    async with aclosing(adapter.fetch(file)) as blocks:  # type: ignore[type-var]
        async for block in blocks:
            sizes.append(len(block))
            fetched += block
    assert fetched == data
    assert max(sizes) <= PIECE


async def test_what_grows_over_the_limit_on_the_way_is_too_large(
    imap: Dovecot, adapter: EmailAdapter
) -> None:
    packed = base64.encodebytes(bytes(FILE_LIMIT + 1))
    small = "Content-Disposition: attachment; size=1\r\n"
    file = await sent(imap, adapter, with_file(packed, "base64", small))
    assert file.size == 1
    with pytest.raises(TooLarge):
        await read(adapter, file)
    exact = base64.encodebytes(bytes(FILE_LIMIT))
    file = await sent(imap, adapter, with_file(exact, "base64"))
    assert len(await read(adapter, file)) == FILE_LIMIT


async def test_what_cannot_be_read_comes_whole(imap: Dovecot, adapter: EmailAdapter) -> None:
    raw = nest(30)
    await asyncio.to_thread(imap.put, adapter.account, raw)
    (inbound,) = await hear(adapter)
    assert (inbound.kind, inbound.subject) == (Kind.ODD, "Nested")
    assert await read(adapter, inbound.attachments[0]) == raw


async def test_what_was_thrown_away_is_gone(imap: Dovecot, adapter: EmailAdapter) -> None:
    file = await sent(imap, adapter, with_file(b"aGk=", "base64"))
    with imap.logged_in(adapter.account) as client:
        client.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
        client.expunge()
    with pytest.raises(Gone):
        await read(adapter, file)


async def test_after_the_letters_were_numbered_anew_it_is_gone(
    imap: Dovecot, adapter: EmailAdapter
) -> None:
    file = await sent(imap, adapter, with_file(b"aGk=", "base64"))
    validity = int(file.handle.partition("/")[0])
    other = Attachment(file.handle.replace(f"{validity}", f"{validity + 1}"), "document")
    with pytest.raises(Gone):
        await read(adapter, other)


@pytest.mark.parametrize("handle", ["", "1/2", "a/b/c/d/e", "1/2/3/4/5/6", "1/1\r\nx/2//3"])
async def test_a_handle_that_is_none_is_gone(adapter: EmailAdapter, handle: str) -> None:
    with pytest.raises(Gone):
        await read(adapter, Attachment(handle, "document"))


async def test_a_lost_connection_fails_once_and_then_it_can_be_had(
    imap: Dovecot, post: PostOffice, box: str, wire: Wire
) -> None:
    adapter = EmailAdapter(email_settings(box, wire.url, post.url), "Desk", KEY)
    file = await sent(imap, adapter, with_file(base64.encodebytes(DATA), "base64"))
    wire.down = True
    with pytest.raises(FetchError) as failed:
        await read(adapter, file)
    assert not isinstance(failed.value, Gone | TooLarge)
    wire.down = False
    assert await read(adapter, file) == DATA
    wire.cut()
    with pytest.raises(FetchError):
        await read(adapter, file)
    assert await read(adapter, file) == DATA
    await adapter.close()


@given(
    st.binary(max_size=2000),
    st.sampled_from(["base64", "quoted-printable", ""]),
    st.integers(1, 50),
)
def test_piece_by_piece_it_is_the_same(data: bytes, encoding: str, size: int) -> None:
    packs = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
    packed = packs.get(encoding, bytes)(data)
    unpacker = Unpacker(encoding)
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert b"".join([*map(unpacker.feed, pieces), unpacker.end()]) == data


@given(st.lists(st.binary(max_size=50)), st.sampled_from(["base64", "quoted-printable", "x"]))
def test_whatever_the_pieces_are_nothing_raises(pieces: list[bytes], encoding: str) -> None:
    unpacker = Unpacker(encoding)
    b"".join([*map(unpacker.feed, pieces), unpacker.end()])


def test_a_line_without_an_end_is_not_held() -> None:
    unpacker = Unpacker("quoted-printable")
    out = sum(len(unpacker.feed(b"a" * 10_000)) for _ in range(100))
    assert out + len(unpacker.end()) == 1_000_000
    assert out > 990_000
