"""Letters are received at least once, whatever happens to us, the server or the wire."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from bots.email.adapter import EmailAdapter
from bots.email.hearing import BATCH
from core.adapter import Refused, Retry
from core.messages import Inbound, Kind
from tests.bots.contract import PATIENCE, Ears, hear, listening
from tests.bots.email.conftest import Open, email_settings
from tests.bots.email.letters import ANN, KEY, written
from tests.bots.email.memory import Memory
from tests.bots.email.test_automatic import report
from tests.fakes.mail import Dovecot, dovecot
from tests.fakes.mail_smtp import PostOffice
from tests.fakes.mail_wire import Wire, wire_to

DAY = 86400


def letter(text: str) -> bytes:
    return bytes(written(text))


async def put(imap: Dovecot, box: str, *texts: str, flags: str = "", age: float = 0) -> None:
    when = time.time() - age if age else None
    letters = [letter(text) for text in texts]
    await asyncio.to_thread(imap.put, box, *letters, flags=flags, when=when)


async def quick(seconds: float) -> None:
    """Waiting that takes no time where only the order matters."""
    await asyncio.sleep(min(seconds, 0.02))


async def hear_again(opened: Open, event: str, count: int) -> list[Inbound]:
    """What a desk hears that was started anew and remembers this event."""
    async with opened() as adapter:
        adapter.look_up(Memory(event))
        return await hear(adapter, count)


def texts(heard: Sequence[Inbound]) -> list[str]:
    return [one.text for one in heard]


# Where we were


async def test_what_came_while_we_were_away_is_caught_up_on(
    opened: Open, imap: Dovecot, box: str
) -> None:
    await put(imap, box, "one", "two")
    async with opened() as adapter:
        first = await hear(adapter, 2)
    await put(imap, box, "three", age=40 * DAY)
    await put(imap, box, "read by somebody", flags="\\Seen")
    heard = await hear_again(opened, first[1].event, 4)
    assert texts(heard) == ["one", "two", "three", "read by somebody"]
    assert [one.event for one in heard[:2]] == [one.event for one in first]


async def test_only_the_last_ones_are_read_once_more(opened: Open, imap: Dovecot, box: str) -> None:
    await put(imap, box, *(f"{number}" for number in range(BATCH + 20)))
    async with opened() as adapter:
        first = await hear(adapter, BATCH + 20)
    await until_marked(imap, box, BATCH + 20, opened, first[-1].event)
    await put(imap, box, "new")
    heard = await hear_again(opened, first[-1].event, BATCH + 1)
    assert texts(heard) == [*(f"{number}" for number in range(20, BATCH + 20)), "new"]


async def until_marked(imap: Dovecot, box: str, count: int, opened: Open, event: str) -> None:
    """Cut off while they are marked, a desk marks them in its next life."""
    ears = Ears()
    async with opened() as adapter:
        adapter.look_up(Memory(event))
        async with listening(adapter, ears.receive):
            await until(lambda: count_marked(imap, box) >= count)


def count_marked(imap: Dovecot, box: str, mark: str = "$Frontdesk") -> int:
    return sum(mark in one for one in imap.flags(box))


async def until(holds: Callable[[], bool]) -> None:
    """What others see in the mailbox."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110  # no event tells of it
            await asyncio.sleep(0.01)


async def test_one_that_was_still_on_its_way_is_found_by_its_missing_mark(
    opened: Open, imap: Dovecot, box: str
) -> None:
    """It failed for long, and more than are read once more were received behind it."""
    await put(imap, box, "late", *(f"{number}" for number in range(BATCH + 10)))
    heard: list[Inbound] = []

    async def receive(inbound: Inbound) -> None:
        if inbound.text == "late":
            raise OSError("no space left on device")
        heard.append(inbound)

    async with opened(sleep=quick) as adapter, listening(adapter, receive):
        await until(lambda: count_marked(imap, box) == BATCH + 10)
    again = await hear_again(opened, heard[-1].event, BATCH + 1)
    assert again[0].text == "late"


async def test_at_first_only_what_nobody_has_dealt_with_is_taken(
    opened: Open, imap: Dovecot, box: str
) -> None:
    await put(imap, box, "old", age=40 * DAY)
    await put(imap, box, "read", flags="\\Seen")
    await put(imap, box, "answered", flags="\\Answered")
    await put(imap, box, "thrown away", flags="\\Deleted")
    await put(imap, box, "ours", flags="$Frontdesk")
    await put(imap, box, "last week", age=7 * DAY)
    await put(imap, box, "today")
    async with opened() as adapter:
        assert texts(await hear(adapter, 2)) == ["last week", "today"]


async def test_numbered_anew_what_was_received_is_known_by_its_mark(
    opened: Open, imap: Dovecot, box: str
) -> None:
    await put(imap, box, "one", "two")
    async with opened() as adapter:
        first = await hear(adapter, 2)
    await until_marked(imap, box, 2, opened, first[-1].event)
    await asyncio.to_thread(imap.number_anew, box)
    await put(imap, box, "three")
    heard = await hear_again(opened, first[-1].event, 1)
    assert texts(heard) == ["three"]
    assert heard[0].event.partition("/")[0] != first[0].event.partition("/")[0]


async def test_what_was_thrown_away_is_skipped(
    opened: Open, imap: Dovecot, box: str, adapter: EmailAdapter
) -> None:
    ears = Ears()
    async with listening(adapter, ears.receive):
        await put(imap, box, "one")
        await ears.until(1)
        await put(imap, box, "thrown away", flags="\\Deleted")
        await put(imap, box, "two")
        assert texts(await ears.until(2)) == ["one", "two"]


# Kinds of letters


async def test_what_is_ignored_stops_nothing_and_is_marked(
    imap: Dovecot, box: str, adapter: EmailAdapter
) -> None:
    automatic = bytes(written("I am away", Auto_Submitted="auto-replied"))
    await asyncio.to_thread(imap.put, box, b"no letter", automatic, letter("Hello"))
    assert texts(await hear(adapter)) == ["Hello"]
    ears = Ears()
    async with listening(adapter, ears.receive):
        await until(lambda: count_marked(imap, box) == 3)
    assert ears.heard == []


async def test_the_servers_own_view_of_a_report_and_of_an_answer(
    imap: Dovecot, box: str, adapter: EmailAdapter
) -> None:
    ours = adapter._tokens.make("0" * 24, ANN)
    answer = written("Yes", In_Reply_To=ours)
    raws = (report(message=ours), report(message=ours, shown="text/rfc822-headers"), bytes(answer))
    await asyncio.to_thread(imap.put, box, *raws)
    heard = await hear(adapter, 3)
    assert [one.kind for one in heard] == [Kind.BLOCKED, Kind.BLOCKED, Kind.MESSAGE]
    assert {one.address.chat for one in heard} == {ANN}
    assert heard[2].proven
    assert heard[2].reply_to == ours


# What happens on the way


@pytest.fixture
async def wire(imap: Dovecot) -> AsyncIterator[Wire]:
    async with wire_to(imap.port) as wire:
        yield wire


@pytest.fixture
async def wired(wire: Wire, post: PostOffice, box: str) -> AsyncIterator[EmailAdapter]:
    settings = email_settings(box, wire.url, post.url)
    adapter = EmailAdapter(settings, "Desk", KEY, sleep=quick)
    await adapter.open()
    yield adapter
    await adapter.close()


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


# Opening


@pytest.mark.parametrize("tls", [False, True])
async def test_a_bad_password_is_refused_in_clear_words(
    imap: Dovecot, post: PostOffice, box: str, tls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.ca))
    settings = email_settings(box, imap.url(tls=tls), post.url, password="wrong pässword")
    adapter = EmailAdapter(settings, "Desk", KEY)
    with pytest.raises(Refused, match="FRONTDESK_EMAIL__PASSWORD") as refused:
        await adapter.open()
    await adapter.close()
    assert "wrong" not in str(refused.value)


async def test_over_tls_everything_is_the_same(
    imap: Dovecot, post: PostOffice, box: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.ca))
    adapter = EmailAdapter(email_settings(box, imap.url(tls=True), post.url), "Desk", KEY)
    await adapter.open()
    ears = Ears()
    async with listening(adapter, ears.receive):
        for number in range(3):
            await put(imap, box, f"{number}")
            await ears.until(number + 1)
    await adapter.close()
    assert texts(ears.heard) == ["0", "1", "2"]


async def test_who_cannot_prove_to_be_the_server_is_told_nothing(
    imap: Dovecot, post: PostOffice, box: str
) -> None:
    adapter = EmailAdapter(email_settings(box, imap.url(tls=True), post.url), "Desk", KEY)
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.open()
    await adapter.close()


async def test_a_server_that_is_not_there_is_tried_again(post: PostOffice, box: str) -> None:
    adapter = EmailAdapter(email_settings(box, "imap://127.0.0.1:9", post.url), "Desk", KEY)
    with pytest.raises(Retry, match="could not be reached"):
        await adapter.open()
    await adapter.close()


async def test_a_folder_of_its_own_can_be_named(
    imap: Dovecot, post: PostOffice, box: str, tmp_path: Path
) -> None:
    with imap.logged_in(box) as client:
        client.create("Desk")
        client.append("Desk", "", "", letter("in the folder"))
    adapter = EmailAdapter(email_settings(box, imap.url() + "/Desk", post.url), "Desk", KEY)
    assert texts(await hear(adapter)) == ["in the folder"]
    await adapter.close()


async def test_a_server_without_idle_of_its_own(post: PostOffice, box: str, imap: Dovecot) -> None:
    with dovecot("IMAP4rev1 SASL-IR LITERAL+") as plain:
        adapter = EmailAdapter(email_settings(box, plain.url(), post.url), "Desk", KEY)
        ears = Ears()
        async with listening(adapter, ears.receive):
            for number in range(2):
                await put(plain, box, f"{number}")
                await ears.until(number + 1)
        await adapter.close()
