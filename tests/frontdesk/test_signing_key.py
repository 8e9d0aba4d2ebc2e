"""What proves that a letter answers ours is made once, kept, and readable by the desk alone."""

from pathlib import Path

from pydantic import SecretStr

from core.settings import Email, Settings
from frontdesk.platforms import keep, signing_key


def test_it_is_made_once_and_kept_for_us_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new")
    key = signing_key(settings)
    assert len(key) >= 32
    assert signing_key(settings) == key
    (file,) = (tmp_path / "new").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert signing_key(Settings(data=tmp_path / "other")) != key


def test_of_two_processes_that_make_it_at_once_both_have_the_first(tmp_path: Path) -> None:
    file = tmp_path / "email.key"
    keep(file, "k" * 64)
    keep(file, "l" * 64)  # it had not been there yet when this one looked
    assert signing_key(Settings(data=tmp_path)) == b"k" * 64
    assert list(tmp_path.iterdir()) == [file]


def test_one_that_is_set_is_taken(tmp_path: Path) -> None:
    email = Email(signing_key=SecretStr("k" * 32))
    assert signing_key(Settings(data=tmp_path, email=email)) == b"k" * 32
    assert list(tmp_path.iterdir()) == []
