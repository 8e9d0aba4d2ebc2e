"""The platform in memory keeps every platform's promise, or the tests above it prove little."""

from dataclasses import replace

import pytest

from core.adapter import DeliveryError, Refused, Retry, Unknown
from core.limits import Limits
from core.messages import Choice, Outbound
from tests.bots.contract import ANN, MessengerContract, Seen
from tests.bots.contract_changes import ChangingContract, EnclosingContract
from tests.fakes.memory import FAST, MemoryAdapter


class MemoryRig:
    failures: tuple[type[DeliveryError], ...] = (Retry, Refused, Unknown)

    def __init__(self) -> None:
        self.adapter = MemoryAdapter(replace(FAST, text=500, caption=100))

    async def person_says(self, text: str, person: str = ANN) -> None:
        self.adapter.say(text, person)

    async def person_presses(self, value: str, person: str = ANN) -> None:
        self.adapter.press(value, person)

    async def person_sends_file(self, data: bytes, name: str, size: int | None = None) -> None:
        self.adapter.send_file(data, name, size=size)

    def seen(self, person: str = ANN) -> list[Seen]:
        return [
            Seen(
                "\n".join(filter(None, (one.title, one.text))),
                tuple(c.label for c in one.choices),
                one.file.data if one.file else None,
            )
            for one in self.adapter.seen(person)
        ]

    def fail_with(self, failure: type[DeliveryError]) -> None:
        self.adapter.faults.append(failure("on purpose"))


class TestMemory(MessengerContract, EnclosingContract, ChangingContract):
    @pytest.fixture
    def rig(self) -> MemoryRig:
        return MemoryRig()


async def test_a_lost_answer_is_a_message_that_was_shown() -> None:
    adapter = MemoryAdapter()
    adapter.faults.append(Unknown("lost"))
    with pytest.raises(Unknown):
        await adapter.send(Outbound(adapter.address(), "hello"))
    assert [one.text for one in adapter.seen()] == ["hello"]


async def test_a_repeat_under_the_same_key_is_shown_once() -> None:
    adapter = MemoryAdapter(honours_keys=True)
    first, second = [
        await adapter.send(Outbound(adapter.address(), "hello", nonce="n")) for _ in range(2)
    ]
    assert first == second == adapter.id_of(adapter.sent[0])
    assert len(adapter.sent) == 1


@pytest.mark.parametrize(
    "outbound",
    [
        Outbound(MemoryAdapter().address(), "x" * 11),
        Outbound(MemoryAdapter().address(), "x" * 6, title="12345"),
        Outbound(MemoryAdapter().address(), "x", choices=(Choice("a", "1"), Choice("b", "2"))),
        Outbound(MemoryAdapter().address(), "x", choices=(Choice("12345", "1"),)),
    ],
)
async def test_what_breaks_the_limits_is_refused(outbound: Outbound) -> None:
    adapter = MemoryAdapter(Limits(text=10, choices=1, label=4))
    with pytest.raises(Refused) as refused:
        await adapter.send(outbound)
    assert not refused.value.gone


async def test_who_blocks_us_is_gone_until_they_return() -> None:
    adapter = MemoryAdapter()
    adapter.block()
    with pytest.raises(Refused) as refused:
        await adapter.send(Outbound(adapter.address(), "hello"))
    assert refused.value.gone
    adapter.unblock()
    assert await adapter.send(Outbound(adapter.address(), "hello"))
