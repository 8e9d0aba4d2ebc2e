"""A desk that has just started: it hears and is heard while it still learns its FAQ."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from core.pack import read_pack
from core.settings import Faq, Settings
from frontdesk.app import open_desk
from tests.dialogs.talk import PACK
from tests.fakes.memory import MemoryAdapter


class Slow:
    """A library's model that is loaded when the test says so."""

    loaded = Event()

    def __init__(self, _name: str, device: str) -> None:
        assert device == "cpu"
        assert self.loaded.wait(30)

    def encode(self, texts: Sequence[str], **_how: object) -> NDArray[np.float32]:
        return np.full((len(texts), 4), 0.5, np.float32)


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Slow  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    Slow.loaded.clear()
    yield
    Slow.loaded.set()


async def test_a_question_waits_and_what_is_no_question_does_not(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, pack=PACK, faq=Faq(encoder="sentence-transformers:slow"))
    asked, ordered = MemoryAdapter(), MemoryAdapter(platform="other")
    asked.say("How do I cancel my subscription?")
    ordered.say("/billing")
    async with open_desk(settings, read_pack(PACK), [asked, ordered]) as parts:
        at_work = [asyncio.create_task(one.listen(parts.desk.receive)) for one in (asked, ordered)]
        await ordered.until_sent(1)
        assert not asked.tried
        assert not parts.ready.done()
        Slow.loaded.set()
        await asked.until_sent(1)
        assert parts.ready.done()
        for task in at_work:
            task.cancel()
