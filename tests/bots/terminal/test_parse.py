"""What a typed line becomes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.terminal.parse import NoSuchFile, to_inbound
from core.messages import Address, Inbound, Kind, Sender

HERE = Address("terminal", "local", "kim")
KIM = Sender("kim", "kim", "de")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def parse(line: str) -> Inbound:
    return to_inbound(line, "e1", HERE, KIM, NOW)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder somebody stands in, which is also their home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def names(inbound: Inbound) -> list[str]:
    return [file.name for file in inbound.attachments]


@pytest.mark.parametrize(
    "line", ["hello", "  spaces kept  ", "/help", "/attached proof.png", "say /attach x", "'", ""]
)
def test_a_line_is_text_as_it_was_typed(line: str) -> None:
    assert parse(line) == Inbound(
        "e1", HERE, KIM, NOW, Kind.MESSAGE, text=line, message="e1", private=True
    )


def test_a_file_is_named_measured_and_found_again_from_anywhere(folder: Path) -> None:
    (folder / "proof.png").write_bytes(b"12345")
    (file,) = parse("/attach proof.png").attachments
    assert file.handle == str((folder / "proof.png").resolve())
    assert (file.name, file.size, file.kind) == ("proof.png", 5, "document")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/attach a.txt b.txt", ["a.txt", "b.txt"]),
        ("  /attach\t a.txt  ", ["a.txt"]),
        ("/attach 'my picture.png'", ["my picture.png"]),
        ('/attach "my picture.png" b.txt', ["my picture.png", "b.txt"]),
        ("/attach my\\ picture.png", ["my picture.png"]),
        ("/attach my picture.png", ["my picture.png"]),
        ("/attach it's.png", ["it's.png"]),
        ("/attach ~/a.txt ./b.txt", ["a.txt", "b.txt"]),
        ("/attach a.txt a.txt", ["a.txt", "a.txt"]),
    ],
)
def test_paths_are_taken_as_people_write_them(folder: Path, line: str, expected: list[str]) -> None:
    for name in ("a.txt", "b.txt", "my picture.png", "it's.png"):
        (folder / name).write_bytes(b"x")
    inbound = parse(line)
    assert names(inbound) == expected
    assert inbound.text == ""


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("/attach", ""),
        ("/attach   ", ""),
        ("/attach ''", ""),
        ("/attach nowhere.png", "nowhere.png"),
        ("/attach there.txt nowhere.png", "nowhere.png"),
        ("/attach folder", "folder"),
        ("/attach ~nobody-of-this-name/x", "~nobody-of-this-name/x"),
        ("/attach 'open", "'open"),
        ("/attach a\0b", "a\0b"),
        ("/attach " + "x" * 5000, "x" * 5000),
    ],
    ids=lambda value: value[:20].replace("\0", "NUL"),
)
def test_what_is_no_readable_file_is_named_and_nothing_is_sent(
    folder: Path, line: str, missing: str
) -> None:
    (folder / "there.txt").write_bytes(b"x")
    (folder / "folder").mkdir()
    with pytest.raises(NoSuchFile) as refused:
        parse(line)
    assert str(refused.value) == missing
