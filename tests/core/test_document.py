"""A file that is not plain is refused where it stops being so."""

from pathlib import Path

import pytest

from core.document import read_document


def faults_of(path: Path, content: str | bytes) -> list[str]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    document = read_document(path)
    assert not document.nodes
    return [str(fault) for fault in document.faults]


BOMB = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(30))


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        (BOMB, "a.yaml", "line 1: anchors (&) and aliases (*) are not taken"),
        ("entries: *all\n", "a.yaml", "line 1: anchors (&) and aliases (*) are not taken"),
        ("entries:\n- !!python/name:os.system x\n", "a.yaml", "line 2: tags (!) are not taken"),
        ("[" * 100_000, "a.yaml", "line 1: is nested too deeply"),
        ("[" * 100_000, "a.json", "is nested too deeply"),
        ("[" * 50 + "]" * 50, "a.json", "line 1: is nested too deeply"),
        ("#" * 10_000_001, "a.yaml", "is larger than 10 MB"),
        ("entries: []\n---\nentries: []\n", "a.yaml", "line 2: only one document"),
        ("entries:\n  - id: 'a\n", "a.yaml", "begun in line 2"),
        ("entries:\n\x00", "a.yaml", "line 2: is not YAML: control characters"),
        ("entries: []\n? [a, b]\n: c\n", "a.yaml", "line 2: the name of a field must be a word"),
        (b"entries:\n- id: \xff\n", "a.yaml", "line 2: is not UTF-8 text"),
        ('{"entries": [\n1,\n]}', "a.json", "line 3: is not JSON"),
        ('{"entries": ' + "1" * 5000 + "}", "a.json", "is not taken"),
        ("", "a.yaml", "is empty"),
        ("entries: []", "a.txt", "the name must end in"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_what_is_no_plain_file_is_refused(
    tmp_path: Path, content: str | bytes, name: str, fault: str
) -> None:
    (line,) = faults_of(tmp_path / name, content)
    assert fault in line


@pytest.mark.parametrize(
    ("content", "name"),
    [("- x\n" * 2000, "a.yaml"), ("[0\n" + ",0\n" * 1999 + "]", "a.json")],
    ids=["yaml", "json"],
)
def test_a_small_file_of_too_many_values_is_refused_where_it_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, name: str
) -> None:
    monkeypatch.setattr("core.document.MOST", 1000)
    (fault,) = faults_of(tmp_path / name, content)
    assert fault == f"{name}, line 1000: is nested too deeply or holds too many values"


def test_a_value_knows_its_line_and_a_field_stands_where_its_name_does(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("first:\n\n  |\n  long\n  text\nlist:\n  - id: a\n    more: [x,\n      y]\n")
    document = read_document(path)
    assert {spot: node.line for spot, node in document.nodes.items()} == {
        (): 1,
        ("first",): 1,
        ("list",): 6,
        ("list", 0): 7,
        ("list", 0, "id"): 7,
        ("list", 0, "more"): 8,
        ("list", 0, "more", 0): 8,
        ("list", 0, "more", 1): 9,
    }
    assert document.nodes["first",].value == "long\ntext\n"
    assert document.field(("list", 0, "more", 1)) == "list.a.more.2"


def test_a_value_that_is_missing_has_the_line_of_what_should_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"list":\n [\n  {"id": "a"}]}')
    assert read_document(path).line(("list", 0, "more", 3)) == 3
