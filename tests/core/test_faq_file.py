"""An FAQ file is taken whole or refused whole, and what was written reads back equal."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from core.faq_file import BadEntries, Entry, Text, read_entries, write_entries
from core.pack import Pack, read_pack
from core.settings import ROOT
from tests.core.test_pack import DESK, write_pack

GOOD = """\
entries:
  - id: cancel
    topic: account
    audiences: [user]
    languages:
      en:
        question: How do I cancel?
        phrasings:
          - stop my subscription
          - "no"
        answer: |
          Open your account.

          Choose “Cancel”.
      de:
        question: Wie kündige ich?
        phrasings: []
        answer: >-
          Öffne
          dein Konto.
  - id: login
    topic: account
    audiences: [user, studio]
    languages:
      en:
        question: I cannot log in
        phrasings:
          - password forgotten
        answer: Reset it.
"""
CANCEL = Entry(
    id="cancel",
    topic="account",
    audiences=("user",),
    texts={
        "en": Text(
            question="How do I cancel?",
            phrasings=("stop my subscription", "no"),
            answer="Open your account.\n\nChoose “Cancel”.",
        ),
        "de": Text(question="Wie kündige ich?", phrasings=(), answer="Öffne dein Konto."),
    },
)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    studio = '\n[[audiences]]\nid = "studio"\nlabel = { en = "Studio", de = "Studio" }\n'
    return read_pack(write_pack(tmp_path_factory.mktemp("pack"), DESK + studio))


Read = Callable[..., list[Entry]]


@pytest.fixture
def read(tmp_path: Path, pack: Pack) -> Read:
    def read_content(content: str | bytes, name: str = "faq.yaml") -> list[Entry]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_entries(path, pack)

    return read_content


@pytest.fixture
def refuse(read: Read) -> Callable[..., list[str]]:
    def faults(content: str | bytes, name: str = "faq.yaml") -> list[str]:
        with pytest.raises(BadEntries) as refusal:
            read(content, name)
        return str(refusal.value).splitlines()

    return faults


Refuse = Callable[..., list[str]]


def test_a_good_file_is_read_in_its_order(read: Read) -> None:
    cancel, login = read(GOOD)
    assert cancel == CANCEL
    assert (login.id, login.audiences) == ("login", ("user", "studio"))


def test_the_pack_that_comes_along_has_an_faq_for_each_audience_in_each_language() -> None:
    folder = ROOT / "packs" / "creator-platform"
    pack = read_pack(folder)
    entries = read_entries(folder / "faq.yaml", pack)
    assert len(entries) >= 60
    audiences = {name for entry in entries for name in entry.audiences}
    assert audiences == {audience.id for audience in pack.audiences}
    assert all(set(entry.texts) == set(pack.languages) for entry in entries)


def test_json_holds_the_same(read: Read) -> None:
    written = StringIO()
    write_entries(read(GOOD), written, as_json=True)
    assert read(written.getvalue(), "faq.json") == read(GOOD)
    assert read(json.dumps(json.loads(written.getvalue())), "faq.json") == read(GOOD)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(read: Read) -> None:
    assert read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == read(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("id: cancel", "id: Cancel it", "line 2: entries.Cancel it.id: must be small letters"),
        ("id: cancel", "id: " + "x" * 41, "id: must be small letters"),
        ("  - id: cancel\n    topic: account\n", "  - topic: account\n",
         "line 2: entries.1.id: is missing"),
        ("    topic: account\n    audiences: [user]\n", "    audiences: [user]\n",
         "line 2: entries.cancel.topic: is missing"),
        ("topic: account", "topic: food", "line 3: entries.cancel.topic: must be one of account"),
        ("[user]", "[user, robot]", "line 4: entries.cancel.audiences.2: must be one of user"),
        ("[user]", "[user, user]", "line 4: entries.cancel.audiences.2: stands here twice"),
        ("[user]", "[user]\n    audiences:", "line 5: entries.cancel.audiences: stands here twice"),
        ("[user]", "user", "line 4: entries.cancel.audiences: must be a list"),
        ("[user]", "[]", "line 4: entries.cancel.audiences: is empty"),
        ("      de:", "      fr:", "line 15: entries.cancel.languages.fr: must be one of en, de"),
        ("How do I cancel?", "", "line 7: entries.cancel.languages.en.question: is empty"),
        ("How do I cancel?", '"  "', "line 7: entries.cancel.languages.en.question: is empty"),
        ("How do I cancel?", "404", "line 7: entries.cancel.languages.en.question: must be text"),
        ("How do I cancel?", "y" * 301, "languages.en.question: has 301 characters; 300 are"),
        ("Reset it.", "z" * 4001, "line 29: entries.login.languages.en.answer: has 4001"),
        ("Reset it.", '"a\\0b"', "line 29: entries.login.languages.en.answer: holds a ch"),
        ('- "no"', "- no", "line 10: entries.cancel.languages.en.phrasings.2: must be text"),
        ('- "no"', "- " + "n" * 301, "line 10: entries.cancel.languages.en.phrasings.2: has 301"),
        ('- "no"', '- "\\u200b"', "line 10: entries.cancel.languages.en.phrasings.2: holds no"),
        ('- "no"', "- {a: b}", "line 10: entries.cancel.languages.en.phrasings.2: must be text"),
        ("        answer: Reset it.\n", "", "line 25: entries.login.languages.en.answer: is miss"),
        ("answer: Reset it.", "anwser: Reset it.",
         "line 29: entries.login.languages.en.anwser: is not known here"),
        ("answer: Reset it.", "answer: Reset it.\n        answer: Again.",
         "line 30: entries.login.languages.en.answer: stands here twice"),
        ("id: login", "id: cancel", "line 21: entries.cancel.id: cancel is used twice"),
        ("entries:\n", "entrys:\n", "line 1: entrys: is not known here"),
    ],
)  # fmt: skip
def test_a_fault_names_line_field_and_reason(
    refuse: Refuse, old: str, new: str, fault: str
) -> None:
    found = refuse(GOOD.replace(old, new, 1))
    assert any(fault in line and line.startswith("faq.yaml, line ") for line in found), found


def test_every_fault_is_named_at_once_in_the_order_of_lines(refuse: Refuse) -> None:
    bad = GOOD.replace("topic: account", "topic: food").replace(
        "I cannot log in", "how do i cancel"
    )
    assert refuse(bad.replace("Reset it.", "''")) == [
        "faq.yaml, line 3: entries.cancel.topic: must be one of account, the topics of the pack",
        "faq.yaml, line 22: entries.login.topic: must be one of account, the topics of the pack",
        "faq.yaml, line 26: entries.login.languages.en.question: says the same as "
        "entries.cancel.languages.en.question in line 7; nobody could tell which of the two "
        "entries is meant",
        "faq.yaml, line 29: entries.login.languages.en.answer: is empty",
    ]


@pytest.mark.parametrize(
    "again",
    [
        "STOP my   subscription!",
        "stop my subscription…",
        "ｓｔｏｐ my subscription",
        "st\u200bop my subscription",
    ],
)
def test_a_phrasing_of_two_entries_is_refused_with_both_names(refuse: Refuse, again: str) -> None:
    (fault,) = refuse(GOOD.replace("password forgotten", again))
    assert fault.startswith(
        "faq.yaml, line 28: entries.login.languages.en.phrasings.1: says the same as "
        "entries.cancel.languages.en.phrasings.1 in line 9"
    )


def test_a_phrasing_that_repeats_its_own_question_is_refused(refuse: Refuse) -> None:
    (fault,) = refuse(GOOD.replace("stop my subscription", "how do I cancel"))
    assert "line 9" in fault
    assert "line 7; leave one out" in fault


def test_one_word_may_be_the_question_in_two_languages(read: Read) -> None:
    same = GOOD.replace("How do I cancel?", "Stop?").replace("Wie kündige ich?", "Stop?")
    assert read(same)[0].texts["de"].question == "Stop?"


def test_lines_of_json_are_right_too(refuse: Refuse) -> None:
    content = '{\n"entries": [\n  {"id": "a", "note": "\\n\\n}",\n   "topic": 7}]}\n'
    assert refuse(content, "faq.json")[:2] == [
        "faq.json, line 3: entries.a.audiences: is missing",
        "faq.json, line 3: entries.a.languages: is missing",
    ]
    assert "faq.json, line 4: entries.a.topic: must be text" in "\n".join(
        refuse(content, "faq.json")
    )


def test_json_may_write_a_sign_as_two_halves_but_not_as_one(read: Read, refuse: Refuse) -> None:
    one = {"question": "Why 😀?", "phrasings": [], "answer": "So."}
    entry = {"id": "a", "topic": "account", "audiences": ["user"], "languages": {"en": one}}
    content = json.dumps({"entries": [entry]})
    assert read(content, "faq.json")[0].texts["en"].question == "Why 😀?"
    (fault,) = refuse(content.replace("\\ude00", ""), "faq.json")
    assert "languages.en.question: holds a character that is no text" in fault


def test_a_file_that_holds_no_fields_is_refused(refuse: Refuse) -> None:
    assert refuse("") == ["faq.yaml: is empty"]
    assert refuse("just words") == ["faq.yaml, line 1: must hold fields with names"]


def test_what_cannot_be_read_is_refused(refuse: Refuse) -> None:
    (fault,) = refuse("entries: *all\n")
    assert fault == ("faq.yaml, line 1: anchors (&) and aliases (*) are not taken; write it out")


def test_a_field_with_a_terminal_command_for_a_name_is_shown_harmless(refuse: Refuse) -> None:
    assert "\x1b" not in "".join(refuse('entries: []\n"\\e[2J": x\n'))


def test_a_file_that_is_not_there_is_named(tmp_path: Path, pack: Pack) -> None:
    with pytest.raises(BadEntries, match=r"none\.yaml cannot be read"):
        read_entries(tmp_path / "none.yaml", pack)


def test_yaml_is_written_for_people(read: Read) -> None:
    written = StringIO()
    write_entries([CANCEL], written)
    assert (
        written.getvalue()
        == """\
entries:
- id: cancel
  topic: account
  audiences:
  - user
  languages:
    en:
      question: How do I cancel?
      phrasings:
      - stop my subscription
      - 'no'
      answer: |-
        Open your account.

        Choose “Cancel”.
    de:
      question: Wie kündige ich?
      phrasings: []
      answer: Öffne dein Konto.
"""
    )
