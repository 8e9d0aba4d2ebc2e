"""The FAQ by command: what it misses, teaching it, and how good it is."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.dialogs.talk import PACK
from tests.frontdesk.commands import command, frontdesk

SMALL = {"FRONTDESK_PACK": str(PACK)}
DARK = "is there a dark mode for the night"
OTHER = "dark mode for the night please"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A desk that never ran."""
    ended = command(tmp_path, "faq", "import", str(PACK / "faq.yaml"), **SMALL)
    assert ended.exit_code == 0
    return tmp_path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    say(folder, DARK, DARK.upper(), OTHER)
    return folder


@pytest.fixture
def asked(model: Path, tmp_path: Path) -> Path:
    """A desk that was asked about a dark mode, three times in two ways, and had no answer."""
    return shutil.copytree(model, tmp_path / "data", ignore=shutil.ignore_patterns("encoder"))


def say(data: Path, *lines: str) -> str:
    ended = frontdesk(data, "chat", "--language", "en", said="\n".join(lines), **SMALL)
    assert ended.returncode == 0
    return ended.stdout


def gap_of(data: Path) -> tuple[str, dict[str, Any]]:
    """The one group of questions without an answer, and its number."""
    (gap,) = json.loads(command(data, "faq", "gaps", "--json", **SMALL).stdout)
    return str(gap["group"]), gap


def test_what_was_not_answered_is_taught_and_answered(asked: Path) -> None:
    number, gap = gap_of(asked)
    assert gap["count"] == 3
    assert [(one["text"], one["count"]) for one in gap["wordings"]] == [(DARK, 2), (OTHER, 1)]
    assert DARK in command(asked, "faq", "gaps", **SMALL).stdout
    taught = command(asked, "faq", "learn", number, "password-reset", **SMALL)
    assert "2 new phrasings" in taught.stdout
    assert "Nothing was left unanswered" in command(asked, "faq", "gaps", **SMALL).stdout
    assert "sign-in page" in say(asked, DARK)


def test_a_new_entry_is_made_from_a_gap(asked: Path) -> None:
    number, _ = gap_of(asked)
    added = command(
        asked, "faq", "add", "dark-mode", "--topic", "account", "--question", "Is it dark?",
        "--answer", "Choose “Dark” in Settings.", "--group", number, **SMALL,
    )  # fmt: skip
    assert added.exit_code == 0
    shown = command(asked, "faq", "show", "dark-mode", **SMALL).stdout
    assert DARK in shown
    assert "Choose “Dark”" in shown
    assert "Nothing was left unanswered" in command(asked, "faq", "gaps", **SMALL).stdout


def test_a_group_is_shown_whole_and_one_of_its_wordings_is_taught(asked: Path) -> None:
    number, _ = gap_of(asked)
    shown = command(asked, "faq", "gaps", number, **SMALL).stdout
    assert OTHER in shown
    assert "Nearest entries: " in shown
    learn = ("faq", "learn", number, "password-reset", "--example")
    assert "--example takes 1 to that" in command(asked, *learn, "3", **SMALL).stderr
    assert "1 new phrasing." in command(asked, *learn, "2", **SMALL).stdout
    shown = command(asked, "faq", "show", "password-reset", **SMALL).stdout
    assert OTHER in shown
    assert DARK not in shown


def test_only_what_was_asked_since_then_is_shown(asked: Path) -> None:
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    shown = {
        since: json.loads(command(asked, "faq", "gaps", "--since", since, "--json", **SMALL).stdout)
        for since in ("1h", "2w", "2020-01-01", tomorrow)
    }
    assert [len(gaps) for gaps in shown.values()] == [1, 1, 1, 0]


def test_an_entry_is_given_another_language(data: Path) -> None:
    german = ("faq", "add", "password-reset", "--language", "de")
    french = command(data, *german, "--question", "Q", "--answer", "A", **SMALL)
    assert "in de already" in french.stderr
    made = (
        "faq",
        "add",
        "dark",
        "--question",
        "Is it dark?",
        "--answer",
        "Yes.",
        "--topic",
        "account",
    )
    assert command(data, *made, **SMALL).exit_code == 0
    command(data, "faq", "phrase", "dark", "dunkel", **SMALL)  # what is to be the question soon
    more = ("faq", "add", "dark", "--language", "de", "--question", "Dunkel?", "--answer", "Ja.")
    assert command(data, *more, **SMALL).exit_code == 0
    shown = json.loads(command(data, "faq", "show", "dark", "--json", **SMALL).stdout)
    assert {tag: text["answer"] for tag, text in shown["languages"].items()} == {
        "en": "Yes.",
        "de": "Ja.",
    }


def test_a_file_adds_to_the_faq_when_told_so(data: Path) -> None:
    command(data, "faq", "export", "all.json", **SMALL)
    one = json.loads((data / "all.json").read_text())["entries"][0]
    text = {"question": "New?", "phrasings": [], "answer": "Yes."}
    (data / "one.json").write_text(
        json.dumps({"entries": [one | {"id": "new", "languages": {"en": text}}]})
    )
    added = command(data, "faq", "import", "--add", "one.json", **SMALL)
    assert added.stdout.startswith("1 added, 0 changed, 0 removed")


def test_a_desk_that_never_ran_has_its_packs_faq(tmp_path: Path) -> None:
    assert "password-reset" in command(tmp_path, "faq", "list", **SMALL).stdout
    phrased = command(tmp_path, "faq", "phrase", "password-reset", "key lost", **SMALL)
    assert "added" in phrased.stdout


def test_nonsense_is_taken_off_the_list(asked: Path) -> None:
    number, _ = gap_of(asked)
    assert "3 questions" in command(asked, "faq", "dismiss", number, **SMALL).stdout
    assert json.loads(command(asked, "faq", "gaps", "--json", **SMALL).stdout) == []


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
            "There is an entry password-reset in en already",
        ),
        (("add", "New One", "--topic", "account", "--question", "Q", "--answer", "A"), "small"),
        (("gaps", "--since", "long"), "--since"),
        (("gaps", "99"), "There is no group 99"),
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
