"""The program at a terminal, and with whatever else may be piped into it."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from time import monotonic

from tests.dialogs.talk import PACK
from tests.frontdesk.commands import frontdesk, surroundings

PATIENCE = 30


def read_until(keyboard: int, words: str) -> str:
    """What the screen shows until `words` stand on it."""
    shown = ""
    end = monotonic() + PATIENCE
    while words not in shown and select([keyboard], [], [], end - monotonic())[0]:
        shown += os.read(keyboard, 4096).decode()
    assert words in shown
    return shown


@contextmanager
def sitting_at(data: Path, *command: str, **settings: str) -> Iterator[int]:
    """The keyboard and screen of somebody who begins the program, and ends it well."""
    keyboard, screen = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "frontdesk", *command],
        stdin=screen,
        stdout=screen,
        stderr=screen,
        cwd=data,
        env=surroundings(data, FRONTDESK_PACK=str(PACK), **settings),
    )
    try:
        yield keyboard
        os.write(keyboard, b"/quit\n")
        assert program.wait(PATIENCE) == 0
    finally:
        program.kill()
        program.wait()
        os.close(keyboard)
        os.close(screen)


def test_run_with_nothing_set_is_a_conversation_here(tmp_path: Path) -> None:
    with sitting_at(tmp_path, "run", LANG="de_DE.UTF-8") as keyboard:
        opening = read_until(keyboard, "\n> ")
        assert "telegram is off: FRONTDESK_TELEGRAM__TOKEN is not set" in opening
        assert "the conversation is here" in opening
        os.write(keyboard, b"hallo\n")
        assert "Hallo" in read_until(keyboard, "\n> ")


def test_whoever_sits_at_a_terminal_is_told_how_to_begin_and_to_end(tmp_path: Path) -> None:
    chat = ("chat", "--language", "de")
    with sitting_at(tmp_path, *chat, FRONTDESK_FAQ__ENCODER="none") as keyboard:
        assert "/help zeigt mehr; /quit beendet." in read_until(keyboard, "\n> ")


def test_what_can_be_neither_read_nor_shown_ends_no_conversation(tmp_path: Path) -> None:
    """Bytes that are no text come in, and the picture signs of the menu cannot go out."""
    said = "\udcff\udcfe\n/help\n"
    settings = {"FRONTDESK_PACK": str(PACK), "PYTHONIOENCODING": "ascii"}
    ended = frontdesk(tmp_path, "chat", said=said, **settings)
    assert ended.returncode == 0, ended.stderr
    assert "/ticket" in ended.stdout
    assert ended.stderr == ""
