"""The matcher at work follows the FAQ and what people say of its answers, in every process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from core import asked, faq
from core.answers import Answers
from core.faq_file import Entry, Text
from core.faq_matcher import Bands, Encoder, load_encoder
from core.kept_vectors import read
from core.models import Asked, Heard, Place, row_id
from core.store import Store, open_engine
from tests.faults.trouble import BadDisk
from tests.faults.waiting import until

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = [
    Entry(
        id=name,
        topic="t",
        audiences=("user",),
        texts={"en": Text(question=question, phrasings=phrasings, answer="So.")},
    )
    for name, question, phrasings in (
        ("password", "How do I reset my password?", ("forgot my password", "cannot log in")),
        ("payout", "When will I be paid?", ("where is my payout", "earnings did not arrive")),
    )
]


class Counting:
    """The real encoder, which counts what it is given."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.texts = 0

    def encode(self, texts: list[str]) -> object:
        self.texts += len(texts)
        return self._encoder.encode(texts)


def answers_over(store: Store, folder: Path) -> Answers:
    return Answers(store, Bands(), folder / "vectors.npz")


@pytest.fixture
async def desks(
    store: Store, database_url: str, tmp_path: Path
) -> AsyncIterator[tuple[Answers, Answers]]:
    """Two desks on one database."""
    await store.write(lambda session: faq.import_entries(session, ENTRIES))
    other = Store(open_engine(database_url))
    one, two = answers_over(store, tmp_path), answers_over(other, tmp_path / "two")
    await asyncio.gather(one.begin(load_encoder()), two.begin(load_encoder()))
    yield one, two
    await other.close()


async def best(answers: Answers, text: str) -> tuple[str, str]:
    found = await answers.find(text, "en")
    return found.verdict, found.matches[0].entry


async def answers(desk: Answers, text: str) -> bool:
    return (await best(desk, text))[0] == "answer"


async def test_the_first_look_waits_for_a_database_out_of_order(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.answers.FRESH", 0.01)
    await store.write(lambda session: faq.import_entries(session, ENTRIES))
    desk, disk = answers_over(store, tmp_path), BadDisk(store.engine)
    disk.strike(1, count=1000)
    beginning = asyncio.create_task(desk.begin(None))
    await until(lambda: disk.struck > 1)
    asking = asyncio.create_task(answers(desk, "forgot my password"))
    disk.heal()
    assert await asyncio.wait_for(asking, 10)
    await beginning


async def test_what_one_desk_is_taught_the_other_knows_at_its_next_look(
    store: Store, desks: tuple[Answers, Answers]
) -> None:
    words = "zorp the blonk"
    assert (await best(desks[1], words))[0] == "none"
    await store.write(lambda s: faq.add_phrasings(s, "payout", [("en", words)]))
    for desk in desks:
        await desk.refresh()
        assert await best(desk, words) == ("answer", "payout")


async def test_a_running_desk_follows_within_its_look(
    store: Store, desks: tuple[Answers, Answers]
) -> None:
    words = "zorp the blonk"
    following = asyncio.create_task(desks[1].run())
    await store.write(lambda s: faq.add_phrasings(s, "payout", [("en", words)]))
    await until(lambda: answers(desks[1], words))
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_the_slow_part_of_learning_comes_once_it_is_calm(
    store: Store, desks: tuple[Answers, Answers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.answers.FRESH", 0.01)
    question = "i do not get into my account"
    before = await desks[0].find(question, "en")
    following = asyncio.create_task(desks[0].run())

    async def differs() -> bool:
        return await desks[0].find(question, "en") != before

    await until(differs)
    assert await best(desks[0], "where is my payout") == ("answer", "payout")
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_what_is_added_alone_is_encoded(store: Store, tmp_path: Path) -> None:
    await store.write(lambda session: faq.import_entries(session, ENTRIES))
    encoder = load_encoder()
    assert encoder
    counting = Counting(encoder)
    answers = Answers(store, Bands(), tmp_path / "vectors.npz")
    await answers.begin(counting)  # type: ignore[arg-type]  # texts as a list
    before = counting.texts
    await store.write(lambda s: faq.add_phrasings(s, "payout", [("en", "zorp the blonk")]))
    await answers.refresh()
    assert 0 < counting.texts - before <= 2


async def test_what_is_added_leaves_what_was_kept_on_disk(store: Store, tmp_path: Path) -> None:
    await store.write(lambda session: faq.import_entries(session, ENTRIES))
    desk = answers_over(store, tmp_path)
    await desk.begin(load_encoder())
    kept = len(read(tmp_path / "vectors.npz"))
    await store.write(lambda s: faq.add_phrasings(s, "payout", [("en", "zorp the blonk")]))
    await desk.refresh()
    assert len(read(tmp_path / "vectors.npz")) >= kept > 0


async def test_an_entry_that_was_taken_out_is_no_longer_found(
    store: Store, desks: tuple[Answers, Answers]
) -> None:
    await store.write(lambda session: faq.import_entries(session, ENTRIES[:1]))
    await desks[0].refresh()
    assert await best(desks[0], "where is my payout") != ("answer", "payout")


async def test_answers_that_did_not_help_make_the_next_ones_more_careful(
    store: Store, desks: tuple[Answers, Answers]
) -> None:
    question = "login to account does not work"
    before = (await desks[0].find(question, "en")).matches[0].confidence
    await store.write(lambda session: tell(session, "not_helped", 200))
    await desks[0].calibrate()
    assert (await desks[0].find(question, "en")).matches[0].confidence < before


def tell(session: Session, outcome: str, count: int) -> None:
    place = Place(platform="p", account="a", chat="c", sender="s", created_at=NOW, thread="")
    session.add(place)
    session.flush()
    rows = []
    for number in range(count):
        heard = Heard(platform="p", account="a", event=str(number), kind="message", at=NOW,
                      received_at=NOW)  # fmt: skip
        session.add(heard)
        session.flush()
        rows.append(Asked(
            id=row_id(heard.id), address_id=row_id(place.id), at=NOW, text="x", language="en",
            audience="", verdict="answer", entry_id="payout", confidence=0.8, outcome=outcome,
        ).model_dump())  # fmt: skip
    asked.keep(session, rows)
