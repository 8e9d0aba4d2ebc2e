"""The people around news to many: who publishes it, who asks something else meanwhile, and who
wants no more of it. They live in the imitation of the Bot API.
"""

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.broadcast import FIRST
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person, labels

QUESTIONS = (
    "How do I create an account?",
    "wo finde ich meine rechnungen",
    "Why was my payment declined?",
    "Wie lege ich ein Konto an?",
    "How do I cancel my subscription?",
)
PAUSE = 1.0
"""Seconds between an answer and the next question of the same person."""
PATIENCE = 120.0
STALE = "🔕 No more news"
TO_GO = re.compile(r"Time to go: about (.+)")
UNITS = {"s": 1, "min": 60, "h": 3600, "days": 86400}


@dataclass(frozen=True, slots=True)
class Asked:
    """When, and how long it took."""

    at: float
    seconds: float


@dataclass
class Askers:
    """Each asks, waits for the answer that this question had before, and asks again."""

    fake: TelegramFake
    asked: list[Asked] = field(default_factory=list)

    async def learn(self) -> dict[str, str]:
        """What each question's answer is, and that the desk is at work."""
        first = self.fake.person(11, "Ada", "en")
        answers = {}
        for question in QUESTIONS:
            await first.says(question)
            [answer] = await first.hears(timeout=PATIENCE)
            answers[question] = answer["text"]
        return answers

    async def ask(self, person: Person, answers: dict[str, str], number: int) -> None:
        while True:
            question = QUESTIONS[number % len(QUESTIONS)]
            number += 1
            heard, at, ended = len(person.inbox), time.monotonic(), float("inf")
            await person.says(question)

            def is_answered(since: int = heard, text: str = answers[question]) -> bool:
                return any(one["text"] == text for one in person.inbox[since:])

            with suppress(TimeoutError):
                await person.room.bell.until(is_answered, PATIENCE)
                ended = time.monotonic()
            self.asked.append(Asked(at, ended - at))
            await asyncio.sleep(PAUSE)


class Publisher:
    """Sees how far the news is in the message that the desk keeps changing."""

    def __init__(self, fake: TelegramFake) -> None:
        self.me = fake.person(1, "Pia", "en")

    async def write(self, code: str) -> None:
        await self.me.says(f"/join {code}")
        await self.me.hears(timeout=PATIENCE)
        await self.me.says("/announce # New player\nIt starts faster.")
        await self.press("✏️ Deutsch")
        await asyncio.sleep(1)
        await self.me.says("# Neuer Player\nEr startet schneller.")
        await self.press("👁 Preview and send")

    async def send(self) -> float:
        """When it was pressed."""
        await self.press("✅ Send to")
        return time.monotonic()

    async def press(self, label: str) -> None:
        message, button = await self._find(label)
        await self.me.presses(message, button)

    async def _find(self, label: str) -> tuple[dict[str, Any], str]:
        """The newest message with such a button, once there is one."""
        while True:
            for message in reversed(self.me.inbox):
                for button in labels(message):
                    if button.startswith(label):
                        return message, button
            await asyncio.sleep(0.05)

    @property
    def shown(self) -> str:
        """What stands there now: the newest, for a kill may have it said twice. Empty before."""
        found = (one["text"] for one in reversed(self.me.inbox))
        return next((text for text in found if text.startswith("News 1: ")), "")

    @property
    def to_go(self) -> float | None:
        """In seconds."""
        found = TO_GO.search(self.shown)
        if not found:
            return None
        words = found[1].split()
        numbers = zip(words[::2], words[1::2], strict=True)
        return float(sum(int(number) * UNITS[unit] for number, unit in numbers))

    @property
    def is_done(self) -> bool:
        return self.shown.startswith("News 1: done")


def earlier_news(fake: TelegramFake, person: Person) -> dict[str, Any]:
    """A message of before, with the button that ends it all."""
    button = {"text": STALE, "callback_data": "news:off"}
    return {
        "message_id": fake.world.new_id(),
        "from": fake.world.bot,
        "chat": person.room.chat,
        "date": int(time.time()),
        "text": "Earlier news",
        "reply_markup": {"inline_keyboard": [[button]]},
    }


async def leave(fake: TelegramFake, number: int) -> None:
    """One half presses the button, the other writes."""
    person = fake.person(FIRST + number)
    if number % 4 < 2:
        await person.presses(earlier_news(fake, person), STALE)
    else:
        await person.says("/unsubscribe")
