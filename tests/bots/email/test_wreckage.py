"""Bytes that are nearly letters, on a real server: the next letter arrives all the same."""

import asyncio
import random
from dataclasses import replace

from bots.email.adapter import EmailAdapter
from bots.email.hearing import Hearing, Progress
from bots.email.parse import Ignored, Letter, to_inbound
from bots.email.reading import read_letters
from core.messages import Inbound, Kind
from tests.bots.contract import Ears, listening
from tests.bots.email.letters import ME, as_letter, written
from tests.bots.email.test_automatic import report
from tests.bots.email.test_parse import nest
from tests.fakes.mail import Dovecot

PIECES = [
    b"From: ann@example.org\r\n", b"From: \xff <ann@example.org>\r\n", b"Subject: \xfc\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"\r\n", b"--b\r\n", b"--b--\r\n", b"\xff",
    b"Content-Type: text/html\r\n", b"Content-Transfer-Encoding: base64\r\n", b"aGVsbG8=\r\n",
    b"Content-Type: message/rfc822\r\n", b"Content-Type: text/plain; name*=x''%\r\n", b" fold\r\n",
    b'Content-Type: application/x; name="\\"(\r\n', b'Content-Disposition: a; filename="\xe4\r\n',
    b"Content-Type: multipart/alternative; boundary=b\r\n", b"MIME-Version: 1.0\r\n", b"\r", b"{9}",
]  # fmt: skip


def wreck(choose: random.Random) -> bytes:
    return b"".join(choose.choices(PIECES, k=choose.randrange(1, 40)))


async def test_whatever_lies_in_the_mailbox_the_next_letter_arrives(
    imap: Dovecot, adapter: EmailAdapter
) -> None:
    choose = random.Random(1)
    letters = [b"From: ann@example.org\r\n" + wreck(choose) for _ in range(150)]
    letters += [wreck(choose) for _ in range(50)]
    letters += [nest(1000), choose.randbytes(5000).replace(b"\0", b""), b"\r\n", b"x"]
    letters.append(bytes(written("the last one", "last")))
    await asyncio.to_thread(imap.put, adapter.account, *letters)
    ears = Ears()
    async with listening(adapter, ears.receive):
        heard = await ears.until(151)
        while heard[-1].subject != "last":
            await ears.until(len(heard) + 1)
    assert heard[-1].text == "the last one"
    assert sum(one.kind is Kind.ODD for one in heard) < 50


async def test_the_letters_of_our_tests_are_what_the_server_tells(
    imap: Dovecot, adapter: EmailAdapter
) -> None:
    letter = written("words")
    letter.add_alternative("<p>words</p>", subtype="html")
    letter.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="ü.pdf")
    letter.add_attachment(written("inner"))
    raws = [bytes(written("plain")), bytes(letter), report(), nest(5)]
    await asyncio.to_thread(imap.put, adapter.account, *raws)
    told = await adapter._listening.call(lambda mailbox: read_letters(mailbox, [1, 2, 3, 4]))
    for raw, server in zip(raws, told, strict=True):
        ours = as_letter(raw)
        same = Letter(7, 1, ours.at, ours.size, server.header, server.structure, server.bodies)
        assert without_sizes(to_inbound(same, ME)) == without_sizes(to_inbound(ours, ME))


def without_sizes(found: Inbound | Ignored) -> Inbound | Ignored:
    """Servers count line breaks as they like."""
    if isinstance(found, Ignored):
        return found
    files = [replace(file, size=None) for file in found.attachments]
    bare = (replace(file, handle=file.handle.rpartition("/")[0]) for file in files)
    return replace(found, attachments=tuple(bare))


async def test_others_are_answered_while_a_letter_is_read() -> None:
    heavy = written()
    heavy.set_content("<a" * 30_000, subtype="html")
    letters = [replace(as_letter(bytes(heavy)), uid=1)]
    ears, turns = Ears(), 0
    hearing = Hearing(ears.receive, ME, Progress(waiting=[1]), "")

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    busy = asyncio.create_task(others())
    await asyncio.sleep(0)
    assert await hearing.take_all(letters)
    busy.cancel()
    assert len(ears.heard) == 1
    assert turns > 20
