"""The matcher at work: what is waiting is matched as one batch, beside the event loop, and
remembered.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import TypeVar

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
LOOKS = 60
"""Every so many of them, the outcomes of answers are looked at, too."""

T = TypeVar("T")


class Answers:
    """Finds entries for questions. Follows changes of the FAQ, whoever makes them."""

    def __init__(self, store: Store, encoder: Encoder | None, bands: Bands, vectors: Path) -> None:
        self._store = store
        self._encoder = KeptVectors(encoder, vectors) if encoder else None
        self._bands = bands
        self._version = -1
        self._matcher = FaqMatcher([], encoder=encoder, bands=bands)
        self._questions: frozenset[Phrasing] = frozenset()
        self._outcomes: list[Outcome] = []
        self._known: OrderedDict[Asked, Found] = OrderedDict()
        self._waiting: dict[Asked, asyncio.Future[Found]] = {}
        self._pool = ThreadPoolExecutor(1, "matcher")
        self._working: asyncio.Task[None] | None = None

    async def find(self, text: str, language: str | None, audience: str | None = None) -> Found:
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
            matcher = self._matcher
            try:
                found = await self._beside(lambda: matcher.match_many(batch))  # noqa: B023  # awaited before the next round
            except Exception as error:
                for future in futures:
                    future.set_exception(error)
                continue
            for question, future, one in zip(batch, futures, found, strict=True):
                future.set_result(one)
                if matcher is self._matcher:
                    self._remember(question, one)

    async def _beside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _remember(self, question: Asked, found: Found) -> None:
        self._known[question] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def refresh(self) -> None:
        """Take the FAQ as it stands, if it changed since the last look."""
        version = await self._store.read(faq.version)
        if version == self._version:
            return
        questions = await self._store.read(faq.questions)
        self._matcher = await self._beside(lambda: self._learn(questions))
        self._questions = frozenset(questions)
        self._known.clear()
        self._version = version

    def _learn(self, questions: list[Phrasing]) -> FaqMatcher:
        """What is only new is added to what is known: that takes a moment, all of it takes long."""
        learning = self._encoder.learning() if self._encoder else nullcontext()
        with learning:  # on the thread that also matches: no question comes between
            if not self._questions or not self._questions.issubset(questions):
                return FaqMatcher(
                    questions, encoder=self._encoder, bands=self._bands, outcomes=self._outcomes
                )
            self._matcher.add_many([one for one in questions if one not in self._questions])
            return self._matcher

    async def calibrate(self) -> None:
        """Let what came of the newest answers say how sure the next ones may be."""
        outcomes = await self._store.read(asked.outcomes)
        if outcomes != self._outcomes:
            self._outcomes = outcomes
            self._matcher.calibrate(outcomes)
            self._known.clear()

    async def run(self) -> None:
        """Follow the FAQ, and what people say of its answers, until cancelled."""
        for look in count():
            try:
                await self.refresh()
                if look % LOOKS == 0:
                    await self.calibrate()
            except Exception:  # the database may be away for a while; what is known stays known
                log.exception("the FAQ could not be looked at")
            await asyncio.sleep(FRESH)
