"""What can go wrong on the way to X, and what it means for a message.

    Trouble
    ├── NotConnected  nothing left this machine
    ├── Lost          no answer came back that can be read: it may have been done
    ├── Denied        X answered and did not do it
    └── NoToken       the token that OAuth 2.0 asks for cannot be had

No failure's words hold a key, a signature, or anything that a person wrote.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.adapter import DeliveryError, Refused, Retry, Unknown

FLOOD_WAIT, CREDIT_WAIT, KEYS_WAIT = 60.0, 900.0, 300.0
SHORTEST_WAIT = 5.0
BAD_KEYS = (
    "X does not accept the keys. Set FRONTDESK_X__CONSUMER_KEY, __CONSUMER_SECRET, __ACCESS_TOKEN "
    "and __ACCESS_SECRET to what the page “Keys and tokens” of the app shows, and check this "
    "machine's clock"
)
NO_RIGHT = (
    "X does not let this app use direct messages. Set “Read and write and Direct message” in the "
    "app's “User authentication settings”, then make the access token anew"
)
NO_CREDIT = "X asks for money: the app's credits are used up, or its monthly cap is reached"

APP_PROBLEMS = ("client-forbidden", "oauth1-permissions", "oauth2-permissions", "access-level")
"""Ends of a problem's `type` that are about the app, whoever is written to:
https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""
APP_WORDS = ("client app", "access level", "app permissions", "subset of x api")
SHUT_WORDS = ("cannot send messages to", "can't send messages to", "recipient", "suspended")
SHUT_CODES = {108, 150, 349, 50}
"""Of X's older interface, which some answers still name: this person cannot be written to."""
PAID_CODE, DAY_HEADERS = 402, ("x-user-limit-24hour", "x-app-limit-24hour")


class Trouble(Exception):
    """A call that did not end in an answer."""


class NotConnected(Trouble):
    """Nothing left this machine."""


class Lost(Trouble):
    """The request went out and no answer came back that can be read: it may have been done."""


class NoToken(Trouble):
    """The token that OAuth 2.0 asks for cannot be had."""


class Denied(Trouble):
    """X answered and did not do it.

    `words` are X's own and may quote what was sent: they are for comparing, not for showing.
    `problem` is the end of the problem's type; `reset` a time in seconds since 1970, 0 when X told
    none.
    """

    def __init__(
        self,
        status: int,
        words: str = "",
        problem: str = "",
        codes: frozenset[int] = frozenset(),
        reset: float = 0,
    ) -> None:
        super().__init__(f"HTTP {status}" + (f", {problem}" if problem else ""))
        self.status = status
        self.words = words.lower()
        self.problem = problem
        self.codes = codes
        self.reset = reset

    @property
    def is_about_us(self) -> bool:
        """Whatever the message and whoever should get it."""
        named = self.problem in APP_PROBLEMS or any(word in self.words for word in APP_WORDS)
        return self.status == 403 and named

    @property
    def is_shut(self) -> bool:
        """The person takes no messages from us."""
        told = any(word in self.words for word in SHUT_WORDS)
        return self.status == 404 or bool(self.codes & SHUT_CODES) or told


def read_denial(status: int, body: Any, headers: Mapping[str, str]) -> Denied:
    """`body` is the answer's JSON, of any shape at all."""
    told = body if isinstance(body, dict) else {}
    errors = [one for one in as_list(told.get("errors")) if isinstance(one, dict)]
    words = [one.get(key) for one in (told, *errors) for key in ("title", "detail", "message")]
    codes = [one.get("code") for one in errors]
    return Denied(
        status,
        "\n".join(word for word in words if isinstance(word, str)),
        problem_of(told.get("type") or next((one.get("type") for one in errors), "")),
        frozenset(code for code in codes if type(code) is int),
        read_reset(headers),
    )


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def problem_of(kind: object) -> str:
    """Only what could be a name: it is shown."""
    found = re.search(r"/problems/([a-z0-9-]{1,40})$", kind) if isinstance(kind, str) else None
    return found[1] if found else ""


def read_reset(headers: Mapping[str, str]) -> float:
    """When every limit that is used up is over; of two windows the later one counts."""
    used_up = [name for name in DAY_HEADERS if headers.get(f"{name}-remaining") == "0"]
    return max(seconds(headers.get(f"{name}-reset")) for name in (*used_up, "x-rate-limit"))


def seconds(told: object) -> float:
    """tweepy 4.17 fails here on anything but a whole number (asynchronous/client.py, `request`)."""
    try:
        value = float(str(told))
    except ValueError:
        return 0
    return value if 0 < value < 1e11 else 0


def to_delivery_error(error: Trouble, now: float) -> DeliveryError:
    """What a failed send means for the message it carried. `now` in seconds since 1970."""
    if isinstance(error, Denied):
        return to_denial(error, now)
    if isinstance(error, NotConnected):
        return Retry(f"X could not be reached ({error})")
    return Unknown(f"X may have taken it ({error})")


def to_error_apart(error: Trouble, now: float) -> DeliveryError:
    """The same of posts and files, which X counts and allows apart from messages: when these have
    to wait, no message has to. https://docs.x.com/x-api/fundamentals/rate-limits
    """
    failure = to_delivery_error(error, now)
    apart = isinstance(error, Denied) and (error.status == 429 or error.is_about_us)
    if apart and isinstance(failure, Retry):
        return Retry(str(failure), failure.after)
    return failure


def to_denial(error: Denied, now: float) -> DeliveryError:
    if error.status >= 500:  # it failed somewhere behind the door: perhaps after it was done
        return Unknown(f"X may have taken it ({error})")
    everyone = about_us(error, now)
    if everyone:
        return everyone
    if error.is_shut:
        return Refused(f"this person takes no messages from us ({error})")
    return Refused(f"X refused it ({error})", gone=False)


def about_us(error: Denied, now: float) -> Retry | None:
    if error.status == 401:
        return Retry(BAD_KEYS, KEYS_WAIT, everyone=True)
    if error.status == PAID_CODE or error.problem == "usage-capped":
        return Retry(NO_CREDIT, wait_until(error.reset, now, CREDIT_WAIT), everyone=True)
    if error.status == 429:
        after = wait_until(error.reset, now, FLOOD_WAIT)
        return Retry("X asked for time", after, everyone=True)
    if error.is_about_us:
        return Retry(f"{NO_RIGHT} ({error})", KEYS_WAIT, everyone=True)
    return None


def wait_until(reset: float, now: float, otherwise: float) -> float:
    """Our clock may be ahead of X's, and the moment seem to be over: X counts what we ask then."""
    return max(reset - now, SHORTEST_WAIT) if reset else otherwise


def to_start_error(error: Trouble, now: float) -> Retry | Refused:
    """For calls that can be made again whatever became of them."""
    if isinstance(error, Denied) and error.status == 401:
        return Refused(BAD_KEYS)
    failure = to_delivery_error(error, now)
    return failure if isinstance(failure, Retry) else Retry(f"X did not answer ({error})")
