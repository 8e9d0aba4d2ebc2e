"""What Telegram allows; known without its library, which is loaded only where Telegram is on."""

from decimal import Decimal

from bots.telegram.render import PHOTO_LIMIT
from core.limits import Limits, Price
from core.settings import Telegram

FILE_LIMIT = 20_000_000
"""Bytes that getFile gives: https://core.telegram.org/bots/api#getfile."""
UPLOAD_LIMIT = 49_000_000
"""Bytes of a file of ours. Telegram takes requests of 50 MB, in which words and borders count too:
https://core.telegram.org/bots/api#sending-files.
"""
STARS = Price(Decimal("0.1"), "Telegram Stars")
"""Of a message beyond the usual pace, with `allow_paid_broadcast`; within it nothing is billed:
https://core.telegram.org/bots/api#sendmessage, .../api#transactionpartnertelegramapi.
"""


def telegram_limits(settings: Telegram) -> Limits:
    return Limits(
        text=4096,
        choices=100,
        label=64,
        file_in=FILE_LIMIT,
        file_out=UPLOAD_LIMIT,
        caption=1024,
        picture_out=PHOTO_LIMIT,
        utf16=True,
        edits=True,
        withdraws=True,
        per_second=max(settings.per_second, settings.paid_per_second),
        price=STARS if settings.paid_per_second else None,
        per_address=settings.per_chat,
        per_group_minute=settings.per_group_minute,
    )
