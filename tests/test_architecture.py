"""The arrows of the design, and what the code says about itself."""

import re
import subprocess
import sys
from pathlib import Path

from core.settings import ROOT, Settings

CODE = [*ROOT.glob("core/**/*.py"), *ROOT.glob("bots/**/*.py"), *ROOT.glob("frontdesk/**/*.py")]


def test_imports_go_one_way() -> None:
    """In a process of its own: called here, the linter would silence the loggers of other tests."""
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


def test_no_platform_is_named_in_the_core() -> None:
    names = re.compile(r"\b(telegram|discord|twitter|tweepy)\b", re.IGNORECASE)
    allowed = {"settings.py"}  # where an operator sets each platform
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.glob("core/**/*.py")
        if path.name not in allowed
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if names.search(line.partition("#")[0]) and '"""' not in line and "``" not in line
    ]
    assert named == []


def test_every_file_ends_before_300_lines() -> None:
    long = [path.name for path in CODE if len(path.read_text("utf-8").splitlines()) > 300]
    assert long == []


def test_every_setting_is_in_the_operators_page() -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    missing = [name for name in setting_names(Settings) if f"`{name}`" not in page]
    assert missing == []


def setting_names(model: type, prefix: str = "FRONTDESK_") -> list[str]:
    names = []
    for name, field in model.model_fields.items():  # type: ignore[attr-defined]  # a pydantic model
        inner = field.annotation
        if hasattr(inner, "model_fields"):
            names += setting_names(inner, f"{prefix}{name.upper()}__")
        else:
            names.append(prefix + name.upper())
    return names


def test_the_lock_names_no_index_and_pins_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = Path(ROOT, name).read_text("utf-8")
        assert "://" not in text
        pinned = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
        hashed = re.findall(r"^[\w.\[\]-]+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert pinned
        assert len(pinned) == len(hashed)


def test_the_command_knows_its_version() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "frontdesk", "--version"], capture_output=True, text=True, check=True
    )
    assert re.fullmatch(r"frontdesk \d+\.\d+\.\d+\n", shown.stdout)


def test_the_library_of_a_platform_that_is_off_is_not_loaded() -> None:
    script = (
        "LIBRARIES = 'telegram', 'discord', 'tweepy', 'imap_tools', 'aiosmtplib'\n"
        "import sys; from core.pack import read_pack; from core.settings import Settings\n"
        "from frontdesk.app import languages_of\n"
        "from frontdesk.platforms import limits_of, platforms\n"
        "settings = Settings(); pack = read_pack(settings.pack)\n"
        "assert set(limits_of(settings)) >= {'telegram', 'discord', 'x', 'email'}\n"
        "assert platforms(settings, pack, languages_of(pack)) == []\n"
        "print(*[name for name in LIBRARIES if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
