"""Whoever did something is told in time that it arrived, and sees no wait that does not end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import Retry
from core.messages import Address, Choice, DrawnForm, Inbound, Outbound
from tests.bots.contract import Ears, listening
from tests.bots.discord.conftest import LANGUAGES, Knows, Waits, settings
from tests.bots.discord.screen import words
from tests.bots.discord.test_interactions import FILLED, FORM
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
NOTHING_NEW, PROMISED, SAID = 6, 5, 4
ONLY_THEM = 1 << 6


Open = Callable[..., Awaitable[DiscordAdapter]]


@pytest.fixture
async def desk(fake: DiscordFake, waits: Waits, knows: Knows) -> AsyncIterator[Open]:
    """Opens one desk more."""
    desks = []

    async def opened(quick: float = 0.2, **more: object) -> DiscordAdapter:
        one = DiscordAdapter(settings(fake, **more), LANGUAGES, sleep=waits.sleep, quick=quick)
        one.look_up(knows)
        desks.append(one)
        await one.open()
        return one

    yield opened
    for one in desks:
        await one.close()


def answer(inbound: Inbound, text: str = "the answer", nonce: str = "out:1") -> Outbound:
    now = datetime.now(UTC)
    return Outbound(inbound.address, text, nonce=nonce, answer_to=inbound.answer_to, written=now)


def seen(person: Person) -> list[str]:
    return [one.content for one in person.seen]


# In time


@pytest.mark.alone
async def test_a_desk_that_can_neither_draw_a_form_nor_receive_acknowledges_in_three_seconds(
    fake: DiscordFake, desk: Open, ada: Person, knows: Knows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: Inbound) -> DrawnForm | None:
        await asyncio.Event().wait()
        raise AssertionError

    async def keep_waiting(_: Inbound) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(knows, "form", hang)
    one = await desk(quick=2.0)
    place = Address("discord", one.account, str(ada.dm.id))
    await one.send(Outbound(place, "?", choices=(Choice("Write", "ticket:new"),)))
    async with listening(one, keep_waiting):
        await fake.is_connected()
        assert await (await ada.presses("Write")).answered() == NOTHING_NEW


async def test_a_form_that_discord_asks_for_twice_is_opened_once_and_nothing_else_is_asked(
    fake: DiscordFake, desk: Open, ada: Person, knows: Knows
) -> None:
    knows.drawn = FORM
    ears = Ears()
    async with listening(await desk(), ears.receive):
        await fake.is_connected()
        fake.gateway.stuttering = 1
        await (await ada.runs("ticket")).answered()
        await fake.until(lambda: len(fake.calls_of(CALLBACK)) == 2)
        await ada.says("and now words")
        (heard,) = await ears.until(1)
    assert heard.text == "and now words"
    assert len(ada.modals) == 1


# What waits on the screen


@pytest.mark.parametrize("what", ["command", "press", "form"])
async def test_what_nobody_answers_in_a_server_does_not_wait_for_ever(
    fake: DiscordFake, desk: Open, ada: Person, lobby: Channel, knows: Knows, waits: Waits,
    what: str,
) -> None:  # fmt: skip
    """As of somebody who is shut out, or writes too much."""
    knows.drawn = FORM if what == "form" else None
    one, ears = await desk(), Ears()
    async with listening(one, ears.receive):
        await fake.is_connected()
        done = await ada.runs("ticket", channel=lobby)
        if what == "form":
            await done.answered()
            done = await ada.submits(ada.modals[0], FILLED)
        if what == "press":
            (asked,) = await ears.until(1)
            choices = (Choice("Yes", "yes"),)
            await one.send(Outbound(asked.address, "?", choices=choices, answer_to=done.token))
            done = await ada.presses("Yes")
        assert await done.answered() == PROMISED
        heard = (await ears.until(2 if what == "press" else 1))[-1]
        waits.silence.set()
        await fake.until(lambda: done.original is None)
        await one.send(answer(heard, "late"))
    assert seen(ada)[-1] == "late"
    assert ada.inbox[-1]["flags"] & ONLY_THEM


async def test_an_answer_to_a_form_that_was_given_back_and_kept_late_is_said(
    fake: DiscordFake, desk: Open, ada: Person, lobby: Channel, knows: Knows
) -> None:
    knows.drawn = FORM
    ears, told = Ears(), asyncio.Event()

    async def take_its_time(inbound: Inbound) -> None:
        await told.wait()
        await ears.receive(inbound)

    one = await desk(quick=0.05)
    async with listening(one, take_its_time):
        await fake.is_connected()
        await (await ada.runs("ticket", channel=lobby)).answered()
        assert await (await ada.submits(ada.modals[0], FILLED)).answered() == SAID
        told.set()
        (kept,) = await ears.until(1)
        async with asyncio.timeout(5):
            await one.send(answer(kept, "ticket 1"))
    assert seen(ada)[1:] == ["ticket 1"]
    assert "Since today" in seen(ada)[0]


async def test_a_long_form_is_given_back_whole(
    fake: DiscordFake, desk: Open, ada: Person, lobby: Channel, knows: Knows
) -> None:
    knows.drawn = FORM
    long = "It_broke. " * 300

    async def fail(_: Inbound) -> None:
        raise OSError("no space left on device")

    async with listening(await desk(quick=0.05), fail):
        await fake.is_connected()
        await (await ada.runs("ticket", channel=lobby)).answered()
        sent = await ada.submits(ada.modals[0], FILLED | {"description": long})
        assert await sent.answered() == SAID
    (message,) = ada.inbox
    assert long in words(message)
    assert "It is broken" in words(message)
    assert message["flags"] & ONLY_THEM


async def test_an_answer_does_not_wait_for_a_connection_that_ended_before_it_acknowledged(
    fake: DiscordFake, desk: Open, ada: Person, lobby: Channel
) -> None:
    ears = Ears()
    one = await desk()
    async with listening(one, ears.receive):
        await fake.is_connected()
        fake.faults.add(route=CALLBACK, kind="delay", before=30.0)
        await ada.runs("tickets", channel=lobby)
        (heard,) = await ears.until(1)
    async with asyncio.timeout(5):
        await one.send(answer(heard))
    assert [words(said) for said in ada.dm.messages.values()] == ["the answer"]


# Two desks: one hears, the other sends


async def test_what_another_desk_heard_is_answered_to_its_person_alone(
    fake: DiscordFake, desk: Open, ada: Person, lobby: Channel
) -> None:
    """Also where it is kept before it is acknowledged."""
    hears, sends = await desk(), await desk()
    fake.faults.add(route=CALLBACK, kind="delay", before=0.2)
    tries: list[bool] = []
    said = asyncio.Event()
    sending: list[asyncio.Task[None]] = []

    async def receive(inbound: Inbound) -> None:
        sending.append(asyncio.create_task(say(inbound)))

    async def say(inbound: Inbound) -> None:
        while not said.is_set():
            try:
                await sends.send(answer(inbound))
            except Retry as later:
                tries.append(later.asked)
                await asyncio.sleep(0.05)
            else:
                said.set()

    async with listening(hears, receive):
        await fake.is_connected()
        await ada.runs("tickets", channel=lobby)
        async with asyncio.timeout(5):
            await said.wait()
    assert set(tries) == {True}
    assert ada.dm.messages == {}
    assert seen(ada) == ["the answer"]


async def test_what_nobody_ever_acknowledged_is_said_in_private_in_the_end(
    desk: Open, ada: Person, lobby: Channel
) -> None:
    sends = await desk()
    place = Address("discord", sends.account, str(lobby.id), "@7")
    for seconds, goes in ((1, False), (5, True)):
        written = datetime.now(UTC) - timedelta(seconds=seconds)
        outbound = Outbound(place, "hello", answer_to="lost", written=written)
        if goes:
            await sends.send(outbound)
        else:
            with pytest.raises(Retry):
                await sends.send(outbound)
    assert [words(one) for one in ada.dm.messages.values()] == ["hello"]


async def test_an_answer_that_another_desk_gave_is_not_taken_away(
    fake: DiscordFake, desk: Open, ada: Person, lobby: Channel, waits: Waits
) -> None:
    hears, sends, ears = await desk(), await desk(), Ears()
    async with listening(hears, ears.receive):
        await fake.is_connected()
        done = await ada.runs("tickets", channel=lobby)
        await done.answered()
        (heard,) = await ears.until(1)
        await sends.send(answer(heard))
        looked = len(fake.calls)
        waits.silence.set()
        await fake.until(lambda: len(fake.calls) > looked)
        await hears.send(answer(heard, "and more", "out:2"))
    assert seen(ada) == ["the answer", "and more"]
