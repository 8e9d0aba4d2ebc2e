"""What the matcher promises of every text, and while the desk learns."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.encoder import Encoder
from core.faq_matcher import Asked, FaqMatcher, Found, Question
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
