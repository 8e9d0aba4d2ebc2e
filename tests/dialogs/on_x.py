"""Kim on X."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bots.twitter.adapter import XAdapter
from core.settings import Settings, X
from frontdesk.app import Parts
from tests.dialogs.story import InWords, Json, Teller, desk
from tests.dialogs.talk import PACK
from tests.fakes.x import XFake
from tests.fakes.x_people import XPerson


class OnX(InWords):
    """A message refers to no other: whoever adds to a ticket names it."""

    def __init__(self, person: XPerson) -> None:
        self._person = person

    async def says(self, text: str, reply_to: Json | None = None) -> None:
        await self._person.says(f"Zu Ticket 1: {text}" if reply_to else text)

    async def hears(self) -> Json:
        return (await self._person.hears(timeout=10))[0]

    async def sends(self, file: bytes) -> None:
        await self._person.sends_media(file, name="beweis.png")


class Quick:
    """A clock for whoever asks now and then: it goes on by what they would have waited."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    async def sleep(self, seconds: float) -> None:
        self._ahead += seconds
        await asyncio.sleep(0.01)


@asynccontextmanager
async def on_x(data: Path) -> AsyncIterator[tuple[Teller, Parts]]:
    clock = Quick()
    async with XFake(now=clock) as fake:
        keys = fake.keys
        x = X(
            consumer_key=SecretStr(keys.consumer_key),
            consumer_secret=SecretStr(keys.consumer_secret),
            access_token=SecretStr(keys.access_token),
            access_secret=SecretStr(keys.access_secret),
            client_id=keys.client_id,
            client_secret=SecretStr(keys.client_secret),
            refresh_token=SecretStr(keys.refresh_token),
        )
        settings = Settings(data=data, pack=PACK, x=x)
        adapter = XAdapter(x, "", data, connector=fake.connector(), clock=clock, sleep=clock.sleep)
        async with desk(settings, adapter) as parts:
            yield OnX(fake.person(7, "Kim")), parts
        await fake.hang_up()
