"""What Telegram allows; known without its library, which is loaded only where Telegram is on."""

from core.adapter import Limits
from core.settings import Telegram

FILE_LIMIT = 20_000_000
"""Bytes that getFile gives: https://core.telegram.org/bots/api#getfile."""


def telegram_limits(settings: Telegram) -> Limits:
    return Limits(
        text=4096,
        choices=100,
        label=64,
        file_in=FILE_LIMIT,
        utf16=True,
        per_second=settings.per_second,
        per_address=settings.per_chat,
    )
