"""What can go wrong on Discord's REST side, on demand: the faults that a test orders."""

import random
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.fakes.discord_calls import Refusal
from tests.fakes.discord_limits import TooMany

BEFORE = ("rate_limited", "unauthorized", "forbidden", "not_found", "bad_request", "blocked")
"""Refused with Discord's words; nothing is accepted."""
AFTER = ("late_error", "lost_answer", "malformed")
"""Accepted, but the bot is not told so."""
KINDS = (*BEFORE, *AFTER, "cloudflare", "server_error", "delay", "cut")
STATUSES = {"bad_request": 400, "unauthorized": 401, "forbidden": 403, "not_found": 404}
CODES = {
    "bad_request": (50035, "Invalid Form Body"),
    "unauthorized": (0, "401: Unauthorized"),
    "forbidden": (50013, "Missing Permissions"),
    "not_found": (10003, "Unknown Channel"),
}


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the calls it fits.

    rate_limited  429 as Discord itself answers it, with `retry_after`, `is_global` and `scope`
    cloudflare    429 as the proxy before it answers: a page of HTML and no Via header
    unauthorized  401
    forbidden     403
    not_found     404
    bad_request   400; these four with `code` and `message`, which have a default each
    blocked       403: somebody takes no messages of the bot
    server_error  `status` with a page of HTML (or JSON if not `html`); the call is not accepted
    delay         `before` seconds until acceptance, `after` seconds from there to the answer
    late_error    accepted and in the ledger; then answered as server_error is
    lost_answer   accepted and in the ledger; then the connection is cut (a download: half way)
    cut           the connection is cut before acceptance
    malformed     accepted; the answer is no JSON
    """

    kind: str
    route: str | None = None
    """Such as "POST /channels/{channel_id}/messages" or "PATCH /webhooks/**": what is in braces and
    * stand for one part of the path, ** for any number, at its end. None: any call. A download is
    "GET /cdn/**"."""
    times: int | None = 1
    """None: until cleared."""
    share: float = 1.0
    """The part of the fitting calls it strikes, by a seeded draw."""
    retry_after: float = 1.0
    is_global: bool = False
    scope: str = "user"
    code: int | None = None
    message: str | None = None
    status: int = 502
    html: bool = True
    before: float = 0.0
    after: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is none of the faults: {', '.join(KINDS)}")

    def refusal(self) -> Refusal:
        if self.kind == "rate_limited":
            return TooMany(self.retry_after, self.is_global, self.scope)
        if self.kind == "blocked":
            return Refusal(403, 50007, "Cannot send messages to this user")
        code, message = CODES[self.kind]
        code = code if self.code is None else self.code
        return Refusal(STATUSES[self.kind], code, self.message or message)


@cache
def _pattern(route: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\}|\*\*|\*)", route)
    words = {"**": ".*"}
    return re.compile(
        "".join(
            words.get(part, "[^/]+") if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
    )


class Faults:
    """The faults in waiting, oldest first; a call meets at most one."""

    def __init__(self, seed: int = 0) -> None:
        self._waiting: list[Fault] = []
        self._draw = random.Random(seed)
        self.struck = 0

    def add(self, **fields: Any) -> Fault:
        """Takes the fields of `Fault`. `times` counts the calls struck, not those spared by
        `share`.
        """
        fault = Fault(**fields)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, verb: str, path: str) -> Fault | None:
        if not self._waiting:
            return None
        called = f"{verb} {path}"
        for fault in self._waiting:
            if fault.route and not _pattern(fault.route).fullmatch(called):
                continue
            if fault.share < 1 and self._draw.random() >= fault.share:
                continue
            self._use(fault)
            return fault
        return None

    def _use(self, fault: Fault) -> None:
        self.struck += 1
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._waiting.remove(fault)
