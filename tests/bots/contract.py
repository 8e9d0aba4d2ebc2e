"""The promise of every platform, written once.

A platform's test module subclasses `AdapterContract`, or, where several people write and press
buttons, `MessengerContract`, and gives it a `rig` fixture: an opened adapter, and somebody at the
other end of the wire.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import pytest

from core.adapter import Adapter, DeliveryError, Receive, Refused, Retry, TooLarge, Unknown
from core.messages import Attachment, Choice, Inbound, Kind, Outbound

ANN, BEN = "1001", "1002"
PATIENCE = 15.0
MARKUP = (
    '<b>*_`[me](tg://user?id=1)`_*</b> @everyone <@&1> &lt; {name} \\n %s "\u202egpj.exe" 👩‍👩‍👧 é'
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person was shown: all the words of a message, and the labels below it."""

    text: str
    labels: tuple[str, ...] = ()
    file: bytes | None = None


class Rig(Protocol):
    """Ann at the other end."""

    adapter: Adapter
    failures: tuple[type[DeliveryError], ...]
    """What this platform can answer to a send."""

    async def person_says(self, text: str) -> None: ...

    async def person_sends_file(self, data: bytes, name: str, size: int | None = None) -> None:
        """`size` is what the platform declares, where it is not that of `data`."""

    def seen(self) -> list[Seen]: ...

    def fail_with(self, failure: type[DeliveryError]) -> None:
        """The next send ends so."""


class MessengerRig(Rig, Protocol):
    """People are named by a platform id; they appear when they act."""

    async def person_says(self, text: str, person: str = ANN) -> None: ...

    async def person_presses(self, value: str, person: str = ANN) -> None:
        """On a button with this value, wherever it stands."""

    def seen(self, person: str = ANN) -> list[Seen]: ...


class Ears:
    """A receiver that keeps what it hears, and can fail as a full disk does."""

    def __init__(self, *, deaf_for: int = 0) -> None:
        self.heard: list[Inbound] = []
        self._deaf_for = deaf_for
        self._more = asyncio.Condition()

    async def receive(self, inbound: Inbound) -> None:
        if self._deaf_for:
            self._deaf_for -= 1
            raise OSError("no space left on device")
        async with self._more:
            self.heard.append(inbound)
            self._more.notify_all()

    async def until(self, count: int) -> list[Inbound]:
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(lambda: len(self.heard) >= count)
        return self.heard


@asynccontextmanager
async def listening(adapter: Adapter, receive: Receive) -> AsyncIterator[None]:
    task = asyncio.create_task(adapter.listen(receive))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def hear(adapter: Adapter, count: int = 1) -> list[Inbound]:
    """The next things that people did."""
    ears = Ears()
    async with listening(adapter, ears.receive):
        return await ears.until(count)


async def meet(rig: Rig, text: str = "hello") -> Inbound:
    """Somebody writes first: that is how their address is known."""
    await rig.person_says(text)
    return (await hear(rig.adapter))[0]


async def read(adapter: Adapter, attachment: Attachment) -> bytes:
    return b"".join([block async for block in adapter.fetch(attachment)])


class AdapterContract:
    """What every platform promises, even one for a single person who can only type."""

    async def test_each_message_arrives_once_and_in_order(self, rig: Rig) -> None:
        ears = Ears()
        async with listening(rig.adapter, ears.receive):
            for number in range(3):
                await rig.person_says(f"early {number}")
            await ears.until(3)
            for number in range(3):
                await rig.person_says(f"late {number}")
            await ears.until(6)
            await rig.person_says("last")
            heard = await ears.until(7)
        assert [one.text for one in heard] == [
            *(f"early {number}" for number in range(3)),
            *(f"late {number}" for number in range(3)),
            "last",
        ]
        assert len({one.event for one in heard}) == 7

    async def test_a_message_says_where_it_came_from(self, rig: Rig) -> None:
        inbound = await meet(rig)
        assert inbound.address.platform == rig.adapter.platform
        assert inbound.address.account == rig.adapter.account != ""
        assert inbound.kind is Kind.MESSAGE
        assert inbound.sender.id == ANN
        assert inbound.private
        assert inbound.at.utcoffset() is not None
        assert inbound.message

    async def test_words_arrive_byte_for_byte(self, rig: Rig) -> None:
        assert (await meet(rig, MARKUP)).text == MARKUP

    async def test_a_file_is_fetched_byte_for_byte(self, rig: Rig) -> None:
        data = bytes(range(256)) * 1000
        await rig.person_sends_file(data, "proof ü.bin")
        file = (await hear(rig.adapter))[0].attachments[0]
        assert file.name == "proof ü.bin"
        assert file.size == len(data)
        assert await read(rig.adapter, file) == data
        assert await read(rig.adapter, file) == data

    async def test_a_file_over_the_limit_is_too_large(self, rig: Rig) -> None:
        limit = rig.adapter.limits.file_in
        await rig.person_sends_file(b"little of it", "film.mov", size=limit + 1)
        file = (await hear(rig.adapter))[0].attachments[0]
        with pytest.raises(TooLarge) as refused:
            await read(rig.adapter, file)
        assert refused.value.limit == limit

    async def test_a_send_returns_an_id_of_its_own(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        first = await rig.adapter.send(Outbound(address, "one"))
        second = await rig.adapter.send(Outbound(address, "two"))
        assert first
        assert second
        assert first != second
        assert [one.text for one in rig.seen()] == ["one", "two"]

    async def test_words_are_shown_byte_for_byte(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        await rig.adapter.send(Outbound(address, MARKUP))
        assert rig.seen() == [Seen(MARKUP)]

    async def test_the_longest_text_passes_uncut(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        limits = rig.adapter.limits
        wide = "\N{WAVING HAND SIGN}"
        text = wide * (limits.text // 2) if limits.utf16 else wide * limits.text
        await rig.adapter.send(Outbound(address, text))
        assert rig.seen() == [Seen(text)]

    async def test_a_title_is_drawn_with_its_words(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        await rig.adapter.send(Outbound(address, "Words", "Title 👋"))
        (shown,) = rig.seen()
        assert "Title 👋" in shown.text
        assert "Words" in shown.text

    async def test_a_failed_send_says_how_it_failed(self, rig: Rig) -> None:
        address = (await meet(rig)).address
        assert {Retry, Refused, Unknown}.issuperset(rig.failures)
        assert rig.failures
        for failure in rig.failures:
            rig.fail_with(failure)
            with pytest.raises(failure) as failed:
                await rig.adapter.send(Outbound(address, "private words"))
            assert "private words" not in repr(failed.value)
        await rig.adapter.send(Outbound(address, "better now"))
        assert rig.seen()[-1] == Seen("better now")

    async def test_listening_ends_quickly_when_cancelled(self, rig: Rig) -> None:
        ears = Ears()
        task = asyncio.create_task(rig.adapter.listen(ears.receive))
        await rig.person_says("hello")
        await ears.until(1)
        task.cancel()
        async with asyncio.timeout(1):
            with pytest.raises(asyncio.CancelledError):
                await task


class MessengerContract(AdapterContract):
    """What is promised as well where several people write and press buttons, and what we could not
    take is delivered again.
    """

    async def test_people_are_told_apart_and_each_keeps_their_order(
        self, rig: MessengerRig
    ) -> None:
        for number in range(4):
            await rig.person_says(f"ann {number}", ANN)
            await rig.person_says(f"ben {number}", BEN)
        heard = await hear(rig.adapter, 8)
        for person, name in ((ANN, "ann"), (BEN, "ben")):
            said = [one.text for one in heard if one.sender.id == person]
            assert said == [f"{name} {number}" for number in range(4)]
        assert len({one.address for one in heard}) == 2

    async def test_what_could_not_be_received_comes_again_in_its_order(
        self, rig: MessengerRig
    ) -> None:
        ears = Ears(deaf_for=2)
        await rig.person_says("first")
        await rig.person_says("second")
        async with listening(rig.adapter, ears.receive):
            heard = await ears.until(2)
        assert [one.text for one in heard] == ["first", "second"]

    async def test_what_was_never_received_is_not_acknowledged(self, rig: MessengerRig) -> None:
        tried = asyncio.Event()

        async def fail(_: Inbound) -> None:
            tried.set()
            raise OSError("no space left on device")

        await rig.person_says("keep me")
        async with listening(rig.adapter, fail), asyncio.timeout(PATIENCE):
            await tried.wait()
        assert [one.text for one in await hear(rig.adapter)] == ["keep me"]

    async def test_a_press_arrives_with_its_value(self, rig: MessengerRig) -> None:
        await rig.person_presses("faq:12:helped")
        pressed = (await hear(rig.adapter))[0]
        assert pressed.kind is Kind.PRESS
        assert pressed.choice == "faq:12:helped"
        assert pressed.sender.id == ANN

    async def test_a_send_reaches_only_its_address(self, rig: MessengerRig) -> None:
        address = (await meet(rig)).address
        await rig.person_says("and me", BEN)
        await rig.adapter.send(Outbound(address, "for ann"))
        assert [one.text for one in rig.seen(ANN)] == ["for ann"]
        assert rig.seen(BEN) == []

    async def test_choices_are_drawn_below_title_and_words(self, rig: MessengerRig) -> None:
        address = (await meet(rig)).address
        choices = tuple(Choice(f"Label {number}", f"value:{number}") for number in range(3))
        await rig.adapter.send(Outbound(address, "Words", "Title 👋", choices, columns=2))
        (shown,) = rig.seen()
        assert "Title 👋" in shown.text
        assert "Words" in shown.text
        assert shown.labels == tuple(choice.label for choice in choices)

    async def test_as_many_choices_as_promised_are_drawn(self, rig: MessengerRig) -> None:
        address = (await meet(rig)).address
        limits = rig.adapter.limits
        choices = tuple(
            Choice("x" * limits.label, f"value:{number}") for number in range(limits.choices)
        )
        await rig.adapter.send(Outbound(address, "Choose", choices=choices))
        assert len(rig.seen()[0].labels) == limits.choices
