"""Somebody on a real platform's imitation, as a story that is the same everywhere tells of them."""

import asyncio
import os
import re
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any, Protocol, TextIO

import pytest
from pydantic import SecretStr

from bots.discord.adapter import DiscordAdapter
from bots.email.adapter import EmailAdapter
from bots.email.history import MARK
from bots.telegram.adapter import TelegramAdapter
from bots.terminal.adapter import TerminalAdapter
from bots.twitter.adapter import XAdapter
from core.adapter import Adapter
from core.pack import read_pack
from core.settings import Discord, Email, Settings, Telegram, X
from frontdesk.app import Parts, languages_of, now, open_desk
from tests.conftest import Clock
from tests.dialogs.talk import PACK
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_client import pointed_at
from tests.fakes.discord_people import Person as DiscordPerson
from tests.fakes.discord_people import words
from tests.fakes.mail import PASSWORD, Dovecot, dovecot, find_dovecot
from tests.fakes.mail_smtp import PostOffice, post_office
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person as TelegramPerson
from tests.fakes.x import XFake
from tests.fakes.x_people import XPerson
from tests.faults.waiting import until

Json = dict[str, Any]
SUPPORT = "✉️ Dem Support-Team schreiben"
KIM = "Kim <kim@example.org>"


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


class InWords(Presses):
    """Where no buttons are drawn: choices are numbered, and the form is asked for step by step."""

    @abstractmethod
    async def says(self, text: str, reply_to: Json | None = None) -> None: ...

    @abstractmethod
    async def hears(self) -> Json: ...

    @abstractmethod
    async def sends(self, file: bytes) -> None: ...

    async def presses(self, message: Json, label: str) -> None:
        await self.says(number_of(message["text"], label))

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


def number_of(text: str, label: str) -> str:
    found = re.search(rf"^(\d+)  {re.escape(label)}$", text, re.MULTILINE)
    assert found, (label, text)
    return found[1]


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


class InTerminal(InWords):
    """Lines in, paragraphs out."""

    def __init__(self, lines: TextIO, screen: "Screen", folder: Path) -> None:
        self._lines = lines
        self._screen = screen
        self._folder = folder

    async def says(self, text: str, reply_to: Json | None = None) -> None:
        self._lines.write(f"zu Ticket 1: {text}\n" if reply_to else f"{text}\n")
        self._lines.flush()

    async def hears(self) -> Json:
        return {"text": await asyncio.wait_for(self._screen.shown.get(), 10)}

    async def sends(self, file: bytes) -> None:
        path = self._folder / "beweis.png"
        path.write_bytes(file)
        await self.says(f"/attach {path}")


class ByMail:
    """Somebody who answers letters, an hour after each: sooner they get none."""

    def __init__(
        self, imap: Dovecot, office: PostOffice, box: str, later: Callable[[], None]
    ) -> None:
        self._imap = imap
        self._office = office
        self._box = box
        self._later = later
        self._written = 0
        self._read = 0
        self._last = ""

    async def says(self, text: str, reply_to: Json | None = None) -> None:
        await self._send(text, reply_to["id"] if reply_to else "")

    async def _send(self, text: str, reply_to: str = "", file: bytes = b"") -> None:
        self._later()
        self._written += 1
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = KIM, self._box, "Frage"
        letter["Message-ID"] = f"<{self._written}@example.org>"
        if reply_to:
            letter["In-Reply-To"] = reply_to
        letter.set_content(text)
        if file:
            letter.add_attachment(file, maintype="image", subtype="png", filename="beweis.png")
        await asyncio.to_thread(self._imap.put, self._box, bytes(letter))

    async def hears(self) -> Json:
        await until(lambda: len(self._office.taken) > self._read)
        letter = self._office.taken[self._read].letter
        self._read += 1
        text = str(letter.get_content()).replace("\r\n", "\n").removeprefix(MARK).strip()
        return {"text": text, "id": str(letter["Message-ID"])}

    async def was_not_helped(self, message: Json) -> Json:
        """The first letter is a ticket already."""
        assert "Ticket 1" in message["text"]
        return message

    async def writes_to_support(self, message: Json, filled: dict[str, str], file: bytes) -> None:
        form = {
            "Benutzername": filled["username"],
            "Betreff": filled["subject"],
            "Bereich": filled["audience"],
            "Beschreibung": filled["description"],
        }
        text = "\n".join(f"{label}: {value}" for label, value in form.items())
        await self._send(text, message["id"], file)


class Screen(StringIO):
    """Each write is one thing that the desk says."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: asyncio.Queue[str] = asyncio.Queue()

    def write(self, text: str) -> int:
        self.shown.put_nowait(text.strip())
        return len(text)


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


@asynccontextmanager
async def in_terminal(data: Path) -> AsyncIterator[tuple[Teller, Parts]]:
    reading, writing = os.pipe()
    screen = Screen()
    with os.fdopen(reading) as source, os.fdopen(writing, "w") as lines:
        adapter = TerminalAdapter("Kim", "de", now, source=source, sink=screen)
        async with desk(Settings(data=data, pack=PACK), adapter) as parts:
            yield InTerminal(lines, screen, data), parts
            lines.close()


@asynccontextmanager
async def by_mail(data: Path) -> AsyncIterator[tuple[Teller, Parts]]:
    if find_dovecot() is None:
        pytest.skip("no Dovecot is installed on this machine")
    clock, box = Clock(), "desk@desk.example"
    with dovecot() as imap, post_office() as office:
        email = Email(
            address=box,
            password=SecretStr(PASSWORD),
            imap_url=imap.url(),
            smtp_url=office.url,
            every=0.05,
        )
        adapter = EmailAdapter(email, "Desk", b"k" * 32, clock=clock)
        settings = Settings(data=data, pack=PACK, email=email)
        async with desk(settings, adapter, clock) as parts:
            yield ByMail(imap, office, box, lambda: clock.forward(3700)), parts


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
