"""Five platforms: how each of them is written, pressed and read."""

import asyncio
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import TextIO

from bots.terminal.door import SOCKET
from bots.terminal.screen import Screen
from bots.terminal.visit import NobodyThere, Parted, visit
from core.i18n import Speech
from tests.bots.discord.screen import words
from tests.day.book import Book
from tests.day.people import Somebody, seen
from tests.day.reader import PATIENCE
from tests.fakes.discord_calls import Upload
from tests.fakes.discord_people import Person as DiscordPerson
from tests.fakes.discord_world import Channel
from tests.fakes.mail import Dovecot
from tests.fakes.mail_smtp import PostOffice
from tests.fakes.telegram_people import Person as TelegramPerson
from tests.fakes.telegram_people import labels
from tests.fakes.x_people import XPerson

LOADING = 1 << 7


class OnTelegram(Somebody):
    def __init__(self, person: TelegramPerson, speech: Speech, book: Book) -> None:
        super().__init__(person.user["first_name"], speech, book)
        self.person = person

    @property
    def screen(self) -> list[str]:
        there = [one for one in self.person.inbox if one["message_id"] in self.person.room.messages]
        return [seen(one.get("text") or one.get("caption", ""), file="text" not in one)
                for one in there]  # fmt: skip

    async def says(self, text: str) -> None:
        await self.person.says(text)

    async def presses(self, label: str) -> None:
        message = next(one for one in reversed(self.person.inbox) if label in labels(one))
        await self.person.presses(message, label)

    async def sends(self, file: bytes) -> None:
        await self.person.sends_document(file, "proof.png", "image/png")

    async def adds(self, text: str) -> None:
        """By a reply to the last word about it."""
        about = [one for one in self.person.inbox if "icket" in one.get("text", "")]
        await self.person.says(text, reply_to=about[-1])


class OnDiscord(Somebody):
    """The form is a modal."""

    def __init__(self, person: DiscordPerson, speech: Speech, book: Book) -> None:
        super().__init__(person.user["global_name"], speech, book)
        self.person = person

    @property
    def screen(self) -> list[str]:
        return read_channel(self.person.dm, self.person.inbox)

    async def says(self, text: str) -> None:
        await self.person.says(text)

    async def presses(self, label: str) -> None:
        await (await self.person.presses(label)).answered(PATIENCE)

    async def sends(self, file: bytes) -> None:
        await self.person.says("", [Upload(file, "proof.png", "image/png")])

    async def adds(self, text: str) -> None:
        about = [one for one in self.person.inbox if "icket" in words(one)]
        await self.person.says(text, reply_to=about[-1])

    async def fills(self, filled: Mapping[str, str], file: bytes = b"") -> None:
        modal = self.person.modals[-1]
        values = {**filled, "username": f"user_{self.name}", "audience": [filled["audience"]]}
        files = {"files": [Upload(file, "proof.png", "image/png")]} if file else {}
        await (await self.person.submits(modal, values, files)).answered(PATIENCE)
        await self.has_ticket(filled["subject"])

    async def runs(self, command: str) -> None:
        await (await self.person.runs(command)).answered(PATIENCE)


def read_channel(channel: Channel, messages: list[dict[str, object]]) -> list[str]:
    """What the bot said there and still stands; none behind one that it has only promised."""
    there = []
    for one in messages:
        if int(str(one["flags"])) & LOADING:
            break
        if one["id"] not in channel.inbox.gone:
            there.append(seen(words(one), file=bool(one["attachments"])))
    return there


class InNumbers(Somebody):
    """Where no buttons are drawn, a number chooses."""

    async def presses(self, label: str) -> None:
        offers = re.findall(rf"^(\d+)  {re.escape(label)}$", "\n".join(self.screen), re.MULTILINE)
        assert offers, (label, self.screen[-1])
        await self.says(offers[-1])

    async def adds(self, text: str) -> None:
        await self.says(f"{self.word('add to ticket')} {self.ticket}: {text}")


class OnX(InNumbers):
    def __init__(self, person: XPerson, speech: Speech, book: Book) -> None:
        super().__init__(person.name, speech, book)
        self.person = person

    @property
    def screen(self) -> list[str]:
        return [seen(one["text"], file=one["media"] is not None) for one in self.person.inbox]

    async def says(self, text: str) -> None:
        await self.person.says(text)

    async def sends(self, file: bytes) -> None:
        await self.person.sends_media(file, name="proof.png")


class Paper(StringIO):
    """Each write is one thing that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def write(self, text: str) -> int:
        self.shown.append(text.strip())
        return len(text)


class AtTerminal(InNumbers):
    """A visit through the desk's socket, which ends when the desk does."""

    def __init__(self, name: str, speech: Speech, book: Book, data: Path) -> None:
        super().__init__(name, speech, book)
        self._data = data
        self._paper = Paper()
        self._visit: tuple[asyncio.Task[None], TextIO, TextIO] | None = None

    @property
    def screen(self) -> list[str]:
        return self._paper.shown

    async def comes(self) -> None:
        reading, writing = os.pipe()
        source, lines = os.fdopen(reading), os.fdopen(writing, "w", buffering=1)
        screen = Screen(source, self._paper)
        visiting = asyncio.create_task(
            visit(self._data / SOCKET, self.name, self.speech.language, screen)
        )
        self._visit = visiting, source, lines

    async def leaves(self) -> None:
        if self._visit is None:
            return
        visiting, source, lines = self._visit
        lines.close()
        with suppress(Parted, NobodyThere):
            await visiting
        source.close()
        self._visit = None

    async def says(self, text: str) -> None:
        if self._visit is None or self._visit[0].done():
            await self.leaves()
            await self.comes()
        assert self._visit
        self._visit[2].write(f"{text}\n")

    async def sends(self, file: bytes) -> None:
        path = self._data / f"{self.name}.png"
        path.write_bytes(file)
        await self.says(f"/attach {path}")


class ByMail(Somebody):
    """Their first letter is a ticket already; there is nothing to press."""

    def __init__(
        self, name: str, speech: Speech, book: Book, mail: tuple[Dovecot, PostOffice, str]
    ) -> None:
        super().__init__(name, speech, book)
        self.address = f"{name.lower()}@example.org"
        self._imap, self._office, self._box = mail
        self._written = 0
        self._opened: list[str] = []
        self._last = ""

    @property
    def screen(self) -> list[str]:
        theirs = [one for one in self._office.taken if one.recipient == self.address]
        for one in theirs[len(self._opened) :]:
            self._opened.append(seen(one.words, file=one.file is not None))
            self._last = str(one.letter["Message-ID"])
        return self._opened

    async def says(self, text: str) -> None:
        await self.writes(text, "Question")

    async def writes(self, text: str, subject: str, file: bytes = b"") -> None:
        await self._send(text, subject, file)

    async def adds(self, text: str, file: bytes = b"") -> None:
        """By an answer to the last letter."""
        await self._send(text, "Re: Ticket", file, self._last)

    async def _send(self, text: str, subject: str, file: bytes, reply_to: str = "") -> None:
        self._written += 1
        letter = EmailMessage()
        letter["From"], letter["To"] = f"{self.name} <{self.address}>", self._box
        letter["Subject"], letter["Message-ID"] = subject, f"<{self._written}.{self.address}>"
        if reply_to:
            letter["In-Reply-To"] = reply_to
        letter.set_content(text)
        if file:
            letter.add_attachment(file, maintype="image", subtype="png", filename="proof.png")
        await asyncio.to_thread(self._imap.put, self._box, bytes(letter))

    async def presses(self, label: str) -> None:
        raise NotImplementedError("letters have no buttons: nobody can press")

    async def sends(self, file: bytes) -> None:
        await self.adds("See the picture.", file)
