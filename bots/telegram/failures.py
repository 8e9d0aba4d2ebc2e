"""What can go wrong on the way to Telegram, and what it means for a message.

No failure's words hold the token or anything that a person wrote.
"""

import json
import re

from telegram.error import NetworkError, TelegramError

from core.adapter import DeliveryError, Refused, Retry, Unknown

NOBODY = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid")
BOLD = ("entit",)
TOPIC = ("message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")
PHOTO = ("photo_", "image_process_failed", "too big for a photo")
"""What Telegram says when the words are fine and only their form or their place is not."""
SAME = ("message is not modified",)
NOT_THERE = ("message to delete not found",)
NOT_KEPT = ("file identifier", "file id specified", "file reference", "file of type")
IS_FILE = ("there is no text in the message to edit",)
FLOOD_WAIT = 5.0
TOKEN_WAIT = 300.0
BAD_TOKEN = (
    "Telegram does not accept the token. Set FRONTDESK_TELEGRAM__TOKEN to the token that "
    "@BotFather shows for this bot"
)


class NotConnected(NetworkError):
    """Nothing left this machine."""


class Lost(NetworkError):
    """The request went out and no answer came back: it may have been done."""


class Garbled(Lost):
    """An answer came that is not the Bot API's. `update` is the first update named in it."""

    def __init__(self, update: int | None) -> None:
        super().__init__("the answer was not understood")
        self.update = update


class Denied(TelegramError):
    """Telegram, or something before it, answered and did not do it.

    `words` are Telegram's own and may quote what was sent: they are for comparing, not for
    showing. Empty when it was not Telegram that answered. `after` in seconds.
    """

    def __init__(self, status: int, words: str = "", after: float = 0, moved_to: str = "") -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.words = words.lower()
        self.after = after
        self.moved_to = moved_to

    @property
    def bad_token(self) -> bool:
        """Telegram answers 404 to what is no token at all."""
        return bool(self.words) and self.status in (401, 404)

    def says(self, phrases: tuple[str, ...]) -> bool:
        return self.status == 400 and any(phrase in self.words for phrase in phrases)


def read_denial(status: int, body: bytes) -> Denied:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return Denied(status)
    if not isinstance(answer, dict):
        return Denied(status)
    parameters = answer.get("parameters")
    if not isinstance(parameters, dict):
        parameters = {}
    after, moved_to = parameters.get("retry_after"), parameters.get("migrate_to_chat_id")
    return Denied(
        status,
        str(answer.get("description", "")),
        after if isinstance(after, int | float) and 0 < after < 1e6 else 0,
        str(moved_to) if isinstance(moved_to, int) else "",
    )


def to_delivery_error(error: TelegramError) -> DeliveryError:
    """What a failed call means for the message it carried."""
    if isinstance(error, Denied):
        return to_denial(error)
    if isinstance(error, NotConnected):
        return Retry(f"Telegram could not be reached ({error})")
    return Unknown(f"Telegram may have taken it ({error})")


def to_denial(error: Denied) -> Retry | Refused:
    if error.status == 413:
        return Refused("Telegram takes no file of this size", gone=False)
    if error.status >= 500 or not error.words:
        return Retry(f"Telegram is in trouble ({error})")
    if error.bad_token:
        return Retry(BAD_TOKEN, TOKEN_WAIT, everyone=True)
    if error.after or error.status == 429:
        return Retry("Telegram asked for time", error.after or FLOOD_WAIT)
    if error.moved_to:
        return Refused("the group has a new id", error.moved_to)
    gone = error.status == 403 or error.says(NOBODY)
    return Refused(f"Telegram refused it: {shown(error.words)}", gone=gone)


def to_start_error(error: TelegramError) -> Retry | Refused:
    """For calls that can be made again whatever became of them."""
    if isinstance(error, Denied) and error.bad_token:
        return Refused(BAD_TOKEN)
    failure = to_delivery_error(error)
    return failure if isinstance(failure, Retry) else Retry(str(failure))


def shown(words: str) -> str:
    """Telegram's reason up to where it may begin to quote."""
    reason = re.match(r"(?:bad request: |forbidden: )?([a-z_ ]+(?:'t [a-z_ ]+)?)", words)
    return reason[1].strip() if reason else "no reason given"
