"""Load for benchmarks, in the rhythm of people: in a closed loop, or as a backlog all at once."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from tests.fakes.discord_calls import Json
from tests.fakes.discord_people import Crowd, Person

FIRST_CHAT = 10_000
Exchange = tuple[float, float]
"""When something was said, and when its answer was accepted."""


@dataclass(frozen=True, slots=True)
class Drive:
    """Each of `chats` people says a text in private, waits for the bot's first answer, says the
    next.

    `messages` are measured, `warmup` more come before; `texts` go round, or are "unique".
    `timeout` in seconds is for the whole; `first_chat` is the first person's id, `locale` what
    their Discord is set to.
    """

    chats: int = 32
    messages: int = 2000
    texts: list[str] | str = "unique"
    warmup: int = 0
    timeout: float = 120.0
    first_chat: int = FIRST_CHAT
    locale: str = "en-US"

    async def run(self, crowd: Crowd) -> Json:
        """Tells seconds until the last answer, answers, answers a second, latencies in
        milliseconds, unanswered.
        """
        people = _gather(crowd, self)
        words = _texts(self.texts)
        exchanges: list[Exchange] = []
        began = time.monotonic()
        with suppress(TimeoutError):  # told by the number that went unanswered
            async with asyncio.timeout(self.timeout):
                await _converse(people, islice(words, self.warmup), [])
                began = time.monotonic()
                await _converse(people, islice(words, self.messages), exchanges)
        return _summary(exchanges, began, self.messages)


@dataclass(frozen=True, slots=True)
class Backlog:
    """`messages` from `chats` people at once: told to the bot if it is connected, else left in the
    history of their channels.
    """

    messages: int
    chats: int = 32
    texts: list[str] | str = "unique"
    first_chat: int = FIRST_CHAT
    locale: str = "en-US"

    async def run(self, crowd: Crowd) -> Json:
        people = _gather(crowd, self)
        for number, text in enumerate(islice(_texts(self.texts), self.messages)):
            await people[number % len(people)].says(text)
        return {"messages": self.messages, "chats": self.chats}


def _gather(crowd: Crowd, plan: Drive | Backlog) -> list[Person]:
    ids = range(plan.first_chat, plan.first_chat + plan.chats)
    return [crowd.person(id, f"Person {id}", plan.locale) for id in ids]


def _texts(texts: list[str] | str) -> Iterator[str]:
    number = 0
    while True:
        yield f"message {number}" if isinstance(texts, str) else texts[number % len(texts)]
        number += 1


async def _converse(people: list[Person], texts: Iterator[str], done: list[Exchange]) -> None:
    await asyncio.gather(*(_talk(person, texts, done) for person in people))


async def _talk(person: Person, texts: Iterator[str], done: list[Exchange]) -> None:
    for text in texts:
        done.append(await _ask(person, text))


async def _ask(person: Person, text: str) -> Exchange:
    heard = len(person.inbox)
    began = time.monotonic()
    await person.says(text)
    await person.bell.until(lambda: len(person.inbox) > heard, timeout=3600)
    return began, time.monotonic()


def _summary(exchanges: list[Exchange], began: float, messages: int) -> Json:
    ordered = sorted(until - since for since, until in exchanges)
    seconds = max((until for _, until in exchanges), default=began) - began
    return {
        "seconds": seconds,
        "answers": len(ordered),
        "unanswered": messages - len(ordered),
        "answers_per_second": len(ordered) / seconds if ordered else 0.0,
        "p50_ms": _percentile(ordered, 50),
        "p99_ms": _percentile(ordered, 99),
    }


def _percentile(ordered: list[float], percent: int) -> float | None:
    """Nearest rank, in milliseconds; None when nothing was measured."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] * 1000
