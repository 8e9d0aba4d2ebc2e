"""What X allows; known without its library, which is loaded only where X is on."""

from bots.twitter.drawing import draw
from core.limits import Limits, Window
from core.settings import X

TEXT = 10_000
"""Characters of a direct message: https://docs.x.com/x-api/direct-messages/manage/integrate"""
BRIEF = 1_000
"""Characters that are read in a small window without a heading or a bold word."""
FILE_LIMIT = 20_000_000
"""Bytes of a file that we fetch, or send."""
GIF = "image/gif"
FILES = {
    GIF: 15_000_000,
    **dict.fromkeys(("image/jpeg", "image/png", "image/webp"), 5_000_000),
    **dict.fromkeys(("video/mp4", "video/quicktime"), 512_000_000),
}
"""Bytes by media type: https://docs.x.com/x-api/media/quickstart/best-practices"""
PATIENCE = 300.0
"""Seconds: most of them for a video."""
QUARTER_HOUR, DAY = 900.0, 86_400.0
"""Seconds for which X counts: https://docs.x.com/x-api/fundamentals/rate-limits"""


def x_limits(settings: X) -> Limits:
    """Numbers are typed, since X draws no buttons; what may be sent is metered in two windows."""
    return Limits(
        text=TEXT,
        brief=BRIEF,
        file_in=FILE_LIMIT,
        file_out=FILE_LIMIT,
        files_out=tuple(FILES.items()),
        draws=draw,
        caption=TEXT,
        patience=PATIENCE,
        buttons=False,
        per_second=5.0,
        per_address=1.0,
        windows=(
            Window(settings.per_quarter_hour, QUARTER_HOUR),
            Window(settings.per_day, DAY),
        ),
    )
