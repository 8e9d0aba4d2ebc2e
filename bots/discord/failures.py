"""What can go wrong on the way to Discord, and what it means for a message.

No failure's words hold the token or anything that a person wrote.
"""

from collections.abc import Mapping
from typing import Any

from discord import ConnectionClosed, LoginFailure, PrivilegedIntentsRequired

from core.adapter import DeliveryError, Refused, Retry, Unknown

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_USER = 10003, 10008, 10013
UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_WEBHOOK_TOKEN = 10015, 10062, 50027
MISSING_ACCESS, MISSING_PERMISSIONS, THREAD_EXISTS = 50001, 50013, 160004
ARCHIVED, LOCKED, TOO_MANY_THREADS, TAG_NEEDED = 50083, 160005, 160006, 40067
NOT_OURS, CROSSPOSTED, TOO_LARGE = 50005, 40033, 413
ACKNOWLEDGED = 40060
NO_MESSAGES, NO_SERVER_IN_COMMON, TOO_MANY_DMS = 50007, 50278, 40003
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""
REASONS = {
    UNKNOWN_CHANNEL: "the channel is gone",
    UNKNOWN_MESSAGE: "the message is gone",
    UNKNOWN_USER: "there is no such user",
    UNKNOWN_WEBHOOK: "what only one person sees can be changed for 15 minutes",
    INVALID_WEBHOOK_TOKEN: "what only one person sees can be changed for 15 minutes",
    NOT_OURS: "the message is somebody else's",
    ARCHIVED: "the thread is closed",
    LOCKED: "the thread is locked, and we may not write in it",
    TOO_MANY_THREADS: "the server has as many open threads as it can have",
    TAG_NEEDED: "the forum wants a tag on each post: that has to be switched off for us",
    MISSING_ACCESS: "we may not see the channel",
    MISSING_PERMISSIONS: "we may not write in the channel",
    NO_MESSAGES: "this person takes no messages from us",
    NO_SERVER_IN_COMMON: "this person shares no server with us",
}
GONE = {UNKNOWN_CHANNEL, UNKNOWN_USER, MISSING_ACCESS, NO_MESSAGES, NO_SERVER_IN_COMMON}
SHUT = {NO_MESSAGES, NO_SERVER_IN_COMMON}
"""Somebody cannot be written to in private."""
OVER = {UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_WEBHOOK_TOKEN}
"""What happened can no longer be answered: 15 minutes have passed, or it was never acknowledged."""

FLOOD_WAIT = 60.0
TOKEN_WAIT = 300.0
BAD_TOKEN = (
    "Discord does not accept the token. Set FRONTDESK_DISCORD__TOKEN to the token that the page "
    "“Bot” of https://discord.com/developers/applications shows for this bot"
)
NO_INTENT = (
    "Discord does not let us read messages in servers. Switch on “Message Content Intent” on the "
    "page “Bot” of https://discord.com/developers/applications, or do without "
    "FRONTDESK_DISCORD__MENTIONS and FRONTDESK_DISCORD__STAFF_CHANNEL"
)
WRONG_SHARDS = (
    "Discord does not accept the shards. Check FRONTDESK_DISCORD__SHARD_COUNT and "
    "FRONTDESK_DISCORD__SHARD_IDS; large bots must have shards"
)
CLOSED_FOR_GOOD = {
    4004: BAD_TOKEN,
    4010: WRONG_SHARDS,
    4011: WRONG_SHARDS,
    4012: "Discord no longer serves the gateway's version that discord.py speaks: install a newer "
    "one",
    4013: NO_INTENT,
    4014: NO_INTENT,
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway"""


class Trouble(Exception):
    """A call that did not end in an answer."""


class NotConnected(Trouble):
    """Nothing left this machine."""


class Lost(Trouble):
    """The request went out and no answer came back that can be read: it may have been done."""


class Uncertain(Trouble):
    """As `Lost`, of something that cannot be said again without the risk of saying it twice."""


class Denied(Trouble):
    """Discord, or something before it, answered and did not do it.

    `code` is Discord's own, 0 when it gave none. `after` in seconds, 0 when it asked for no time;
    `everyone` when it slows us down as a whole.
    """

    def __init__(
        self, status: int, code: int = 0, after: float = 0, *, everyone: bool = False
    ) -> None:
        super().__init__(f"HTTP {status}, code {code}")
        self.status = status
        self.code = code
        self.after = after
        self.everyone = everyone

    @property
    def bad_token(self) -> bool:
        return self.status == 401 and self.code == 0


def read_denial(status: int, code: int, headers: Mapping[str, Any]) -> Denied:
    after = seconds(headers.get("Retry-After"))
    # without the mark of Discord's own proxy it is Cloudflare's ban of our address
    banned = status == 429 and not headers.get("Via")
    everyone = banned or headers.get("X-RateLimit-Global", "").lower() == "true"
    return Denied(status, code, after, everyone=everyone)


def seconds(told: object) -> float:
    try:
        wait = float(str(told))
    except ValueError:
        return 0
    return wait if 0 < wait < 1e6 else 0


def to_delivery_error(error: Trouble, *, keyed: bool) -> DeliveryError:
    """What a failed call means for the message it carried. `keyed` when it had a nonce: then
    Discord gives back the message that is there already, and saying it again is no doubt at all.
    https://docs.discord.com/developers/resources/message#create-message
    """
    if isinstance(error, Denied):
        return to_denial(error)
    if isinstance(error, NotConnected):
        return Retry(f"Discord could not be reached ({error})")
    if keyed and not isinstance(error, Uncertain):
        return Retry(f"Discord did not answer ({error})")
    return Unknown(f"Discord may have taken it ({error})")


def to_denial(error: Denied) -> Retry | Refused:
    if error.bad_token:
        return Retry(BAD_TOKEN, TOKEN_WAIT, everyone=True)
    if error.status == 429 or error.code == TOO_MANY_DMS:
        return Retry("Discord asked for time", error.after or FLOOD_WAIT, everyone=error.everyone)
    if error.status == TOO_LARGE:
        return Refused("the file is larger than Discord takes", gone=False)
    if error.status >= 500 or (not error.code and error.status != 403):
        return Retry(f"Discord is in trouble ({error})")
    reason = REASONS.get(error.code, f"Discord refused it ({error})")
    return Refused(reason, gone=error.code in GONE)


def to_start_error(error: Trouble) -> Retry | Refused:
    """For calls that can be made again whatever became of them."""
    if isinstance(error, Denied) and error.bad_token:
        return Refused(BAD_TOKEN)
    failure = to_delivery_error(error, keyed=True)
    return failure if isinstance(failure, Retry) else Retry(str(failure))


def to_closing(error: Exception) -> Retry | Refused:
    """What the end of a connection to the gateway means for listening."""
    if isinstance(error, DeliveryError):
        return Retry(str(error)) if not isinstance(error, Retry | Refused) else error
    if isinstance(error, LoginFailure):
        return Refused(BAD_TOKEN)
    if isinstance(error, PrivilegedIntentsRequired):
        return Refused(NO_INTENT)
    if isinstance(error, ConnectionClosed) and error.code in CLOSED_FOR_GOOD:
        return Refused(CLOSED_FOR_GOOD[error.code])
    return Retry(f"the connection to Discord ended ({type(error).__name__})")
