"""Pure: Outbound -> what is printed."""

import re

from core.messages import Outbound

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def to_text(outbound: Outbound, *, colours: bool) -> str:
    """The message with its title above; nobody's text can steer the terminal."""
    title, text = printable(outbound.title), printable(outbound.text)
    if title and colours:
        title = f"{BOLD}{title}{PLAIN}"
    return f"{title}\n{text}" if title else text


def printable(text: str) -> str:
    return CONTROL.sub("�", text)
