"""What was asked and not answered: found, grouped by meaning, settled."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from sqlmodel import Session

from core import asked as questions
from core import gaps
from core.encoder import load_encoder
from core.faq_matcher import Outcome
from core.gaps import DISMISSED, LEARNT, Unanswered, Wording
from core.models import Asked, Heard, Place, row_id
from core.store import Store

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REFUND = ["i want my money back", "can i get a refund", "refund my last payment please"]
DARK = ["is there a dark mode", "dark theme please"]


def ask(text: str, verdict: str = "none", outcome: str = "", **more: Any) -> dict[str, Any]:
    return {"text": text, "verdict": verdict, "outcome": outcome, "language": "en",
            "confidence": 0.5, "at": NOW, **more}  # fmt: skip


async def put(store: Store, *rows: dict[str, Any]) -> None:
    def write(session: Session) -> None:
        place = Place(platform="p", account="a", chat="c", sender="s", created_at=NOW, thread="")
        session.add(place)
        session.flush()
        for number, row in enumerate(rows):
            heard = Heard(platform="p", account="a", event=str(number), kind="message", at=NOW,
                          received_at=NOW)  # fmt: skip
            session.add(heard)
            session.flush()
            questions.keep(session, [Asked(
                id=row_id(heard.id), address_id=row_id(place.id), audience="", entry_id="x", **row
            ).model_dump()])  # fmt: skip

    await store.write(write)


async def found(store: Store, days: int = 30) -> list[str]:
    since = NOW - timedelta(days=days)
    return [one.text for one in await store.read(lambda s: gaps.unanswered(s, since))]


async def test_what_got_no_answer_or_one_that_did_not_help_is_a_gap(store: Store) -> None:
    await put(
        store,
        ask("none at all"),
        ask("answered", "answer"),
        ask("helped", "answer", "helped"),
        ask("did not help", "answer", "not_helped"),
        ask("none of these", "suggest", "ticket"),
        ask("nothing opened", "suggest"),
        ask("opened", "suggest", "chosen"),
        ask("old", at=NOW - timedelta(days=31)),
        ask("", "browse", "not_helped"),
        ask("seen to", outcome="not_helped", settled=LEARNT),
        ask("nonsense", settled=DISMISSED),
    )
    expected = ["none at all", "did not help", "none of these", "nothing opened"]
    assert await found(store) == expected
    assert await found(store, days=40) == [*expected, "old"]


async def test_what_is_settled_is_no_gap_any_more(store: Store) -> None:
    await put(store, *(ask(f"question {number}") for number in range(4)))
    rows = await store.read(lambda s: gaps.unanswered(s, NOW))
    await store.write(lambda s: gaps.settle(s, [rows[0].id, rows[2].id], LEARNT))
    assert await found(store) == ["question 1", "question 3"]


async def test_what_staff_settle_still_tells_how_sure_we_may_be(store: Store) -> None:
    await put(store, ask("a", "answer", "not_helped", confidence=0.8))
    (row,) = await store.read(lambda s: gaps.unanswered(s, NOW))
    await store.write(lambda s: gaps.settle(s, [row.id], LEARNT))
    assert await store.read(questions.outcomes) == [Outcome(0.8, False)]


async def test_the_newest_outcomes_of_answers_are_told(store: Store) -> None:
    await put(
        store,
        ask("a", "answer", "helped", confidence=0.9),
        ask("b", "answer", "not_helped", confidence=0.8, at=NOW - timedelta(days=1)),
        ask("c", "answer", "ticket", confidence=0.7, at=NOW - timedelta(days=2)),
        ask("d", "answer"),
        ask("e", "suggest", "ticket"),
    )
    assert await store.read(questions.outcomes) == [
        Outcome(0.9, True),
        Outcome(0.8, False),
        Outcome(0.7, False),
    ]


def rows(*texts: str) -> list[Unanswered]:
    return [Unanswered(number, text, "en") for number, text in enumerate(texts, 1)]


def test_questions_of_one_meaning_are_one_group_the_biggest_first() -> None:
    asked = rows(DARK[0], *REFUND, DARK[1])
    first, second = gaps.group(asked, load_encoder())
    assert {one.text for one in first.wordings} == set(REFUND)
    assert {one.text for one in second.wordings} == set(DARK)
    assert (first.number, first.count, first.ids) == (2, 3, (2, 3, 4))


def test_a_group_crosses_languages() -> None:
    asked = [Unanswered(1, REFUND[0], "en"), Unanswered(2, "Ich will mein Geld zurück", "de")]
    (gap,) = gaps.group(asked, load_encoder())
    assert gap.languages == ("de", "en")


def test_the_same_words_are_counted_whatever_their_case() -> None:
    (gap,) = gaps.group(rows("Dark mode?", "dark mode", "DARK MODE!"), load_encoder())
    assert gap.wordings == (Wording("Dark mode?", "en", 3),)


@pytest.mark.parametrize("encoder", [load_encoder(), None], ids=["meaning", "spelling"])
def test_order_does_not_matter_and_every_question_is_in_one_group(encoder: object) -> None:
    asked = rows(*REFUND, *DARK, "???", "", "🙂", REFUND[0].upper())
    made = gaps.group(asked, encoder)  # type: ignore[arg-type]  # an Encoder or None
    assert gaps.group(list(reversed(asked)), encoder) == made  # type: ignore[arg-type]
    ids = sorted(number for gap in made for number in gap.ids)
    assert ids == [one.id for one in asked if one.text]


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_joined_by_their_mean_likeness(seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(30, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = [[number] for number in range(30)]
    while True:  # as slow and plain as can be
        mean, one, other = max(
            (float((vectors[a] @ vectors[b].T).mean()), a, b) for a, b in combinations(groups, 2)
        )
        if mean < 0.3:
            break
        groups.remove(other)
        one += other
    numbers = gaps.join(vectors @ vectors.T, 0.3)
    made = {tuple(n for n in range(30) if numbers[n] == number) for number in numbers}
    assert made == {tuple(sorted(one)) for one in groups}


def test_nothing_asked_makes_no_group() -> None:
    assert gaps.group([], load_encoder()) == []
    assert gaps.group([], None) == []


def test_the_number_of_a_group_stays_when_more_is_asked() -> None:
    before = gaps.group(rows(*REFUND), load_encoder())
    after = gaps.group(rows(*REFUND, *DARK, "refund please"), load_encoder())
    assert before[0].number == after[0].number
