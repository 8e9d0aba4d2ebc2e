"""Kim on Discord."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from core.pack import read_pack
from core.settings import Discord, Settings
from frontdesk.app import Parts, languages_of
from tests.dialogs.story import SUPPORT, Json, Presses, Teller, desk
from tests.dialogs.talk import PACK
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_client import pointed_at
from tests.fakes.discord_people import Person as DiscordPerson
from tests.fakes.discord_people import words


class OnDiscord(Presses):
    """The form is a modal."""

    def __init__(self, person: DiscordPerson) -> None:
        self._person = person
        self._read = 0

    async def says(self, text: str, reply_to: Json | None = None) -> None:
        await self._person.says(text, reply_to=reply_to)

    async def hears(self) -> Json:
        inbox = self._person.inbox
        await self._person.bell.until(
            lambda: len(inbox) > self._read and not inbox[self._read]["flags"] & 128, timeout=10
        )
        message = inbox[self._read]
        self._read += 1
        return {**message, "text": words(message)}

    async def presses(self, message: Json, label: str) -> None:
        await (await self._person.presses(label, message)).answered()

    async def writes_to_support(self, message: Json, filled: dict[str, str], file: bytes) -> None:
        await self.presses(message, SUPPORT)
        modal = self._person.modals[-1]
        values = {**filled, "audience": [filled["audience"]]}
        files = {"files": [Upload(file, "beweis.png", "image/png")]}
        await (await self._person.submits(modal, values, files)).answered()


@asynccontextmanager
async def on_discord(data: Path) -> AsyncIterator[tuple[Teller, Parts]]:
    async with DiscordFake() as fake:
        with pointed_at(fake):
            discord = Discord(
                token=SecretStr(fake.token), api_url=fake.url, gateway_url=fake.gateway_url,
                per_second=1000, per_address=0,
            )  # fmt: skip
            settings = Settings(data=data, pack=PACK, discord=discord)
            adapter = DiscordAdapter(discord, languages_of(read_pack(PACK)))
            async with desk(settings, adapter) as parts:
                await fake.world.bell.until(lambda: fake.gateway.ready, 10)
                yield OnDiscord(fake.person(7, "Kim", locale="de")), parts
        assert fake.violations == []
