"""Pure: a line somebody typed -> Inbound."""

import shlex
from datetime import datetime
from pathlib import Path

from core.messages import Address, Attachment, Inbound, Sender

ATTACH = "/attach"


class NoSuchFile(Exception):
    """A path that `/attach` named and that is not a readable file."""


def to_inbound(line: str, event: str, address: Address, sender: Sender, at: datetime) -> Inbound:
    """`/attach PATH [PATH …]` sends files; anything else is text. Raises `NoSuchFile`."""
    command, _, rest = line.partition(" ")
    if command != ATTACH:
        return Inbound(event, address, sender, at, text=line, message=event)
    return Inbound(event, address, sender, at, attachments=attachments(rest), message=event)


def attachments(paths: str) -> tuple[Attachment, ...]:
    try:
        named = [Path(path).expanduser() for path in shlex.split(paths)]
    except ValueError:  # an open quotation mark
        named = [Path(paths).expanduser()]
    if not named:
        raise NoSuchFile(ATTACH + " PATH")
    for path in named:
        if not path.is_file():
            raise NoSuchFile(str(path))
    return tuple(
        Attachment(str(path.resolve()), "document", path.name, size=path.stat().st_size)
        for path in named
    )
