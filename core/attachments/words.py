"""What a person is told when a file of theirs was not kept."""

from core.adapter import TooLarge
from core.files import Empty
from core.i18n import Speech
from core.inspection import PIXELS, PixelFlood
from core.models import Evidence


def explain(speech: Speech, row: Evidence, error: Exception) -> str:
    """What happened to the file, what that means, and what to do."""
    name = speech.t("Your file") if row.name == row.kind else speech.t("“{name}”", name=row.name)
    match error:
        case TooLarge():
            return speech.t(
                "{name} is larger than {limit}, which is the most that can be taken here. The rest "
                "of your message has arrived. Please send a smaller version of the file.",
                name=name,
                limit=rounded(error.limit),
            )
        case PixelFlood():
            return speech.t(
                "{name} is a picture of {width} × {height} pixels; at most {limit} megapixels can "
                "be taken here. The rest of your message has arrived. Please send a smaller "
                "version of the picture.",
                name=name,
                width=error.width,
                height=error.height,
                limit=PIXELS // 1_000_000,
            )
        case Empty():
            return speech.t(
                "{name} is empty: it arrived with 0 bytes. The rest of your message has arrived. "
                "Please look whether it opens on your side, and send it again.",
                name=name,
            )
    return speech.t(
        "{name} did not reach us, and it can no longer be fetched. The rest of your message has "
        "arrived. Please send the file again.",
        name=name,
    )


def rounded(size: int) -> str:
    """Rounded down: a limit that is named must hold."""
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1000} kB"
