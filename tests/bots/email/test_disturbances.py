"""Letters are received at least once, whatever happens to the server, the wire or the desk."""

import asyncio
import logging
import time

import pytest

from bots.email.adapter import EmailAdapter
from core.messages import Inbound, Kind
from tests.bots.contract import PATIENCE, Ears, hear, listening
from tests.bots.email.letters import KEY, written
from tests.bots.email.mailing import (
    count_marked,
    email_settings,
    letter,
    put,
    texts,
    until,
)
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import PostOffice
from tests.fakes.mail_wire import Wire

# What happens on the way


async def test_a_lost_connection_is_made_again_and_told_once(
    imap: Dovecot, box: str, wire: Wire, wired: EmailAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ears = Ears()
    async with listening(wired, ears.receive):
        await put(imap, box, "one")
        await ears.until(1)
        before = wire.connections
        wire.down = True
        wire.cut()
        await put(imap, box, "two")
        await until(lambda: wire.connections >= before + 5)
        wire.down = False
        assert texts(await ears.until(2)) == ["one", "two"]
    assert caplog.text.count("the mailbox cannot be read") == 1
    assert caplog.text.count("the mailbox can be read again") == 1


async def test_a_letter_that_breaks_each_connection_is_left_and_the_others_arrive(
    imap: Dovecot, box: str, wire: Wire, wired: EmailAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    wire.cut_at.append(b"POISON")
    await asyncio.to_thread(
        imap.put, box, letter("one"), bytes(written("two", "POISON")), letter("three")
    )
    assert texts(await hear(wired, 2)) == ["one", "three"]
    assert "is left in the mailbox" in caplog.text


async def test_a_letter_whose_structure_is_not_understood_comes_as_a_file(
    imap: Dovecot, box: str, wire: Wire, wired: EmailAdapter
) -> None:
    wire.changed[b'BODYSTRUCTURE ("text" "plain"'] = b'BODYSTRUCTURE (("text" "plain"'
    await put(imap, box, "one")
    wire.changed[b"))) BODY[HEADER]"] = b")) BODY[HEADER]"
    heard = await hear(wired)
    assert heard[0].kind is Kind.ODD
    assert [file.name for file in heard[0].attachments] == ["letter.eml"]
    assert heard[0].subject == "Question"


async def test_where_no_keywords_are_allowed_letters_are_marked_as_read(
    imap: Dovecot, box: str, wire: Wire, post: PostOffice
) -> None:
    wire.changed[b"\\Draft \\*)]"] = b"\\Draft)]"
    adapter = EmailAdapter(email_settings(box, wire.url, post.url), "Desk", KEY)
    await put(imap, box, "one")
    ears = Ears()
    async with listening(adapter, ears.receive):
        await until(lambda: count_marked(imap, box, "\\Seen") == 1)
    await adapter.close()
    assert texts(ears.heard) == ["one"]


async def test_not_being_allowed_to_mark_is_no_failure(
    imap: Dovecot, box: str, wire: Wire, wired: EmailAdapter
) -> None:
    wire.changed[b"OK Store completed"] = b"NO You may not do this"
    ears = Ears()
    async with listening(wired, ears.receive):
        await put(imap, box, "one")
        await ears.until(1)
        await put(imap, box, "two")
        assert texts(await ears.until(2)) == ["one", "two"]


async def test_a_letter_that_alone_cannot_be_received_comes_as_a_file_and_others_go_on(
    imap: Dovecot, box: str, wired: EmailAdapter
) -> None:
    heard: list[Inbound] = []
    enough = asyncio.Event()

    async def receive(inbound: Inbound) -> None:
        if inbound.text == "poison":
            raise RuntimeError("a fault of ours")
        heard.append(inbound)
        if inbound.kind is Kind.ODD:
            enough.set()

    await put(imap, box, "poison")
    async with listening(wired, receive), asyncio.timeout(3 * PATIENCE):
        for number in range(30):
            if enough.is_set():
                break
            await put(imap, box, f"{number}")
            await asyncio.sleep(0.05)
        await enough.wait()
    assert texts(heard).count("0") == 1
    assert sum(one.kind is Kind.ODD for one in heard) == 1


async def test_where_nothing_can_be_received_everything_waits(
    imap: Dovecot, box: str, wired: EmailAdapter
) -> None:
    tries = 0

    async def receive(inbound: Inbound) -> None:
        nonlocal tries
        tries += 1
        if tries < 60:
            raise OSError("no space left on device")
        await ears.receive(inbound)

    ears = Ears()
    await put(imap, box, "one", "two")
    async with listening(wired, receive):
        heard = await ears.until(2)
    assert sorted(texts(heard)) == ["one", "two"]
    assert all(one.kind is Kind.MESSAGE for one in heard)


async def test_a_server_that_cannot_tell_is_asked(
    imap: Dovecot, box: str, wire: Wire, wired: EmailAdapter
) -> None:
    wire.changed[b" IDLE "] = b" "
    wire.cut()
    ears = Ears()
    async with listening(wired, ears.receive):
        for number in range(3):
            await put(imap, box, f"{number}")
            await ears.until(number + 1)
    assert texts(ears.heard) == ["0", "1", "2"]
    assert b"IDLE" not in b"".join(wire.asked)


async def test_a_letter_that_comes_while_we_search_wakes_us(
    imap: Dovecot, box: str, wired: EmailAdapter
) -> None:
    """The server tells of it behind the answer to the search, which did not see it, and not again
    when we wait.
    """
    await put(imap, box, "one")
    await hear(wired)
    await put(imap, box, "two")
    assert await wired._listening.call(lambda mailbox: mailbox.search("UID 2:*")) == [1]
    started = time.monotonic()
    await wired._listening.call(lambda mailbox: mailbox.idle(PATIENCE))
    assert time.monotonic() - started < PATIENCE / 2
    assert texts(await hear(wired)) == ["two"]


async def test_a_server_that_can_tell_is_not_asked_again_and_again(
    imap: Dovecot, box: str, wire: Wire, wired: EmailAdapter
) -> None:
    ears = Ears()
    async with listening(wired, ears.receive):
        await put(imap, box, "one")
        await ears.until(1)
        await until(lambda: b"IDLE" in b"".join(wire.asked[-1:]))
        asked = len(wire.asked)
        await asyncio.sleep(0.3)
        assert len(wire.asked) == asked
