"""Pure: Outbound -> what is printed."""

import re
from gettext import NullTranslations

from bots.terminal.parse import NoSuchFile
from bots.terminal.saving import Saved
from core.i18n import SOURCE, Speech

ENGLISH = Speech(SOURCE, NullTranslations())
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def to_text(
    title: str, text: str, saved: Saved | None = None, *, colours: bool, speech: Speech = ENGLISH
) -> str:
    """The message with its file and title above; nobody's text can steer the terminal."""
    title, text = printable(title), printable(text)
    if title and colours:
        title = f"{BOLD}{title}{PLAIN}"
    return "\n".join(filter(None, (to_line(saved, speech) if saved else "", title, text)))


def to_line(saved: Saved, speech: Speech) -> str:
    name = printable(saved.name).replace("\n", " ")
    shown = f"📎 {name} ({rounded(saved.size)})"
    return speech.t("{file} saved as {path}", file=shown, path=printable(saved.path))


def rounded(size: int) -> str:
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1e3:.1f} kB" if size < 1_000_000 else f"{size / 1e6:.1f} MB"


def explain(missing: NoSuchFile, speech: Speech = ENGLISH) -> str:
    path = printable(str(missing))
    if not path:
        return speech.t("Write the file's path behind it: /attach PATH")
    return speech.t("There is no file to read at {path}. Check the path and try again.", path=path)


def printable(text: str) -> str:
    return CONTROL.sub("�", text)
