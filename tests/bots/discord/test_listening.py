"""What people say is received once, in order, whatever happened to the connection."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from discord.gateway import KeepAliveHandler

from bots.discord import gateway
from bots.discord.adapter import DiscordAdapter
from core.adapter import Refused, Retry
from core.messages import Address, Inbound, Kind, Outbound
from tests.bots.contract import PATIENCE, Ears, hear, listening
from tests.bots.discord.conftest import LANGUAGES, Knows, Waits, settings
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Json, Upload
from tests.fakes.discord_people import Person

HISTORY = "GET /channels/{channel_id}/messages"


@pytest.fixture
def ada(fake: DiscordFake, knows: Knows) -> Person:
    """Somebody whom the desk has heard before."""
    person = fake.person(7, "Ada")
    knows.heard[str(person.dm.id)] = "1"
    return person


@pytest.fixture
async def ears(fake: DiscordFake, adapter: DiscordAdapter, knows: Knows) -> AsyncIterator[Ears]:
    """Listening, with a desk that remembers whom it heard."""
    hearing = Ears()

    async def receive(inbound: Inbound) -> None:
        await hearing.receive(inbound)
        knows.heard[inbound.address.chat] = inbound.message

    async with listening(adapter, receive):
        await fake.is_connected()
        yield hearing


def texts(ears: Ears) -> list[str]:
    return [one.text for one in ears.heard]


def distinct(ears: Ears) -> list[str]:
    """As the desk keeps them: each event once."""
    return list({one.event: one.text for one in ears.heard}.values())


# What was missed


async def test_what_was_said_meanwhile_is_read_in_pages_before_anything_new(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    for number in range(250):
        await ada.says(f"{number}")
    release = asyncio.Event()
    ears = Ears()

    async def receive(inbound: Inbound) -> None:
        await release.wait()
        await ears.receive(inbound)

    async with listening(adapter, receive):
        await fake.is_connected()
        await ada.says("live")
        release.set()
        await ears.until(251)
    assert distinct(ears) == [*(str(number) for number in range(250)), "live"]
    assert len(fake.calls_of(HISTORY)) == 3


async def test_only_what_came_after_the_last_message_is_read(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, knows: Knows
) -> None:
    await ada.says("old")
    known = await ada.says("known")
    await ada.says("new")
    knows.heard[str(ada.dm.id)] = known["id"]
    assert [one.text for one in await hear(adapter)] == ["new"]


async def test_what_is_said_at_the_very_start_waits_for_what_was_missed(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person
) -> None:
    await ada.says("missed")
    fake.faults.add(route=HISTORY, kind="delay", before=0.1)
    ears = Ears()
    async with listening(adapter, ears.receive):
        await fake.is_connected()
        await ada.says("live")
        await ears.until(2)
    assert distinct(ears)[:2] == ["missed", "live"]


@pytest.mark.parametrize("kind", ["server_error", "cut", "malformed", "rate_limited", "cloudflare"])
async def test_trouble_while_reading_what_was_missed_passes(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, waits: Waits, kind: str
) -> None:
    await ada.says("missed")
    fake.faults.add(route=HISTORY, kind=kind, times=2, status=503, retry_after=31.0)
    assert [one.text for one in await hear(adapter)] == ["missed"]
    assert waits


@pytest.mark.parametrize(("kind", "code"), [("not_found", 10003), ("forbidden", 50001)])
async def test_a_channel_that_is_gone_holds_up_nobody(
    fake: DiscordFake, adapter: DiscordAdapter, ada: Person, knows: Knows, kind: str, code: int
) -> None:
    ben = fake.person(8, "Ben")
    knows.heard[str(ben.dm.id)] = "1"
    knows.heard["99"] = "99"
    fake.faults.add(route=f"GET /channels/{ada.dm.id}/messages", kind=kind, code=code)
    await ben.says("here")
    assert [one.text for one in await hear(adapter)] == ["here"]


async def test_a_database_that_is_away_loses_nothing_that_was_missed(
    adapter: DiscordAdapter, ada: Person, waits: Waits, knows: Knows
) -> None:
    failing = knows.last_heard
    tries = 0

    class Away(Knows):
        async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise OSError("the database is away")
            return await failing(platform, account)

    adapter.look_up(Away(lambda: adapter.account))
    await ada.says("missed")
    assert [one.text for one in await hear(adapter)] == ["missed"]
    assert len(waits) == 2


async def test_twenty_restarts_lose_and_double_nothing(
    fake: DiscordFake, adapter: DiscordAdapter, knows: Knows
) -> None:
    people = [fake.person(number, f"P{number}") for number in range(1, 6)]
    for person in people:
        knows.heard[str(person.dm.id)] = "1"
    received: list[str] = []
    for restart in range(20):
        for number in range(5):
            for person in people:
                await person.says(f"{restart}.{number} of {person.id}")
        ears = Ears()

        async def receive(inbound: Inbound, ears: Ears = ears) -> None:
            knows.heard[inbound.address.chat] = inbound.message
            await ears.receive(inbound)

        async with listening(adapter, receive):
            await ears.until(25)
        received += texts(ears)
    assert len(received) == len(set(received)) == 500
    for person in people:
        own = [text for text in received if text.endswith(f"of {person.id}")]
        assert own == [f"{r}.{n} of {person.id}" for r in range(20) for n in range(5)]


# Connections


async def test_a_resumed_session_reads_no_history(fake: DiscordFake, ears: Ears) -> None:
    ada = fake.person(7)
    await ada.says("before")
    await ears.until(1)
    fake.gateway.drop()
    await ada.says("meanwhile")
    await ears.until(2)
    assert texts(ears) == ["before", "meanwhile"]
    assert fake.gateway.resumes == 1
    assert not fake.calls_of(HISTORY)


@pytest.mark.parametrize("how", ["forgotten", "invalid", "reconnect", "closed"])
async def test_a_lost_connection_loses_nothing(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears, ada: Person, how: str
) -> None:
    await ada.says("before")
    await ears.until(1)
    match how:
        case "forgotten":
            fake.gateway.drop(forget=True)
        case "invalid":
            fake.gateway.invalidate()
        case "reconnect":
            fake.gateway.reconnect()
        case "closed":
            await fake.gateway.close(4000)
    await ada.says("meanwhile")
    await ears.until(2)
    await ada.says("after")
    async with asyncio.timeout(5):
        while "after" not in texts(ears):
            await ears.until(len(ears.heard) + 1)
    assert distinct(ears) == ["before", "meanwhile", "after"]


async def test_a_new_session_is_not_started_in_a_hurry_and_looks_at_what_is_left(
    fake: DiscordFake, ears: Ears, ada: Person, waits: Waits, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(fake.calls_of("GET /gateway/bot"))
    fake.gateway.invalidate()
    await fake.until(lambda: fake.gateway.identifies == 2)
    assert 5.0 in waits
    assert len(fake.calls_of("GET /gateway/bot")) == before + 1


@pytest.mark.parametrize(
    ("code", "failure", "words"),
    [
        (4004, Refused, "FRONTDESK_DISCORD__TOKEN"),
        (4013, Refused, "Message Content Intent"),
        (4014, Refused, "Message Content Intent"),
        (4011, Refused, "FRONTDESK_DISCORD__SHARD_COUNT"),
        (4012, Refused, "install a newer"),
    ],
)
async def test_a_door_that_is_shut_for_good_says_what_to_do(
    fake: DiscordFake, adapter: DiscordAdapter, code: int, failure: type[Exception], words: str
) -> None:
    fake.gateway.closings.append(code)
    async with asyncio.timeout(5):
        with pytest.raises(failure, match=words):
            await adapter.listen(Ears().receive)


async def test_a_token_that_is_revoked_while_listening_ends_it(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    fake.faults.add(route="GET /users/@me", kind="unauthorized")
    with pytest.raises(Refused, match="FRONTDESK_DISCORD__TOKEN"):
        await adapter.listen(Ears().receive)


async def test_trouble_at_the_door_is_tried_later(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    fake.faults.add(route="GET /users/@me", kind="server_error", status=503)
    with pytest.raises(Retry):
        await adapter.listen(Ears().receive)


# Shards and intents


async def test_only_what_is_used_is_asked_for(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears
) -> None:
    (session,) = fake.gateway.sessions.values()
    assert session.intents == 1 << 0 | 1 << 12
    assert session.shard == (0, 1)


async def test_each_process_serves_its_own_shards(fake: DiscordFake, waits: Waits) -> None:
    """And only the one with the first hears what is said in private, and reads what was missed."""
    houses = [fake.guild(shard << 22) for shard in range(1, 4)]
    ada = fake.person(7)
    for house in houses:
        house.join(ada.user)
    first, second = Ears(), Ears()
    async with opened(fake, waits, (0, 1)) as left, opened(fake, waits, (2, 3)) as right:
        knows = Knows(lambda: left.account)
        knows.heard[str(ada.dm.id)] = "1"
        for one in (left, right):
            one.look_up(knows)
        await ada.says("missed")
        async with listening(left, first.receive), listening(right, second.receive):
            await fake.until(lambda: len(fake.gateway.sessions) == 4)
            await ada.says("in private")
            await first.until(2)
            for house in houses:
                words = f"<@{left.account}> in {house.id >> 22}"
                await ada.says(words, channel=house.channel("lobby"))
            await first.until(3)
            await second.until(2)
    assert set(texts(first)) == {"missed", "in private", "in 1"}
    assert set(texts(second)) == {"in 2", "in 3"}


@asynccontextmanager
async def opened(
    fake: DiscordFake, waits: Waits, shards: tuple[int, ...]
) -> AsyncIterator[DiscordAdapter]:
    settled = settings(fake, shard_count=4, shard_ids=shards, mentions=True)
    adapter = DiscordAdapter(settled, LANGUAGES, sleep=waits.sleep)
    await adapter.open()
    yield adapter
    await adapter.close()


# Order


async def test_what_could_not_be_received_is_overtaken_by_nothing_in_its_channel(
    fake: DiscordFake, adapter: DiscordAdapter, waits: Waits
) -> None:
    ears, failed = Ears(), 0
    ada, ben = fake.person(7), fake.person(8)

    async def receive(inbound: Inbound) -> None:
        nonlocal failed
        if inbound.sender.id == "7" and failed < 3:
            failed += 1
            raise OSError(f"cannot write {inbound.text}")
        await ears.receive(inbound)

    async with listening(adapter, receive):
        await fake.is_connected()
        await ada.says("a")
        await ben.says("b")
        await ada.says("c")
        await ears.until(3)
    assert [one for one in texts(ears) if one != "b"] == ["a", "c"]
    for wait, expected in zip(waits, (1, 2, 4), strict=True):
        assert 0.8 * expected <= wait <= 1.2 * expected


async def test_a_failed_receiver_is_logged_without_the_words(
    fake: DiscordFake, adapter: DiscordAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ears, failed = Ears(), False

    async def fail(inbound: Inbound) -> None:
        nonlocal failed
        if not failed:
            failed = True
            raise OSError(f"cannot write {inbound.text}")
        await ears.receive(inbound)

    async with listening(adapter, fail):
        await fake.is_connected()
        await fake.person(7).says("my secret")
        await ears.until(1)
    assert "not received; it is taken again" in caplog.text
    assert "my secret" not in "".join(str(record.__dict__) for record in caplog.records)


async def test_what_was_never_received_of_somebody_new_is_read_after_a_new_connection(
    fake: DiscordFake, adapter: DiscordAdapter
) -> None:
    tried = asyncio.Event()

    async def fail(_: Inbound) -> None:
        tried.set()
        raise OSError("no space left on device")

    async with listening(adapter, fail):
        await fake.is_connected()
        await fake.person(7).says("keep me")
        await tried.wait()
    assert [one.text for one in await hear(adapter)] == ["keep me"]


# What people do


async def test_an_edit_is_heard_as_one(fake: DiscordFake, ears: Ears) -> None:
    ada = fake.person(7)
    said = await ada.says("hallo")
    await ears.until(1)
    await ada.edits(said, "Hallo!")
    message, edit = await ears.until(2)
    assert (edit.kind, edit.text, edit.message) == (Kind.EDIT, "Hallo!", message.message)
    assert edit.event.startswith(f"e:{message.message}:")
    assert edit.event != message.event


async def test_the_language_is_known_from_what_somebody_pressed(
    fake: DiscordFake, ears: Ears
) -> None:
    ada = fake.person(7, locale="de")
    await ada.says("hallo")
    await ears.until(1)
    await ada.runs("tickets")
    await ears.until(2)
    await ada.says("noch da?")
    assert [one.sender.language for one in await ears.until(3)] == ["", "de", "de"]


async def test_our_own_words_are_not_heard(
    fake: DiscordFake, adapter: DiscordAdapter, ears: Ears
) -> None:
    ada = fake.person(7)
    await adapter.send(Outbound(Address("discord", adapter.account, str(ada.dm.id)), "hello"))
    await ada.says("hi")
    await ears.until(1)
    assert texts(ears) == ["hi"]


async def test_files_come_with_their_words(fake: DiscordFake, ears: Ears) -> None:
    ada = fake.person(7)
    await ada.says(
        "look", files=[Upload(b"x", "a.png", "image/png"), Upload(b"y", "b.mp4", "video/mp4")]
    )
    (heard,) = await ears.until(1)
    assert heard.text == "look"
    assert [(one.name, one.kind) for one in heard.attachments] == [
        ("a.png", "photo"),
        ("b.mp4", "video"),
    ]


async def test_an_event_that_is_not_understood_ends_nothing(
    fake: DiscordFake, ears: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    strange: list[tuple[str, Json]] = [
        ("MESSAGE_CREATE", {"id": "1", "author": {"id": "x"}, "channel_id": ["?"]}),
        ("INTERACTION_CREATE", {"id": "1", "type": 2, "data": None}),
        ("MESSAGE_CREATE", {}),
        ("SOMETHING_NEW", {}),
    ]
    for event, data in strange:
        fake.gateway.publish(event, data, None)
    await fake.person(7).says("and on")
    await ears.until(1)
    assert texts(ears) == ["and on"]


async def test_no_thread_beats_on_for_a_connection_that_was_given_up(fake: DiscordFake) -> None:
    waiting = asyncio.Event()

    async def wait_for_ever(first: bool) -> None:
        waiting.set()
        await asyncio.Event().wait()

    token = fake.token
    listens = asyncio.create_task(gateway.listen(settings(fake), token, {}, wait_for_ever))
    await asyncio.wait_for(waiting.wait(), PATIENCE)
    listens.cancel()
    await asyncio.wait({listens})
    assert not [one for one in threading.enumerate() if isinstance(one, KeepAliveHandler)]
