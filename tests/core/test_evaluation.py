"""How good the matcher is, told in figures that a hand can check."""

import json
import math
from pathlib import Path

import pytest

from core.cases import BadQuestions, read_cases
from core.evaluation import Bin, Case, Confusion, evaluate
from core.faq_matcher import Found, Match, Verdict


def found(verdict: Verdict, *matches: tuple[str, float]) -> Found:
    return Found(verdict, tuple(Match(*one) for one in matches), 0.5)


CASES = [Case("q1", "a"), Case("q2", "a"), Case("q3", "b"), Case("q4", "b"), Case("q5", ""),
         Case("q6", "")]  # fmt: skip
FOUND = [
    found("answer", ("a", 0.95), ("b", 0.01)),
    found("answer", ("b", 0.85), ("a", 0.1)),
    found("suggest", ("b", 0.45)),
    found("none", ("c", 0.05)),
    found("none", ("a", 0.05)),
    found("answer", ("a", 0.95)),
]


def test_each_figure_is_what_a_hand_would_count() -> None:
    report = evaluate(CASES, FOUND)
    assert (report.cases, report.with_entry) == (6, 4)
    assert report.accuracy == 2 / 4
    assert report.recall == 3 / 4
    assert report.answered == 3 / 6
    assert report.precision == 1 / 3
    assert report.suggested == 1 / 6
    assert report.rejected == 1 / 2
    assert report.turned_away == 1 / 4


def test_what_was_stated_is_held_against_what_was_right() -> None:
    report = evaluate(CASES, FOUND)
    assert report.bins[-1] == Bin(0.95, 0.5, 2)
    assert [one.count for one in report.bins] == [2, 1, 1, 2]
    error = (2 * 0.05 + 0.55 + 0.85 + 2 * 0.45) / 6
    assert math.isclose(report.calibration_error, error)


def test_confusions_are_counted_with_an_example() -> None:
    report = evaluate([*CASES, Case("q7", "a")], [*FOUND, FOUND[1]])
    assert report.confusions[0] == Confusion("a", "b", 2, "q2")
    assert {(one.expected, one.found) for one in report.confusions} == {
        ("a", "b"),
        ("b", ""),
        ("", "a"),
    }


def test_the_curve_goes_from_the_surest_to_all() -> None:
    shares = evaluate(CASES, FOUND).curve
    assert shares[0][0] == 1 / 6
    assert shares[-1] == (1.0, 2 / 6)


def test_what_cannot_be_counted_is_no_number() -> None:
    report = evaluate([Case("q", "a")], [found("none")])
    assert math.isnan(report.rejected)
    assert math.isnan(report.precision)


ROWS = [{"question": "how?", "entry": "a", "language": "de"}, {"question": "why?", "entry": None}]
READ = [Case("how?", "a", "de"), Case("why?", "")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.csv", "question,entry,language\nhow?,a,de\nwhy?,none,\n"),
        ("x.tsv", "entry\tquestion\tlanguage\na\thow?\tde\n-\twhy?\t\n"),
        ("x.json", json.dumps(ROWS)),
        ("x.yaml", "questions:\n- {question: 'how?', entry: a, language: de}\n- question: why?\n"),
        ("x.jsonl", "\n".join(map(json.dumps, ROWS))),
        ("x.csv", "question;entry;language\nhow?;a;de\nwhy?;;\n"),
        ("x.csv", "\ufeffquestion,entry,language\r\nhow?,a,de\r\nwhy?,,\r\n"),
    ],
)
def test_questions_are_read_from_each_kind_of_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_cases(tmp_path / name, {"a"}, ["user"]) == READ


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x.csv", "text,label\nhow?,a\n", "must name the columns"),
        ("x.csv", "question,entry\nhow?,a\nwhy?,b\n", "line 3: there is no entry b"),
        ("x.csv", "question,entry\n,a\n", "line 2: there is no text"),
        ("x.csv", 'question,entry\n"how\nso",a\nwhy,b\n', "line 4: there is no entry b"),
        (
            "x.csv",
            "question,entry,audience\nhow?,a,me\n",
            "line 2: the audience must be one of user",
        ),
        ("x.csv", "question,entry\nwie schön?,a\n".encode("cp1252"), "cannot be read: 'utf-8'"),
        ("x.csv", "question,entry\n", "holds no questions"),
        ("x.json", "{", "cannot be read"),
        ("x.json", '{"a": 1}', "cannot be read"),
        ("x.yaml", "5", "cannot be read"),
        ("x.jsonl", '{"question": "x"}\n[', "line 2: Expecting"),
        ("x.txt", "how?", "must end in"),
        ("x.json", "[1]", "question 1: there is no text"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(
    tmp_path: Path, name: str, text: str | bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadQuestions, match=says):
        read_cases(tmp_path / name, {"a"}, ["user"])
