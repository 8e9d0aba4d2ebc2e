"""The encoder's model on disk: read as it was written, or not at all."""

from pathlib import Path

import numpy as np
import pytest

from core.kept_model import PARTS, WORDS, read, spooled, write

TABLE = np.random.default_rng(1).integers(0, 256, (50, 5)).astype(np.uint8)
NUMBERS = {"axes": np.arange(6, dtype=np.float32).reshape(2, 3), "model/w/0": np.array(3)}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path / "encoder", NUMBERS, TABLE, "first")
    found = read(tmp_path / "encoder", "first")
    assert found
    parts, words = found
    assert parts.keys() == NUMBERS.keys()
    assert all(np.array_equal(parts[name], NUMBERS[name]) for name in NUMBERS)
    assert np.array_equal(words[np.array([49, 0, 7])], TABLE[[49, 0, 7]])
    assert sorted(one.name for one in (tmp_path / "encoder").iterdir()) == [PARTS, WORDS]


@pytest.mark.parametrize("name", [PARTS, WORDS])
@pytest.mark.parametrize("left", [0, 100, None], ids=["empty", "cut off", "gone"])
def test_what_is_damaged_is_not_read(tmp_path: Path, name: str, left: int | None) -> None:
    write(tmp_path, NUMBERS, TABLE, "first")
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    if left is not None:
        (tmp_path / name).write_bytes(whole[:left])
    assert read(tmp_path, "first") is None
    write(tmp_path, NUMBERS, TABLE, "first")
    assert read(tmp_path, "first")


def test_another_form_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, NUMBERS, TABLE, "first")
    assert read(tmp_path, "second") is None


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    write(tmp_path / "file", NUMBERS, TABLE, "first")
    assert read(tmp_path / "file", "first") is None


def test_rows_on_disk_are_those_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for six of them: some are kept, some forgotten, some too many at once."""
    monkeypatch.setattr("core.kept_model.REMEMBERED", 6)
    rows = spooled(TABLE)
    for asked in ([3, 0, 6, 3], [3, 7], [9, 9, 1], [4, 5, 3, 2, 8, 9], [0], list(range(50)), [49]):
        assert np.array_equal(rows[np.array(asked)], TABLE[asked])


def test_where_no_file_is_read_in_places_the_table_is_read_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows."""
    monkeypatch.delattr("core.kept_model.os.pread")
    assert np.array_equal(spooled(TABLE)[np.array([49, 0])], TABLE[[49, 0]])
