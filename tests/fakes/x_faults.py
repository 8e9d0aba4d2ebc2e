"""What can go wrong on X, on demand: the faults that a test orders."""

import random
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.fakes.x_calls import Refusal, forbidden, older, unauthorized
from tests.fakes.x_limits import too_many

BEFORE = ("rate_limited", "unauthorized", "forbidden", "forbidden_v1")
"""Refused with X's words; nothing is accepted."""
AFTER = ("late_error", "lost_answer", "malformed")
"""Accepted, but the client is not told so."""
KINDS = (*BEFORE, *AFTER, "server_error", "html", "delay", "cut")
NOT_TO_THIS_USER = "You cannot send messages to this user."


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the calls it fits.

    rate_limited  429 as X answers it, over in `retry_after` seconds
    unauthorized  401
    forbidden     403 in the form of version 2, with `detail`
    forbidden_v1  403 in the form of version 1.1, with `code` and `detail`
    server_error  `status` with a page of HTML (or JSON if not `page`); the call is not accepted
    html          200 with a page of HTML, as a proxy on the way answers; the call is not accepted
    delay         `before` seconds until acceptance, `after` seconds from there to the answer
    late_error    accepted and in the ledger; then answered as server_error is
    lost_answer   accepted and in the ledger; then the connection is cut
    cut           the connection is cut before acceptance
    malformed     accepted; the answer is half of its JSON
    """

    kind: str
    route: str | None = None
    """Such as "POST /2/dm_conversations/*/messages"; `*` stands for anything. None: any call."""
    times: int | None = 1
    """None: until cleared."""
    share: float = 1.0
    """The part of the fitting calls it strikes, by a seeded draw."""
    retry_after: float = 60.0
    detail: str = NOT_TO_THIS_USER
    code: int = 349
    status: int = 503
    page: bool = True
    before: float = 0.0
    after: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is none of the faults: {', '.join(KINDS)}")

    def refusal(self, now: float) -> Refusal:
        if self.kind == "rate_limited":
            return too_many(now + self.retry_after)
        if self.kind == "unauthorized":
            return unauthorized()
        if self.kind == "forbidden_v1":
            return older(403, self.code, self.detail)
        return forbidden(self.detail)


class Faults:
    """The faults in waiting, oldest first; a call meets at most one."""

    def __init__(self, seed: int = 0) -> None:
        self._waiting: list[Fault] = []
        self._draw = random.Random(seed)
        self.struck = 0

    def add(self, kind: str, route: str | None = None, **fields: Any) -> Fault:
        """Takes the fields of `Fault`. `times` counts the calls struck, not those spared by
        `share`.
        """
        fault = Fault(kind, route, **fields)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self._waiting:
            if fault.route and not fnmatchcase(f"{method} {path}", fault.route):
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
