"""What could be better in an FAQ, told from what each phrasing finds when it is left out."""

from core.advice import FEW, Advice, Example, advise
from core.encoder import Encoder
from core.faq_file import Entry, Text
from core.faq_matcher import FaqMatcher, Guess, Question


def guess(text: str, entry: str, found: str, confidence: float = 0.6, own: float = 0.1) -> Guess:
    return Guess(Question(entry, text, "en"), found, confidence, own)


def entry(name: str, **phrasings: int) -> Entry:
    texts = {
        tag: Text(question=name, phrasings=tuple(f"{name} {n}" for n in range(count)), answer="A")
        for tag, count in phrasings.items()
    }
    return Entry(id=name, topic="t", audiences=("user",), texts=texts)


def test_two_entries_that_find_each_other_are_named_with_an_example_of_each() -> None:
    guesses = [
        guess("a1", "a", "b", 0.4),
        guess("a2", "a", "b", 0.9),
        guess("b1", "b", "a", 0.1, own=0.05),
        guess("a3", "a", "a"),
    ]
    assert advise([], [], guesses, 0.3) == [
        Advice("stolen", "a", "b", count=3, examples=(
            Example("a2", "en", "a", "b", 0.9),
            Example("a1", "en", "a", "b", 0.4),
            Example("b1", "en", "b", "a", 0.1),
        ))
    ]  # fmt: skip


def test_the_worst_come_first() -> None:
    guesses = [
        guess("a1", "a", "b"), guess("b1", "b", "a"),
        guess("c1", "c", "d"), guess("d1", "d", "c"), guess("d2", "d", "c"),
        guess("e1", "e", "f", 0.5), guess("e2", "e", "f", 0.8),
    ]  # fmt: skip
    told = [(one.kind, one.entry, one.examples[0].text) for one in advise([], [], guesses, 0.3)]
    assert told == [
        ("stolen", "c", "c1"), ("stolen", "a", "a1"), ("nearer", "e", "e2"), ("nearer", "e", "e1"),
    ]  # fmt: skip


def test_a_phrasing_that_goes_astray_alone_counts_when_that_is_likely() -> None:
    unlikely = [guess("a1", "a", "b", 0.2), guess("a2", "a", "b", 0.5, own=0.6)]
    assert advise([], [], unlikely, 0.3) == []


def test_missing_languages_and_phrasings_are_named() -> None:
    entries = [entry("a", en=FEW, de=FEW - 1), entry("b", en=FEW)]
    assert advise(entries, ["en", "de"], [], 0.3) == [
        Advice("phrasings", "a", language="de", count=FEW - 1),
        Advice("language", "b", language="de"),
    ]


def test_twins_are_found_in_a_real_faq(encoder: Encoder) -> None:
    asked = [
        Question("cancel", "How do I cancel my subscription?", "en"),
        Question("cancel", "stop my membership", "en"),
        Question("cancel", "end the subscription", "en"),
        Question("twin", "How can I stop my subscription?", "en"),
        Question("twin", "cancel my membership please", "en"),
        Question("twin", "end my subscription", "en"),
        Question("payout", "When will I be paid?", "en"),
        Question("payout", "where is my payout", "en"),
        Question("payout", "when do i get my payout", "en"),
    ]
    guesses = FaqMatcher(asked, encoder=encoder).leave_out()
    first = advise([], [], guesses, 0.3)[0]
    assert (first.kind, first.entry, first.other) == ("stolen", "cancel", "twin")
