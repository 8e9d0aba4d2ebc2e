"""Pure: Outbound -> what is printed."""

import re

from bots.terminal.parse import NoSuchFile
from bots.terminal.saving import Saved

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def to_text(title: str, text: str, saved: Saved | None = None, *, colours: bool) -> str:
    """The message with its file and title above; nobody's text can steer the terminal."""
    title, text = printable(title), printable(text)
    if title and colours:
        title = f"{BOLD}{title}{PLAIN}"
    return "\n".join(filter(None, (to_line(saved) if saved else "", title, text)))


def to_line(saved: Saved) -> str:
    name = printable(saved.name).replace("\n", " ")
    return f"📎 {name} ({rounded(saved.size)}) saved as {printable(saved.path)}"


def rounded(size: int) -> str:
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1e3:.1f} kB" if size < 1_000_000 else f"{size / 1e6:.1f} MB"


def explain(missing: NoSuchFile) -> str:
    path = printable(str(missing))
    if not path:
        return "Write the file's path behind it: /attach PATH"
    return f"There is no file to read at {path}. Check the path and try again."


def printable(text: str) -> str:
    return CONTROL.sub("�", text)
