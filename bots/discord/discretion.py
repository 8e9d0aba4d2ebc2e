"""What the library may write into our log: nothing that people wrote, and no key to an answer.

Below INFO it logs whole messages. Its warnings name URLs, and the URL by which an interaction is
answered holds a token that is good for 15 minutes.
"""

import logging
import re

TOKENS = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/?\s]+")


class Masked(logging.Filter):
    """Takes tokens out of the URLs in a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(masked, record.args))
        return True


def masked(value: object) -> object:
    return TOKENS.sub(r"\1…", value) if isinstance(value, str) else value


def keep_quiet() -> None:
    """Whatever level the program's log has. At each start the library's client warns that it cannot
    speak, which nobody asked of it.
    """
    logging.getLogger("discord").setLevel(logging.INFO)
    logging.getLogger("discord.client").setLevel(logging.ERROR)
    wire = logging.getLogger("discord.http")
    if not any(isinstance(one, Masked) for one in wire.filters):
        wire.addFilter(Masked())
