"""Kim on Telegram."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bots.telegram.adapter import TelegramAdapter
from core.settings import Settings, Telegram
from frontdesk.app import Parts
from tests.dialogs.story import Json, StepByStep, Teller, desk
from tests.dialogs.talk import PACK
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person as TelegramPerson


class OnTelegram(StepByStep):
    """Buttons, and the form a field at a time."""

    def __init__(self, person: TelegramPerson) -> None:
        self._person = person

    async def says(self, text: str, reply_to: Json | None = None) -> None:
        await self._person.says(text, reply_to=reply_to)

    async def hears(self) -> Json:
        return (await self._person.hears())[0]

    async def presses(self, message: Json, label: str) -> None:
        await self._person.presses(message, label)

    async def sends(self, file: bytes) -> None:
        await self._person.sends_document(file, "beweis.png")


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
