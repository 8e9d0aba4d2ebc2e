"""Kim on Telegram."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bots.telegram.adapter import TelegramAdapter
from core.settings import Settings, Telegram
from frontdesk.app import Parts
from tests.dialogs.story import SUPPORT, Json, Presses, Teller, desk
from tests.dialogs.talk import PACK
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person as TelegramPerson


class OnTelegram(Presses):
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
