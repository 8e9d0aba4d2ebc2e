"""The matcher at work: what is waiting is matched as one batch, beside the event loop, and
remembered.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from core import asked, faq
from core.faq_matcher import Asked, Bands, Encoder, FaqMatcher, Found, Outcome
from core.faq_matcher import Question as Phrasing
from core.kept_vectors import KeptVectors
from core.store import Store

log = logging.getLogger(__name__)

REMEMBERED = 20_000
"""Answers kept for questions that come again word for word."""
BATCH = 32
FRESH = 1.0
"""Seconds between two looks whether somebody changed the FAQ."""
CALM = 5
"""So many of them without a change come before the slow part of learning."""
LOOKS = 60
"""Every so many of them, the outcomes of answers are looked at, too."""

T = TypeVar("T")


class Answers:
    """Finds entries for questions. Follows changes of the FAQ, whoever makes them. Whoever asks
    before the first look waits for it.
    """

    def __init__(self, store: Store, bands: Bands, vectors: Path) -> None:
        self._store = store
        self._vectors = vectors
        self._encoder: KeptVectors | None = None
        self._bands = bands
        self._version = -1
        self._matcher = FaqMatcher([], encoder=None, bands=bands)
        self._looked = asyncio.Event()
        self._questions: frozenset[Phrasing] = frozenset()
        self._outcomes: list[Outcome] = []
        self._known: OrderedDict[Asked, Found] = OrderedDict()
        self._waiting: dict[Asked, asyncio.Future[Found]] = {}
        self._matching = ThreadPoolExecutor(1, "matcher")
        self._learning = ThreadPoolExecutor(1, "learner")
        self._refining = ThreadPoolExecutor(1, "refiner")
        self._working: asyncio.Task[None] | None = None
        self._rough = 0
        """Looks until the slow part of learning is due; 0 if it is not."""
        self._age = 0
        """It rises with all that makes remembered answers old."""

    async def begin(self, encoder: Encoder | None) -> None:
        """The first look, however long the database is out of order. `encoder` tells what
        questions mean; without one their spelling does.
        """
        self._encoder = KeptVectors(encoder, self._vectors) if encoder else None
        self._matcher = FaqMatcher([], encoder=encoder, bands=self._bands)
        while not self._looked.is_set():
            try:
                await self.refresh()
                self._looked.set()
            except SQLAlchemyError as error:  # its words may hold an address
                log.error("the FAQ could not be looked at: %s", type(error).__name__)
                await asyncio.sleep(FRESH)

    async def find(self, text: str, language: str | None, audience: str | None = None) -> Found:
        await self._looked.wait()
        question = (text, language, audience)
        known = self._known.get(question)
        if known is not None:
            self._known.move_to_end(question)
            return known
        future = self._waiting.get(question)
        if future is None:
            future = self._waiting[question] = asyncio.get_running_loop().create_future()
            if self._working is None or self._working.done():
                self._working = asyncio.create_task(self._work())
        return await asyncio.shield(future)

    async def _work(self) -> None:
        await asyncio.sleep(0)  # let everybody who is ready ask first
        while self._waiting:
            batch = list(self._waiting)[:BATCH]
            futures = [self._waiting.pop(question) for question in batch]
            age = self._age
            try:
                found = await beside(self._matching, partial(self._matcher.match_many, batch))
            except Exception as error:
                for future in futures:
                    future.set_exception(error)
                continue
            for question, future, one in zip(batch, futures, found, strict=True):
                future.set_result(one)
                if age == self._age:
                    self._remember(question, one)

    def _remember(self, question: Asked, found: Found) -> None:
        self._known[question] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _forget(self) -> None:
        self._known.clear()
        self._age += 1

    async def refresh(self) -> None:
        """Take the FAQ as it stands, if it changed since the last look. Questions are answered
        meanwhile by what was known before.
        """
        version = await self._store.read(faq.version)
        if version == self._version:
            return
        questions = frozenset(await self._store.read(faq.questions))
        if questions != self._questions:
            self._matcher = await beside(self._learning, partial(self._learn, questions))
            self._questions, self._rough = questions, CALM
            self._forget()
        self._version = version

    def _learn(self, questions: frozenset[Phrasing]) -> FaqMatcher:
        """What is only new is added to what is known: that takes a moment, all of it takes long."""
        if self._questions and self._questions < questions:
            self._matcher.add_many(list(questions - self._questions))
            return self._matcher
        with self._encoder.learning() if self._encoder else nullcontext():
            return FaqMatcher(
                list(questions), encoder=self._encoder, bands=self._bands, outcomes=self._outcomes
            )

    async def calibrate(self) -> None:
        """Let what came of the newest answers say how sure the next ones may be."""
        outcomes = await self._store.read(asked.outcomes)
        if outcomes != self._outcomes:
            self._outcomes = outcomes
            self._matcher.calibrate(outcomes)
            self._forget()

    async def run(self) -> None:
        """Follow the FAQ, and what people say of its answers, until cancelled."""
        await self._looked.wait()
        async with asyncio.TaskGroup() as group:
            for look in count():
                try:
                    await self.refresh()
                    if look % LOOKS == 0:
                        await self.calibrate()
                except Exception:  # the database may be away for a while; what is known stays known
                    log.exception("the FAQ could not be looked at")
                self._rough = max(self._rough - 1, 0)
                if self._rough == 1:
                    group.create_task(self._refine())
                await asyncio.sleep(FRESH)

    async def _refine(self) -> None:
        """The slow part of learning, while questions are answered and more is learnt."""
        try:
            await beside(self._refining, self._matcher.refine)
        except Exception:  # what was learnt at once serves on
            log.exception("the slow part of learning failed")
        self._forget()


async def beside(pool: Executor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
