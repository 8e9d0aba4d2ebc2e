"""An opened adapter, the real library under it, and an imitation of Discord at the other end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

import pytest
from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from bots.discord.answering import SILENT
from core.adapter import Lookup
from core.i18n import Languages
from core.messages import Address, Choice, DrawnForm, Inbound
from core.settings import Discord
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import pointed_at
from tests.fakes.discord_people import Person
from tests.fakes.discord_world import Channel

LANGUAGES = Languages(["en", "de"], "en")


class Waits(list[float]):
    """Time for tests: every wait is noted and over at once, but not that for an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.silence = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)
        if seconds == SILENT:
            await self.silence.wait()


class Knows(Lookup):
    """A desk that knows where somebody was heard last, and draws one form."""

    def __init__(self, account: Callable[[], str]) -> None:
        self._account = account
        self.heard: dict[str, str] = {}
        """By the channel."""
        self.drawn: DrawnForm | None = None
        self.asked: list[Inbound] = []
        self.choices: Sequence[Choice] = ()
        self.completed: list[tuple[str, str, int]] = []
        self.arrived: dict[Address, list[str]] = {}
        """Ids of messages of ours that are known."""
        self.languages: dict[Address, str] = {}

    async def form(self, inbound: Inbound) -> DrawnForm | None:
        self.asked.append(inbound)
        return self.drawn

    async def complete(self, text: str, language: str, limit: int) -> Sequence[Choice]:
        self.completed.append((text, language, limit))
        return self.choices

    async def last_heard(self, platform: str, account: str) -> Mapping[Address, str]:
        assert (platform, account) == ("discord", self._account())
        return {Address(platform, account, chat): id for chat, id in self.heard.items()}

    async def last_event(self, platform: str, account: str) -> str:
        raise NotImplementedError("Discord reads each channel by itself")

    async def language(self, address: Address) -> str:
        return self.languages.get(address, "")

    async def is_speaking(self, address: Address) -> bool:  # noqa: ARG002
        return False

    async def said(self, address: Address, since: datetime) -> Collection[str]:
        assert since.tzinfo
        return self.arrived.get(address, [])


def settings(fake: DiscordFake, **more: object) -> Discord:
    reached: dict[str, object] = {
        "token": SecretStr(fake.token),
        "api_url": fake.url,
        "gateway_url": fake.gateway_url,
    }
    return Discord.model_validate(reached | more)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def fake() -> AsyncIterator[DiscordFake]:
    """Afterwards nothing may have disagreed with the official specification, if it is at hand."""
    async with DiscordFake() as running:
        yield running
        assert running.violations == []


@pytest.fixture(autouse=True)
def library(fake: DiscordFake) -> Iterator[None]:
    """The library's addresses belong to its classes: they are put back."""
    with pointed_at(fake):
        yield


@pytest.fixture
def knows(fake: DiscordFake) -> Knows:
    return Knows(lambda: str(fake.world.bot["id"]))


@pytest.fixture
async def adapter(fake: DiscordFake, waits: Waits, knows: Knows) -> AsyncIterator[DiscordAdapter]:
    opened = DiscordAdapter(settings(fake), LANGUAGES, sleep=waits.sleep)
    opened.look_up(knows)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def lobby(fake: DiscordFake) -> Channel:
    return fake.guild(1).channel("lobby")


@pytest.fixture
def ada(fake: DiscordFake, lobby: Channel) -> Person:
    person = fake.person(7, "Ada")
    fake.guild(1).join(person.user)
    return person
