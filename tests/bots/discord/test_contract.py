"""Discord keeps what every messenger promises, with the real library over loopback."""

import asyncio

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import Adapter, DeliveryError, Refused, Retry, Unknown
from core.messages import Address, Choice, Outbound
from tests.bots.contract import ANN, MessengerContract, MessengerRig, Seen
from tests.bots.contract_changes import ChangingContract, EnclosingContract
from tests.bots.discord.conftest import Knows
from tests.bots.discord.screen import labels, words
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Json, Upload
from tests.fakes.discord_people import Person

SEND = "POST /channels/{channel_id}/messages"
FAULTS: dict[type[DeliveryError], dict[str, object]] = {
    Retry: {"kind": "rate_limited", "retry_after": 60.0},
    Refused: {"kind": "blocked"},
    Unknown: {"kind": "lost_answer"},
}


class DiscordRig:
    """People who were heard before: what they say while nobody listens is read afterwards."""

    def __init__(self, fake: DiscordFake, adapter: DiscordAdapter, knows: Knows) -> None:
        self.adapter: Adapter = adapter
        self.failures: tuple[type[DeliveryError], ...] = tuple(FAULTS)
        self._fake = fake
        self._knows = knows
        self._pressing: set[asyncio.Task[None]] = set()

    def _person(self, id: str) -> Person:
        person = self._fake.person(int(id))
        self._knows.heard.setdefault(str(person.dm.id), "1")
        return person

    async def person_says(self, text: str, person: str = ANN) -> None:
        await self._person(person).says(text)

    async def person_sends_file(self, data: bytes, name: str, size: int | None = None) -> None:
        upload = Upload(data, name, "application/pdf")
        await self._person(ANN).sends_file(upload, len(data) if size is None else size)

    async def person_presses(self, value: str, person: str = ANN) -> None:
        """Once somebody listens: a press that nobody hears is told to its person at once."""
        presser = self._person(person)
        address = Address("discord", self.adapter.account, str(presser.dm.id))
        await self.adapter.send(Outbound(address, "?", choices=(Choice("a button", value),)))

        async def press() -> None:
            await self._fake.is_connected()
            await presser.presses(value)

        task = asyncio.create_task(press())
        self._pressing.add(task)
        task.add_done_callback(self._pressing.discard)

    def seen(self, person: str = ANN) -> list[Seen]:
        reader = self._person(person)
        there = [one for one in reader.inbox if int(one["id"]) in reader.dm.messages]
        return [Seen(words(one), labels(one), self._file(one)) for one in there]

    def _file(self, message: Json) -> bytes | None:
        files = [self._fake.files.data(one) for one in message["attachments"]]
        return files[0] if files else None

    def fail_with(self, failure: type[DeliveryError]) -> None:
        self._fake.faults.add(route=SEND, **FAULTS[failure])


class TestDiscordContract(MessengerContract, EnclosingContract, ChangingContract):
    @pytest.fixture
    def rig(self, fake: DiscordFake, adapter: DiscordAdapter, knows: Knows) -> MessengerRig:
        return DiscordRig(fake, adapter, knows)
