"""How much X takes: https://docs.x.com/x-api/fundamentals/rate-limits

A window begins with the first call in it and ends after its span, whatever came meanwhile.
"""

import math
from dataclasses import dataclass

from tests.fakes.x_calls import Refusal, problem

QUARTER_HOUR, DAY = 900.0, 86_400.0
SENDS, READS = "sends", "reads"
OTHERS = {
    "GET /2/users/me": 75,
    "POST /2/tweets": 100,
    "GET /2/users/{id}/tweets": 900,
    "POST /2/media/upload": 500,
    "GET /2/media/upload": 1000,
    "POST /2/media/upload/initialize": 1875,
    "POST /2/media/upload/{id}/append": 1875,
    "POST /2/media/upload/{id}/finalize": 1875,
    "POST /2/webhooks": 450,
    "GET /2/webhooks": 450,
    "PUT /2/webhooks/{id}": 450,
    "POST /2/activity/subscriptions": 500,
    "GET /2/activity/subscriptions": 500,
}
"""In a quarter of an hour."""
SHORT, USERS_DAY, APPS_DAY = "x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"


def too_many(reset: float, headers: dict[str, str] | None = None) -> Refusal:
    refusal = problem(429, "Too Many Requests", "Too Many Requests")
    limit = {f"{SHORT}-limit": "15", f"{SHORT}-remaining": "0"}
    refusal.headers = limit | {f"{SHORT}-reset": str(math.ceil(reset))} | (headers or {})
    return refusal


@dataclass(slots=True)
class Window:
    begun: float = -math.inf
    used: int = 0


class Limits:
    """`sends` of direct messages together, and `reads` of each way to look them up, in a quarter of
    an hour; `sends_a_day` in a day. May be changed at any time; `off()` lets everything pass.
    """

    def __init__(self) -> None:
        self.sends: float = 15
        self.sends_a_day: float = 1440
        self.reads: float = 15
        self.others: dict[str, float] = dict(OTHERS)
        self.refused = 0
        self._windows: dict[tuple[str, str, float], Window] = {}

    def off(self) -> None:
        self.sends = self.sends_a_day = self.reads = math.inf
        self.others.clear()

    def take(self, meter: str, route: str, now: float) -> dict[str, str]:
        """Counts a call, and tells X's headers. Raises `Refusal` when there is no room for it."""
        rules = self._rules(meter, route)
        key = meter if meter == SENDS else route
        windows = [self._window(key, name, span, now) for name, span, _ in rules]
        full = any(
            window.used >= limit for window, (_, _, limit) in zip(windows, rules, strict=True)
        )
        for window in windows:
            window.used += not full
        headers = _headers(rules, windows)
        if full:
            self.refused += 1
            raise too_many(now, headers)
        return headers

    def _rules(self, meter: str, route: str) -> list[tuple[str, float, float]]:
        if meter == SENDS:
            day = self.sends_a_day
            rules = [(USERS_DAY, DAY, day), (APPS_DAY, DAY, day), (SHORT, QUARTER_HOUR, self.sends)]
        elif meter == READS:
            rules = [(SHORT, QUARTER_HOUR, self.reads)]
        else:
            rules = [(SHORT, QUARTER_HOUR, self.others.get(route, math.inf))]
        return [rule for rule in rules if rule[2] < math.inf]

    def _window(self, key: str, name: str, span: float, now: float) -> Window:
        window = self._windows.setdefault((key, name, span), Window())
        if now >= window.begun + span:
            window.begun, window.used = now, 0
        return window


def _headers(rules: list[tuple[str, float, float]], windows: list[Window]) -> dict[str, str]:
    headers = {}
    for (name, span, limit), window in zip(rules, windows, strict=True):
        headers[f"{name}-limit"] = str(int(limit))
        headers[f"{name}-remaining"] = str(max(0, int(limit) - window.used))
        headers[f"{name}-reset"] = str(math.ceil(window.begun + span))
    return headers
