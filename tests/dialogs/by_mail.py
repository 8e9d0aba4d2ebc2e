"""Kim by letter."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.email.adapter import EmailAdapter
from bots.email.history import MARK
from core.settings import Email, Settings
from frontdesk.app import Parts
from tests.conftest import Clock
from tests.dialogs.story import Json, Teller, desk
from tests.dialogs.talk import PACK
from tests.fakes.mail import PASSWORD, Dovecot, dovecot, find_dovecot
from tests.fakes.mail_smtp import PostOffice, post_office
from tests.faults.waiting import until

KIM = "Kim <kim@example.org>"


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
        """Into the form of our letter, below a word of his own."""
        form = {
            "Benutzername": filled["username"],
            "Betreff": filled["subject"],
            "Bereich": filled["audience"],
            "Beschreibung": filled["description"],
        }
        shown = f"{MARK}\n\n{message['text']}"
        for label, value in form.items():
            shown = re.sub(f"^{label}:.*$", f"{label}: {value}", shown, flags=re.MULTILINE)
        quoted = "\n".join(f"> {line}" for line in shown.split("\n"))
        text = f"Bitte sehr.\n\nAm 25.11.26 um 10:00 schrieb Desk:\n{quoted}\n"
        await self._send(text, message["id"], file)


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
        adapter = EmailAdapter(email, "Desk", b"k" * 32)
        settings = Settings(data=data, pack=PACK, email=email)
        async with desk(settings, adapter, clock) as parts:
            yield ByMail(imap, office, box, lambda: clock.forward(3700)), parts
