"""Commands end with one line and an honest exit code, never with a trace."""

import fcntl
from pathlib import Path

import pytest

from tests.dialogs.talk import PACK
from tests.frontdesk.commands import command, frontdesk

SMALL = {"FRONTDESK_PACK": str(PACK)}
WEBHOOK = {
    "FRONTDESK_TELEGRAM__TOKEN": "1:x",
    "FRONTDESK_TELEGRAM__WEBHOOK_SECRET": "s" * 20,
}


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (("tickets", "answer", "1", " "), {}, "nothing to read"),
        (("tickets", "show", "7"), {}, "There is no ticket 7."),
        (("doctor",), {"FRONTDESK_WEB__PORT": "many"}, "FRONTDESK_WEB__PORT"),
        (("doctor",), {"FRONTDESK_PACK": "/nowhere"}, "nowhere"),
        (("tickets", "list"), {"FRONTDESK_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "database"),
        (("faq", "import", "missing.yaml"), {}, "missing.yaml"),
        (("faq", "export", "out.txt"), {}, "out.txt"),
        (("chat", "--language", "xx"), {}, "xx"),
        (("tickets", "list"), {"FRONTDESK_FAQ__ANSWER": "0.1"}, "FRONTDESK_FAQ"),
        (("chat",), {"FRONTDESK_FAQ__ENCODER": "sentence-transformers:x"}, "not installed"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_in_words(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], words: str
) -> None:
    ended = command(tmp_path, *arguments, **settings)
    assert ended.exit_code == 1
    assert words in ended.stderr.splitlines()[-1]
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("chat", {"FRONTDESK_DATA": "/dev/null"}, "FRONTDESK_DATA"),
        ("run", {}, "FRONTDESK_TELEGRAM__TOKEN"),
        ("run", WEBHOOK, "FRONTDESK_WEB__PUBLIC_URL"),
        (
            "run",
            {"FRONTDESK_TERMINAL": "1", "FRONTDESK_FAQ__ENCODER": "sentence-transformers:x"},
            "not installed",
        ),
    ],
)
def test_a_desk_that_cannot_start_says_why(
    tmp_path: Path, name: str, settings: dict[str, str], words: str
) -> None:
    ended = frontdesk(tmp_path, name, **settings)
    assert ended.returncode == 1
    assert words in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr + ended.stdout


def test_a_second_desk_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "desk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        ended = frontdesk(tmp_path, "chat", said="hello\n", **SMALL)
    assert ended.returncode == 1
    assert "A desk already runs" in ended.stderr
    assert "4711" in ended.stderr


def test_doctor_finds_a_new_desk_in_order_and_says_what_is_off(tmp_path: Path) -> None:
    seen = frontdesk(tmp_path, "doctor")
    assert seen.returncode == 0, seen.stdout
    assert "the database answers (sqlite)" in seen.stdout
    assert "files can be kept and removed" in seen.stdout
    assert "telegram is off" in seen.stdout


def test_the_faq_goes_out_and_in_again_unchanged(tmp_path: Path) -> None:
    frontdesk(tmp_path, "chat", said="hello\n", **SMALL)
    exported = command(tmp_path, "faq", "export", "out.yaml", **SMALL)
    assert exported.stdout == "4 entries written to out.yaml.\n"
    assert "4 entries" in command(tmp_path, "faq", "check", "out.yaml", **SMALL).stdout
    imported = command(tmp_path, "faq", "import", "out.yaml", **SMALL)
    assert imported.stdout.startswith("0 added, 0 changed, 0 removed, 4 as before")


def test_nothing_stuck_is_said_to_be_nothing(tmp_path: Path) -> None:
    assert command(tmp_path, "outbox", "list").stdout == "Nothing.\n"
    assert command(tmp_path, "outbox", "retry").stdout.startswith("0 will be sent again")


def test_help_names_every_command_on_a_line_of_its_own(tmp_path: Path) -> None:
    shown = frontdesk(tmp_path, "--help").stdout
    assert "Usage: frontdesk " in shown
    assert "..." not in shown.partition("Commands:")[2]
    told = {line.split()[0] for line in shown.partition("Commands:")[2].splitlines() if line}
    assert told == {
        "run", "chat", "faq", "tickets", "staff", "announce", "announcements", "outbox", "doctor",
    }  # fmt: skip
