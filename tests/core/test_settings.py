"""What an operator may set, and how a wrong setting is named."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.settings import Settings, Wrong, read_settings

SECRET = "do-not-show-me"


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list_own():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def list_own() -> list[str]:
    import os

    return [name for name in os.environ if name.startswith("FRONTDESK_")]
