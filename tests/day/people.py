"""People on five platforms: each writes, presses and reads as one does there."""

import re
from abc import abstractmethod
from collections.abc import Mapping

from core.i18n import Speech
from tests.day.book import Book
from tests.day.reader import Reader

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "000200015ef2d4a40000000049454e44ae426082"
)
SIDE = {"en": "I watch", "de": "Ich schaue zu"}


def seen(text: str, *, file: bool) -> str:
    return f"📎 {text}".strip() if file else text


class Somebody(Reader):
    """`ticket` is the one that they wrote last."""

    def __init__(self, name: str, speech: Speech, book: Book) -> None:
        super().__init__(name)
        self.speech = speech
        self.word = speech.t
        self.book = book
        self.ticket = 0

    @abstractmethod
    async def says(self, text: str) -> None: ...

    @abstractmethod
    async def presses(self, label: str) -> None:
        """The newest choice of that name."""

    @abstractmethod
    async def sends(self, file: bytes) -> None: ...

    @abstractmethod
    async def adds(self, text: str) -> None:
        """To their ticket, as one does there."""

    async def asks(self, question: str, answer: str) -> None:
        """The FAQ."""
        self.book.questions += 1
        await self.says(question)
        await self.reads(answer)

    async def was_helped(self) -> None:
        await self.presses(self.word("👍 Yes"))
        await self.reads(self.word("I am glad. Is there anything else?"))

    async def was_not_helped(self) -> None:
        await self.presses(self.word("👎 No"))
        await self.reads(self.word("I am sorry. Ask in other words, or let our support team look "
                                   "at it."))  # fmt: skip

    async def writes_to_support(
        self, filled: Mapping[str, str], file: bytes = b"", by: str = "✉️ Write to the support team"
    ) -> None:
        """From the answer that did not help."""
        self.book.became_tickets += 1
        await self.presses(self.word(by))
        await self.fills(filled, file)

    async def fills(self, filled: Mapping[str, str], file: bytes = b"") -> None:
        """The form, step by step, until it is sent."""
        await self.reads("(1")
        await self.says("user_" + self.name.lower())
        await self.reads("(2")
        await self.says(filled["subject"])
        await self.reads("(3")
        await self.presses(filled["audience"])
        await self.reads("(4")
        await self.says(filled["description"])
        await self.reads("(5")
        if file:
            await self.sends(file)
            await self.reads(self.word("Your file is kept."))
        await self.presses(self.word("Done"))
        await self.reads(filled["subject"])
        await self.presses(self.word("✅ Send"))
        await self.has_ticket(filled["subject"])

    async def has_ticket(self, subject: str) -> None:
        """Told so, with its number."""
        said = await self.reads("icket")
        self.ticket = int(re.findall(r"[Tt]icket (\d+)", said)[0])
        self.book.opened(self.ticket, subject)


def form(subject: str, language: str) -> dict[str, str]:
    return {
        "subject": subject,
        "audience": SIDE[language],
        "description": f"At nine, on the page “Start”: {subject}.",
    }
