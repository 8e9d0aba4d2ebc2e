"""What Discord allows; known without its library, which is loaded only where Discord is on."""

from bots.discord.render import TEXT
from core.adapter import Limits
from core.settings import Discord

CHOICES, LABEL = 25, 80
BURST = 5


def discord_limits(settings: Discord) -> Limits:
    return Limits(
        text=TEXT,
        choices=CHOICES,
        label=LABEL,
        file_in=settings.file_limit,
        per_second=settings.per_second,
        per_address=settings.per_address,
        burst=BURST,
        forms=True,
        discreet=True,
    )
