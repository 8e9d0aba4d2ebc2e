"""A desk that Telegram calls, and whoever else finds its door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bots.telegram.adapter import TelegramAdapter
from bots.telegram.webhook import HEADER, PATH
from core.pack import read_pack
from core.settings import Settings, Telegram, Web
from frontdesk.app import Parts, open_desk
from tests.dialogs.talk import PACK
from tests.fakes.telegram import TelegramFake
from web.server import build, serving

SECRET = "correct-horse_battery-staple"
KEY = {HEADER: SECRET}


def update(number: int, chat: int = 7) -> dict[str, Any]:
    """A question, as Telegram tells it."""
    person = {"id": chat, "is_bot": False, "first_name": "Ada", "language_code": "en"}
    private = {"id": chat, "type": "private", "first_name": "Ada"}
    said = {"message_id": number, "date": 1, "chat": private, "from": person}
    said |= {"text": "forgot my password"}
    return {"update_id": number, "message": said}


class Door:
    """The desk as those see it who call it."""

    def __init__(self, url: str, session: aiohttp.ClientSession, parts: Parts) -> None:
        self.parts = parts
        self._url = url
        self._session = session

    async def call(self, body: bytes, headers: dict[str, str], query: str = "") -> int:
        async with self._session.post(
            f"{self._url}{PATH}{query}", data=body, headers=headers
        ) as answer:
            return answer.status

    async def health(self) -> int:
        async with self._session.get(f"{self._url}/health") as answer:
            return answer.status


@asynccontextmanager
async def called_desk(telegram: TelegramFake, data: Path) -> AsyncIterator[Door]:
    called = Telegram(
        token=SecretStr(telegram.token), api_url=telegram.url, webhook_secret=SecretStr(SECRET),
        per_second=1000, per_chat=0,
    )  # fmt: skip
    web = Web(public_url="https://127.0.0.1:1")
    settings = Settings(data=data, pack=PACK, telegram=called, web=web)
    adapter = TelegramAdapter(called, web.public_url)
    async with open_desk(settings, read_pack(PACK), [adapter]) as parts:
        await adapter.open()
        server = build(adapter.routes(parts.desk.receive), parts.is_well)
        async with serving(server, "127.0.0.1", 0) as url, aiohttp.ClientSession() as session:
            yield Door(url, session, parts)
