"""A staff channel, somebody of the staff, and a room."""

from collections.abc import AsyncIterator, Mapping

import pytest

from bots.discord.adapter import DiscordAdapter
from core.adapter import Receive
from core.messages import Address, Inbound
from tests.bots.contract import Ears, listening
from tests.bots.discord.conftest import LANGUAGES, Knows, Waits, settings
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_guilds import (
    FORUM,
    MANAGE_THREADS,
)
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel


class KnowsRooms(Knows):
    """A desk that heard in rooms, too."""

    def __init__(self, fake: DiscordFake) -> None:
        super().__init__(lambda: str(fake.world.bot["id"]))
        self.rooms: dict[Address, str] = {}

    async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
        return {**await super().last_heard(platform, account), **self.rooms}


@pytest.fixture
def knows(fake: DiscordFake) -> KnowsRooms:
    return KnowsRooms(fake)


@pytest.fixture
def kind() -> int:
    return FORUM


@pytest.fixture
def staff(fake: DiscordFake, kind: int) -> Channel:
    return fake.guild(1).channel("staff", kind)


@pytest.fixture
def kim(fake: DiscordFake) -> Person:
    """Of the staff."""
    person = fake.person(8, "Kim")
    fake.guild(1).join(person.user, [fake.guild(1).role("staff", MANAGE_THREADS)])
    return person


@pytest.fixture
async def adapter(
    fake: DiscordFake, staff: Channel, waits: Waits, knows: KnowsRooms
) -> AsyncIterator[DiscordAdapter]:
    opened = DiscordAdapter(
        settings(fake, staff_channel=str(staff.id)), LANGUAGES, sleep=waits.sleep, quick=0.05
    )
    opened.look_up(knows)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def room(adapter: DiscordAdapter) -> Address:
    return await adapter.open_room("12 · It is broken")


@pytest.fixture
def thread(fake: DiscordFake, room: Address) -> Channel:
    return fake.world.channel(room.thread)


@pytest.fixture
async def ears(fake: DiscordFake, adapter: DiscordAdapter) -> AsyncIterator[Ears]:
    """As a desk that takes each event once."""
    hearing = Ears()
    async with listening(adapter, once(hearing)):
        await fake.is_connected()
        yield hearing


def once(ears: Ears) -> Receive:
    async def receive(inbound: Inbound) -> None:
        if inbound.event not in [one.event for one in ears.heard]:
            await ears.receive(inbound)

    return receive


def shown(fake: DiscordFake, thread: Channel) -> list[str]:
    return [one.content for one in fake.screen(thread)]
