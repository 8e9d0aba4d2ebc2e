"""Somebody on a real platform's imitation, as a story that is the same everywhere tells of them."""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol

from core.adapter import Adapter
from core.pack import read_pack
from core.settings import Settings
from frontdesk.app import Parts, now, open_desk
from tests.dialogs.talk import PACK

Json = dict[str, Any]
SUPPORT = "✉️ Dem Support-Team schreiben"


class Teller(Protocol):
    """Kim. What the desk says is `hears`, one message at a time."""

    async def says(self, text: str, reply_to: Json | None = None) -> None: ...

    async def hears(self) -> Json:
        """With its words under `text`."""
        ...

    async def was_not_helped(self, message: Json) -> Json:
        """Says so. What offers the support team."""
        ...

    async def writes_to_support(self, message: Json, filled: dict[str, str], file: bytes) -> None:
        """By the button of `message`, in the form as this platform draws it."""


class Presses(ABC):
    """Where choices can be made."""

    @abstractmethod
    async def hears(self) -> Json: ...

    @abstractmethod
    async def presses(self, message: Json, label: str) -> None: ...

    async def was_not_helped(self, message: Json) -> Json:
        await self.presses(message, "👎 Nein")
        sorry = await self.hears()
        assert "Das tut mir leid" in sorry["text"]
        return sorry


class StepByStep(Presses):
    """Where the form is asked for, a field at a time."""

    @abstractmethod
    async def says(self, text: str, reply_to: Json | None = None) -> None: ...

    @abstractmethod
    async def sends(self, file: bytes) -> None: ...

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
        await self.sends(file)
        await self.presses(await self.hears(), "Fertig")
        await self.presses(await self.hears(), "✅ Senden")


class InWords(StepByStep):
    """Where no buttons are drawn: choices are numbered."""

    async def presses(self, message: Json, label: str) -> None:
        await self.says(number_of(message["text"], label))


def number_of(text: str, label: str) -> str:
    found = re.search(rf"^(\d+)  {re.escape(label)}$", text, re.MULTILINE)
    assert found, (label, text)
    return found[1]


@asynccontextmanager
async def desk(
    settings: Settings, adapter: Adapter, clock: Callable[[], datetime] = now
) -> AsyncIterator[Parts]:
    async with open_desk(settings, read_pack(PACK), [adapter], clock) as parts:
        await adapter.open()
        listening = asyncio.create_task(adapter.listen(parts.desk.receive))
        yield parts
        listening.cancel()
        await asyncio.wait([listening])
