"""What Discord allows; known without its library, which is loaded only where Discord is on."""

from bots.discord.offers import OFFERED
from bots.discord.render import TEXT
from core.limits import Limits
from core.settings import Discord

CHOICES, LABEL = 25, 80
BURST = 5
FILE = 10 * 1024 * 1024 - 64 * 1024
"""Bytes: what Discord takes from everybody, without what goes along with it. Servers that pay may
be sent more: https://docs.discord.com/developers/reference#uploading-files
"""


def discord_limits(settings: Discord) -> Limits:
    return Limits(
        text=TEXT,
        choices=CHOICES,
        label=LABEL,
        file_in=settings.file_limit,
        file_out=FILE,
        caption=TEXT,
        edits=True,
        withdraws=True,
        per_second=settings.per_second,
        per_address=settings.per_address,
        burst=BURST,
        forms=True,
        discreet=True,
        commands=OFFERED,
    )
