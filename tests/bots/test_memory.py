"""The platform in memory keeps the same promise as the real ones, or it is lying to other tests."""

import pytest

from core.adapter import Adapter, DeliveryError, Refused, Retry, Unknown
from tests.bots.contract import ANN, MessengerContract, MessengerRig, Seen
from tests.fakes.memory import MemoryAdapter


class MemoryRig:
    def __init__(self) -> None:
        self._memory = MemoryAdapter()
        self.adapter: Adapter = self._memory
        self.failures: tuple[type[DeliveryError], ...] = (Retry, Refused, Unknown)

    async def person_says(self, text: str, person: str = ANN) -> None:
        self._memory.say(text, person)

    async def person_presses(self, value: str, person: str = ANN) -> None:
        self._memory.press(value, person)

    async def person_sends_file(self, data: bytes, name: str, size: int | None = None) -> None:
        self._memory.send_file(data, name, size=size)

    def seen(self, person: str = ANN) -> list[Seen]:
        return [
            Seen(
                f"{one.title}\n{one.text}" if one.title else one.text,
                tuple(choice.label for choice in one.choices),
            )
            for one in self._memory.seen(person)
        ]

    def fail_with(self, failure: type[DeliveryError]) -> None:
        self._memory.faults.append(failure("on order"))


class TestMemoryContract(MessengerContract):
    @pytest.fixture
    def rig(self) -> MessengerRig:
        return MemoryRig()
