"""What the program writes about itself: one line an event, to standard error, never a secret."""

import logging
import re
import sys

TOKENS = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
"""A Telegram bot's token wherever it stands, and the name and password in a URL."""
PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
QUIET = ("httpx", "httpcore", "telegram", "aiohttp.access", "alembic", "asyncio")
"""Libraries that log URLs, headers or bodies below warnings."""


class LineFormatter(logging.Formatter):
    """The message, the facts beside it, and the trace; redacted, on one line each."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(
            f"{name}={value!r}" for name, value in record.__dict__.items() if name not in PLAIN
        )
        line = f"{self.formatTime(record)} {record.levelname.lower():7} {record.getMessage()}"
        if facts:
            line += f" ({facts})"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return TOKENS.sub("…", line)


def set_up(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level.upper())  # a library that has a level of its own says no more than this
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
