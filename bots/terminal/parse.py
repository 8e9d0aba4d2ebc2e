"""Pure but for a look at the files it names: a line somebody typed -> Inbound."""

import os
import shlex
from datetime import datetime
from pathlib import Path

from core.messages import Address, Attachment, Inbound, Sender

ATTACH = "/attach"


class NoSuchFile(Exception):
    """Something after `/attach` that is no readable file: the path as it was typed, or nothing."""


def to_inbound(line: str, event: str, address: Address, sender: Sender, at: datetime) -> Inbound:
    """`/attach PATH [PATH …]` sends files; anything else is text. Raises `NoSuchFile`."""
    paths = attached(line)
    if paths is None:
        return Inbound(event, address, sender, at, text=line, message=event)
    files = tuple(to_attachment(path) for path in paths)
    return Inbound(event, address, sender, at, attachments=files, message=event)


def attached(line: str) -> list[str] | None:
    """Where files lie, from the root on; None for a line that sends none. Raises `NoSuchFile`."""
    command, *rest = line.split(maxsplit=1) or [""]
    if command != ATTACH:
        return None
    paths = split("".join(rest).rstrip())
    for path in paths:
        if not is_readable(path):
            raise NoSuchFile(path)
    return [str(Path(path).expanduser().absolute()) for path in paths]


def split(paths: str) -> list[str]:
    """Words as a shell would take them; one path alone needs no quotation marks."""
    if not paths or is_readable(paths):
        return [paths]
    try:
        return shlex.split(paths)
    except ValueError:  # an open quotation mark
        return [paths]


def is_readable(path: str) -> bool:
    try:
        found = Path(path).expanduser()
        return found.is_file() and os.access(found, os.R_OK)
    except (OSError, RuntimeError):  # a name too long for any file, a home of nobody
        return False


def to_attachment(path: str) -> Attachment:
    if not is_readable(path):
        raise NoSuchFile(path)
    found = Path(path).expanduser().resolve()
    return Attachment(str(found), "document", Path(path).name, size=found.stat().st_size)
