"""The FAQ by command: what it misses, teaching it, and how good it is."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.dialogs.talk import PACK
from tests.frontdesk.commands import command, frontdesk

SMALL = {"FRONTDESK_PACK": str(PACK)}
DARK = "is there a dark mode for the night"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    ended = command(tmp_path, "faq", "import", str(PACK / "faq.yaml"), **SMALL)
    assert ended.exit_code == 0
    return tmp_path


def say(data: Path, *lines: str) -> str:
    ended = frontdesk(data, "chat", "--language", "en", said="\n".join(lines), **SMALL)
    assert ended.returncode == 0
    return ended.stdout


def asked(data: Path, *lines: str) -> list[dict[str, object]]:
    """The gaps after somebody has said this."""
    say(data, *lines)
    shown: list[dict[str, object]] = json.loads(
        command(data, "faq", "gaps", "--json", **SMALL).stdout
    )
    return shown


def test_what_was_not_answered_is_taught_and_answered(data: Path) -> None:
    (gap,) = asked(data, DARK, DARK.upper())
    assert gap["count"] == 2
    number = str(gap["group"])
    shown = command(data, "faq", "gaps", **SMALL).stdout
    assert DARK in shown
    taught = command(data, "faq", "learn", number, "password-reset", **SMALL)
    assert "1 new phrasing" in taught.stdout
    assert "Nothing was left unanswered" in command(data, "faq", "gaps", **SMALL).stdout
    assert "sign-in page" in say(data, DARK)


def test_a_new_entry_is_made_from_a_gap(data: Path) -> None:
    (gap,) = asked(data, DARK)
    added = command(
        data, "faq", "add", "dark-mode", "--topic", "account", "--question", "Is it dark?",
        "--answer", "Choose “Dark” in Settings.", "--group", str(gap["group"]), **SMALL,
    )  # fmt: skip
    assert added.exit_code == 0
    assert "Choose “Dark”" in say(data, DARK)
    shown = command(data, "faq", "show", "dark-mode", **SMALL).stdout
    assert DARK in shown


def test_nonsense_is_taken_off_the_list(data: Path) -> None:
    (gap,) = asked(data, DARK)
    assert command(data, "faq", "dismiss", str(gap["group"]), **SMALL).exit_code == 0
    assert json.loads(command(data, "faq", "gaps", "--json", **SMALL).stdout) == []


def test_one_more_phrasing_is_one_command(data: Path) -> None:
    first = command(data, "faq", "phrase", "password-reset", "key lost", **SMALL)
    assert "added" in first.stdout
    again = command(data, "faq", "phrase", "password-reset", "Key lost?", **SMALL)
    assert "already" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("learn", "99", "password-reset"), "There is no group 99"),
        (("dismiss", "99"), "There is no group 99"),
        (("phrase", "nothing", "words"), "There is no entry nothing"),
        (("phrase", "delete-account", "forgot my password"), "password-reset has"),
        (("phrase", "delete-account", " "), "1 to 300"),
        (("phrase", "delete-account", "x", "--language", "xx"), "does not speak xx"),
        (("show", "nothing"), "There is no entry nothing"),
        (
            ("add", "password-reset", "--topic", "account", "--question", "Q", "--answer", "A"),
            "There is an entry password-reset already",
        ),
        (("add", "New One", "--topic", "account", "--question", "Q", "--answer", "A"), "small"),
        (("add", "new", "--topic", "none", "--question", "Q", "--answer", "A"), "--topic"),
        (("eval", "missing.csv"), "missing.csv"),
        (("eval", "missing.csv", "--plot", "x.png"), ".svg"),
        (("check", "missing.yaml"), "missing.yaml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    data: Path, arguments: tuple[str, ...], says: str
) -> None:
    ended = command(data, "faq", *arguments, **SMALL)
    assert ended.exit_code == 1
    assert says in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_the_entries_are_listed_by_topic(data: Path) -> None:
    shown = command(data, "faq", "list", "--topic", "payouts", **SMALL).stdout
    assert "payout-date" in shown
    assert "password-reset" not in shown


def test_check_names_what_could_be_better_and_strict_makes_it_an_error(data: Path) -> None:
    command(data, "faq", "add", "twin", "--topic", "account", "--question",
            "How do I set another new password?", "--answer", "A", **SMALL)  # fmt: skip
    advice = json.loads(command(data, "faq", "check", "--json", **SMALL).stdout)
    kinds = {(one["kind"], name) for one in advice for name in (one["entry"], one["other"])}
    assert ("language", "twin") in kinds
    assert ("phrasings", "twin") in kinds
    assert any(kind in ("stolen", "nearer") and entry == "twin" for kind, entry in kinds)
    shown = command(data, "faq", "check", **SMALL)
    assert shown.exit_code == 0
    assert "twin" in shown.stdout
    assert command(data, "faq", "check", "--strict", **SMALL).exit_code == 1


def test_an_evaluation_tells_figures_and_draws_them(data: Path) -> None:
    questions = data / "questions.csv"
    questions.write_text(
        "question,entry\nforgot my password,password-reset\nclose account for good,delete-account\n"
        "what is the capital of peru,none\nremove my profile now,password-reset\n",
        encoding="utf-8",
    )
    picture = data / "trust.svg"
    arguments = ("faq", "eval", str(questions), "--plot", str(picture))
    shown = command(data, *arguments, **SMALL)
    assert shown.exit_code == 0
    assert "3 questions with an entry" in shown.stdout
    assert "remove my profile now" in shown.stdout
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")
    report = json.loads(command(data, *arguments, "--json", **SMALL).stdout)
    assert report["cases"] == 4
    assert report["recall"] >= 2 / 3
