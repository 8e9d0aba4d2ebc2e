"""What an operator may set, and how a wrong setting is named."""

import os
from pathlib import Path

import pytest

from core.settings import Wrong, read_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where nothing is set, and a frontdesk.toml would be read."""
    for name in [name for name in os.environ if name.startswith("FRONTDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_with_nothing_set_all_lies_in_the_data_folder() -> None:
    settings = read_settings()
    assert settings.database == "sqlite:///data/frontdesk.db"
    assert settings.files == "data/files"
    assert settings.telegram.token is None


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "frontdesk.toml").write_text('log_level = "error"\n[web]\nport = 1\nhost = "::1"\n')
    monkeypatch.setenv("FRONTDESK_WEB__PORT", "2")
    settings = read_settings()
    assert (settings.log_level, settings.web.host, settings.web.port) == ("error", "::1", 2)


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_TELEGRAM__TOKEN", "")
    assert read_settings().telegram.token is None


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("postgresql://me:CANARY@host/name", "postgresql+psycopg://me:CANARY@host/name"),
        ("postgresql+psycopg://host/name", "postgresql+psycopg://host/name"),
        ("sqlite:///other.db", "sqlite:///other.db"),
    ],
)
def test_a_database_is_named_by_its_url(
    monkeypatch: pytest.MonkeyPatch, url: str, taken: str
) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", url)
    settings = read_settings()
    assert settings.database == taken
    assert "CANARY" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FRONTDESK_DATABASE_URL", "nonsense-CANARY", "should be postgresql://"),
        ("FRONTDESK_DATABASE_URL", "mysql://me:CANARY@host/x", "should be postgresql://"),
        ("FRONTDESK_DATABASE_URL", "postgresql://me:CANARY@host:x/y", "should be postgresql://"),
        ("FRONTDESK_LOG_LEVEL", "CANARY", "should be 'debug', 'info', 'warning' or 'error'"),
        ("FRONTDESK_WEB__PORT", "70000", "should be less than or equal to 65535"),
        ("FRONTDESK_TELEGRAM__WEBHOOK_SECRET", "CANARY", "should have at least 16"),
        ("FRONTDESK_TELEGRAM__WEBHOOK_SECRET", "CANARY! " * 3, "only the letters A to Z"),
        ("FRONTDESK_TELEGRAM__TOKN", "CANARY", "no such setting"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Wrong) as wrong:
        read_settings()
    (line,) = str(wrong.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert words in line
    assert "CANARY" not in line


def test_all_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_WEB__PORT", "many")
    monkeypatch.setenv("FRONTDESK_FAQ__ANSWER", "0.1")
    with pytest.raises(Wrong) as wrong:
        read_settings()
    first, second = sorted(str(wrong.value).splitlines())
    assert first == "FRONTDESK_FAQ: suggest must be below answer"
    assert second.startswith("FRONTDESK_WEB__PORT: ")


def test_a_file_that_is_not_toml_is_named(folder: Path) -> None:
    (folder / "frontdesk.toml").write_text("web = [")
    with pytest.raises(Wrong, match=r"frontdesk\.toml cannot be read"):
        read_settings()
