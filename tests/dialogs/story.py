"""Somebody on a real platform's imitation, as a story that is the same everywhere tells of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from bots.telegram.adapter import TelegramAdapter
from core.adapter import Adapter
from core.pack import read_pack
from core.settings import Discord, Settings, Telegram
from frontdesk.app import Parts, languages_of, open_desk
from tests.dialogs.talk import PACK
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_client import pointed_at
from tests.fakes.discord_people import Person as DiscordPerson
from tests.fakes.discord_people import words
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person as TelegramPerson

Json = dict[str, Any]
SUPPORT = "✉️ Dem Support-Team schreiben"


class Teller(Protocol):
    """Kim. What the desk says is `hears`, one message at a time."""

    async def says(self, text: str, reply_to: Json | None = None) -> None: ...

    async def hears(self) -> Json:
        """With its words under `text`."""
        ...

    async def presses(self, message: Json, label: str) -> None: ...

    async def writes_to_support(self, message: Json, filled: dict[str, str], file: bytes) -> None:
        """By the button of `message`, in the form as this platform draws it."""


class OnTelegram:
    """The form is asked for step by step."""

    def __init__(self, person: TelegramPerson) -> None:
        self._person = person

    async def says(self, text: str, reply_to: Json | None = None) -> None:
        await self._person.says(text, reply_to=reply_to)

    async def hears(self) -> Json:
        return (await self._person.hears())[0]

    async def presses(self, message: Json, label: str) -> None:
        await self._person.presses(message, label)

    async def writes_to_support(self, message: Json, filled: dict[str, str], file: bytes) -> None:
        await self.presses(message, SUPPORT)
        await self.hears()
        await self.says(filled["username"])
        await self.hears()
        await self.says(filled["subject"])
        await self.presses(await self.hears(), filled["audience"])
        await self.hears()
        await self.says(filled["description"])
        await self.hears()
        await self._person.sends_document(file, "beweis.png")
        await self.presses(await self.hears(), "Fertig")
        await self.presses(await self.hears(), "✅ Senden")


class OnDiscord:
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
async def on_telegram(data: Path) -> AsyncIterator[tuple[Teller, Parts]]:
    async with TelegramFake() as fake:
        telegram = Telegram(
            token=SecretStr(fake.token), api_url=fake.url, per_second=1000, per_chat=0
        )
        settings = Settings(data=data, pack=PACK, telegram=telegram)
        async with desk(settings, TelegramAdapter(telegram)) as parts:
            yield OnTelegram(fake.person(7, "Kim", language_code="de")), parts
        assert fake.violations == []


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


@asynccontextmanager
async def desk(settings: Settings, adapter: Adapter) -> AsyncIterator[Parts]:
    async with open_desk(settings, read_pack(PACK), [adapter]) as parts:
        await adapter.open()
        listening = asyncio.create_task(adapter.listen(parts.desk.receive))
        yield parts
        listening.cancel()
        await asyncio.wait([listening])
