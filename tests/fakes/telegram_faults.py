"""What can go wrong, on demand: faults that a test orders, and the platform's real limits."""

import math
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.fakes.telegram_calls import Refusal, bad

BEFORE = ("too_many", "blocked", "bad_request", "migrated", "conflict", "unauthorized")
"""Refused with Telegram's words; nothing is accepted."""
PAID_PER_SECOND, STARS = 1000, Decimal("0.1")
"""With `allow_paid_broadcast`, and what each costs: https://core.telegram.org/bots/api#sendmessage.
"""
KINDS = (*BEFORE, "server_error", "delay", "lost_answer", "cut", "malformed")


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the calls it fits.

    too_many      429, with `retry_after` in seconds
    blocked       403
    bad_request   400, with `description`
    migrated      400, with `migrate_to`
    conflict      409
    unauthorized  401
    server_error  `status` with a body of HTML (or JSON if not `html`); the call is not accepted
    delay         `before` seconds until acceptance, `after` seconds from there to the answer
    lost_answer   accepted and in the ledger; then the connection is cut (a download: half way)
    cut           the connection is cut before acceptance
    malformed     accepted; the answer is no JSON
    """

    kind: str
    method: str | None = None
    """None: any method. "file" means a download."""
    chat: int | None = None
    times: int | None = 1
    """None: until cleared."""
    share: float = 1.0
    """The part of the fitting calls it strikes, by a seeded draw."""
    retry_after: int = 1
    description: str = "Bad Request: on order"
    migrate_to: int = -1001
    status: int = 502
    html: bool = True
    before: float = 0.0
    after: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is none of the faults: {', '.join(KINDS)}")

    def refusal(self) -> Refusal:
        return {
            "too_many": too_many(self.retry_after),
            "blocked": Refusal(403, "Forbidden: bot was blocked by the user"),
            "bad_request": Refusal(400, self.description),
            "migrated": Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrate_to,
            ),
            "conflict": Refusal(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            ),
            "unauthorized": Refusal(401, "Unauthorized"),
        }[self.kind]


def too_many(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


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

    def take(self, method: str, chat: int | None) -> Fault | None:
        for fault in self._waiting:
            if fault.method not in (None, method) or fault.chat not in (None, chat):
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


class Pace:
    """The platform's limits, each over a sliding window: all chats and one chat by the second, one
    group by the minute. `math.inf` switches one off; `clock` gives seconds. `stars` pay for what is
    `paid` for and more than the limit by the second.
    """

    def __init__(
        self,
        per_second: float = math.inf,
        per_chat: float = math.inf,
        per_group_minute: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._limits = per_second, per_chat, per_group_minute
        self._off = self._limits == (math.inf,) * 3
        self._sends: dict[tuple[str, int], deque[float]] = defaultdict(deque)
        self.refused = 0
        self.stars = Decimal(0)
        self.billed = 0

    def check(self, chat: int, *, paid: bool = False) -> None:
        """Counts a send, or raises the `Refusal` that tells how long to wait."""
        if self._off:
            return
        now = self._clock()
        per_second, per_chat, per_minute = self._limits
        beyond = paid and self._wait(("all", 0), per_second, 1.0, now) > 0
        if beyond and self.stars < STARS:
            raise bad("BALANCE_TOO_LOW")
        per_second = PAID_PER_SECOND if beyond else per_second
        rules = [(("all", 0), per_second, 1.0), (("chat", chat), per_chat, 1.0)]
        if chat < 0:
            rules.append((("minute", chat), per_minute, 60.0))
        wait = max(self._wait(key, limit, span, now) for key, limit, span in rules)
        if wait > 0:
            self.refused += 1
            raise too_many(math.ceil(wait))
        for key, _, _ in rules:
            self._sends[key].append(now)
        if beyond:
            self.billed += 1
            self.stars -= STARS

    def _wait(self, key: tuple[str, int], limit: float, span: float, now: float) -> float:
        sends = self._sends[key]
        while sends and sends[0] <= now - span:
            sends.popleft()
        return sends[0] + span - now if len(sends) >= limit else 0.0
