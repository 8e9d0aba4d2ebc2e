"""Letters are received at least once, whenever we were there."""

import asyncio

from bots.email.adapter import EmailAdapter
from bots.email.hearing import BATCH
from core.messages import Inbound, Kind
from tests.bots.contract import Ears, hear, listening
from tests.bots.email.letters import ANN, written
from tests.bots.email.mailing import (
    DAY,
    Open,
    count_marked,
    hear_again,
    letter,
    put,
    quick,
    texts,
    until,
    until_marked,
)
from tests.bots.email.test_automatic import report
from tests.fakes.mail import Dovecot

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
