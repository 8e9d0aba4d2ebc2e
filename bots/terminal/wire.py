"""What a terminal and its desk say to each other over a socket: one JSON object a line.

    terminal                        desk
    hello: name, language           sorry: why; or show … and then done
    say: text; attach: paths        show … and then done, or failed: why
    seen: id                        for each show: id, title, text, file
                                    bye: why

A terminal says the next thing only after the last one is done.
"""

import asyncio
import json
from typing import Any

LONGEST = 1_000_000
"""Of a line, in bytes. The longest text that we show takes less than half of it."""

Message = dict[str, Any]


class Garbled(Exception):
    """Something came that nobody of us says."""


class TooLong(Exception):
    """More than a line can hold."""


def encode(message: Message) -> bytes:
    """Raises `TooLong`."""
    line = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    if len(line) > LONGEST:
        raise TooLong
    return line


async def read(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None once the other side is gone. Raises `Garbled`."""
    try:
        line = await reader.readline()
        if not line.endswith(b"\n"):
            return None
        message = json.loads(line)
    except ConnectionError:
        return None
    except (ValueError, RecursionError):  # too long, or no JSON
        raise Garbled from None
    if not isinstance(message, dict):
        raise Garbled
    return message


def words(message: Message, name: str) -> str:
    """Raises `Garbled` where no text stands."""
    value = message.get(name)
    if not isinstance(value, str):
        raise Garbled
    return value
