"""What the matcher promises of every text, and while the desk learns."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.encoder import Encoder
from core.faq_matcher import Asked, FaqMatcher, Found, Question
from core.knowledge import SMALL
from tests.core.faq_desk import DESK, QUESTIONS, entries

TEXTS = st.text(max_size=80).filter(lambda text: any(c.isalnum() for c in text))
"""Something to read in it: neither blank nor only marks."""
ASKED = st.tuples(
    st.text(max_size=40), st.sampled_from(["de", "en", None]), st.sampled_from(["creator", None])
)
PROPERTY = settings(max_examples=15, deadline=None)


def same(one: Found, other: Found) -> bool:
    """Equal but for the last digits."""
    chances = [match.confidence for match in other.matches]
    return (
        (one.verdict, entries(one)) == (other.verdict, entries(other))
        and [match.confidence for match in one.matches] == pytest.approx(chances, abs=1e-4)
        and one.fit == pytest.approx(other.fit, abs=1e-4)
    )


@PROPERTY
@given(text=TEXTS)
def test_a_phrasing_added_is_found_first(encoder: Encoder, text: str) -> None:
    matcher = FaqMatcher(QUESTIONS[:6], encoder=encoder)
    matcher.add(Question("new", text, "en"))
    found = matcher.match(text)
    assert (found.verdict, entries(found)[0]) == ("answer", "new")


@PROPERTY
@given(entry=st.sampled_from(sorted(DESK)), text=TEXTS)
def test_an_entry_removed_is_never_found(encoder: Encoder, entry: str, text: str) -> None:
    matcher = FaqMatcher(QUESTIONS, encoder=encoder)
    matcher.remove(entry)
    for asked in [text, *(one.text for one in QUESTIONS if one.entry == entry)]:
        assert entry not in entries(matcher.match(asked, limit=100))


@PROPERTY
@given(order=st.permutations(QUESTIONS[:12]), text=TEXTS)
def test_the_order_of_questions_does_not_matter(
    encoder: Encoder, order: list[Question], text: str
) -> None:
    built = FaqMatcher(QUESTIONS[:12], encoder=encoder)
    grown = FaqMatcher(order[:10], encoder=encoder)
    for question in order[10:]:
        grown.add(question)
    assert same(built.match(text), FaqMatcher(order, encoder=encoder).match(text))
    assert same(built.match(text), grown.match(text))


@PROPERTY
@given(asked=st.lists(ASKED))
def test_many_are_matched_as_one_by_one(matcher: FaqMatcher, asked: list[Asked]) -> None:
    alone = [matcher.match(text, language, 5, audience) for text, language, audience in asked]
    assert all(map(same, matcher.match_many(asked), alone))


def test_matching_goes_on_while_the_desk_learns(encoder: Encoder) -> None:
    matcher = FaqMatcher(QUESTIONS, encoder=encoder)

    def learn_and_forget(number: int) -> None:
        matcher.add(Question(f"new {number}", f"a new question, number {number}", "en"))
        matcher.remove(f"new {number}")

    with ThreadPoolExecutor(4) as pool:
        learning = [pool.submit(learn_and_forget, number) for number in range(12)]
        asking = [pool.submit(matcher.match, "i want a refund") for _ in range(60)]
        assert all(entries(one.result())[0] == "refund" for one in asking)
        for one in learning:
            one.result()
    assert set(entries(matcher.match("a new question", limit=100))) == set(DESK)


def many() -> list[Question]:
    """More than are learnt anew at every change."""
    things = ["invoice", "ticket", "camera", "parcel", "garden", "window", "engine", "guitar"]
    deeds = ["repair", "paint", "sell", "move", "clean", "rent", "insure", "lend", "weigh", "lock"]
    return [
        Question(f"{deed} {thing}", wording.format(deed, thing), "en")
        for thing in things
        for deed in deeds
        for wording in ("how to {} the {}", "can I {} my {}?", "{} a {} for me")
    ]


@pytest.fixture(scope="module")
def large(encoder: Encoder) -> list[Question]:
    questions = [*QUESTIONS, *many()]
    assert len(questions) > SMALL
    return questions


@PROPERTY
@given(text=TEXTS)
def test_what_is_added_to_a_large_desk_is_found_before_and_after_it_is_refined(
    encoder: Encoder, large: list[Question], text: str
) -> None:
    matcher = FaqMatcher(large, encoder=encoder)
    matcher.add(Question("new", text, "en"))
    for _ in range(2):
        found = matcher.match(text)
        assert (found.verdict, entries(found)[0]) == ("answer", "new")
        matcher.refine()


@settings(PROPERTY, max_examples=4)
@given(data=st.data())
def test_what_changes_is_after_refining_as_if_it_had_always_been_so(
    encoder: Encoder, large: list[Question], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(large))
    gone = data.draw(st.sampled_from(sorted(DESK)))
    grown = FaqMatcher(order[:-10], encoder=encoder)
    grown.add_many(order[-10:-5])
    grown.remove(gone)
    grown.add_many([one for one in order[-5:] if one.entry != gone])
    built = FaqMatcher([one for one in large if one.entry != gone], encoder=encoder)
    asked = [("i want a refund", None, None), ("sell guitar", "en", None), ("abo", None, None)]
    assert all(gone not in entries(found) for found in grown.match_many(asked, 200))
    grown.refine()
    built.refine()
    assert all(map(same, grown.match_many(asked), built.match_many(asked)))


def test_an_entry_that_was_removed_may_come_back(encoder: Encoder, large: list[Question]) -> None:
    matcher = FaqMatcher(large, encoder=encoder)
    matcher.remove("sell guitar")
    assert "sell guitar" not in entries(matcher.match("sell guitar", limit=200))
    matcher.add(Question("sell guitar", "getting rid of a guitar", "en"))
    assert entries(matcher.match("Getting rid of a guitar."))[0] == "sell guitar"
    matcher.refine()
    assert entries(matcher.match("Getting rid of a guitar."))[0] == "sell guitar"


def test_what_changes_while_the_desk_is_refined_is_not_lost(
    encoder: Encoder, large: list[Question]
) -> None:
    matcher = FaqMatcher(large, encoder=encoder)
    with ThreadPoolExecutor(1) as pool:
        for number in range(5):
            refining = pool.submit(matcher.refine)
            matcher.add(Question(f"late {number}", f"how late is number {number}", "en"))
            matcher.remove(f"late {number - 1}")
            refining.result()
            assert entries(matcher.match(f"how late is number {number}"))[0] == f"late {number}"
    found = entries(matcher.match("how late is number 3", limit=200))
    assert {one for one in found if one.startswith("late")} == {"late 4"}
