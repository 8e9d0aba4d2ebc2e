"""How fast a platform may be sent to: token buckets over a monotonic clock, in seconds. Pure."""

from collections import deque
from collections.abc import Iterable

from core.limits import Limits, Window
from core.meter import Meter

AT_ONCE = 0.05
"""What may go at once, of what a platform takes in a second: so that answers find room at any
moment, and not only once in a second; and few, so that little is said twice when the desk is killed
before it has noted what was sent.
"""
LATE = 0.2
"""Seconds by which we may be late ourselves, on a busy machine, and still keep the pace."""
ANY_SECOND = 1.02
"""Seconds in which no more goes than a platform takes in one: some are longer on their way."""
MINUTE = 61.0
"""Seconds in which no more goes to a group than it takes in 60: some are longer on their way."""
ALIKE, WITHIN = 3, 2.0
"""So many addresses slowed down within so many seconds: it is the platform, not they."""
CROWD = 256
"""Buckets kept before the full ones are looked for."""
CLOSE = 1e-6
"""Of a token, lost to rounding."""

Key = int | str
"""An address, or a group with all its addresses."""


class Bucket:
    """Holds up to `burst` tokens, at least one; starts full, or with `first` of them; fills with
    `rate` a second.
    """

    def __init__(self, rate: float, burst: float, first: float | None = None) -> None:
        self._rate = rate
        self._burst = max(burst, 1.0)
        self._tokens = self._burst if first is None else max(first, 1.0)
        self._at: float | None = None

    def level(self, now: float) -> float:
        if self._at is None:
            self._at = now
        return min(self._burst, self._tokens + max(now - self._at, 0.0) * self._rate + CLOSE)

    def wait(self, now: float) -> float:
        """Seconds until `take` succeeds."""
        return max(1.0 - self.level(now), 0.0) / self._rate

    def take(self, now: float) -> float:
        """0: a token was taken. Otherwise the seconds to wait, and nothing was."""
        wait = self.wait(now)
        if not wait:
            self._tokens, self._at = self.level(now) - 1.0, now
        return wait

    def is_full(self, now: float) -> bool:
        return self.level(now) >= self._burst


class Pace:
    """One platform's pace."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._at_once = max(1, int(limits.per_second * AT_ONCE))
        self._all = Bucket(limits.per_second, limits.per_second * LATE, self._at_once)
        self._second = Meter((Window(max(1, int(limits.per_second)), ANY_SECOND),))
        self._each: dict[Key, Bucket] = {}
        self._crowd = CROWD
        self._minute = (Window(limits.per_group_minute, MINUTE),) * bool(limits.per_group_minute)
        self._groups: dict[str, Meter] = {}
        self._held: dict[Key, float] = {}
        """Until when an address waits. An entry whose time is over means nothing."""
        self._all_held = 0.0
        self._slowed: deque[tuple[float, Key, float]] = deque()
        self.meter = Meter(limits.windows)

    def room(self, now: float) -> int:
        """How many may be sent to at this moment."""
        if self._all_held > now:
            return 0
        room = min(self._all.level(now), self._second.room(now), self.meter.room(now))
        return int(min(room, self._at_once))

    def wait(self, now: float) -> float:
        """Seconds until there is room."""
        waits = (self._all.wait(now), self._second.wait(now), self.meter.wait(now))
        return max(self._all_held - now, *waits)

    def begin_group(self, group: str, sent: Iterable[float], now: float) -> None:
        """With what was sent there before, such as in an earlier life."""
        meter = self._groups[group] = Meter(self._minute)
        meter.begin(sent)
        self._hold(group, meter.wait(now), now)

    def short(self, now: float) -> list[str]:
        """The groups that have nothing left but for what is urgent."""
        return [group for group, meter in self._groups.items() if not meter.has_spare(now)]

    def waiting(self, now: float) -> dict[Key, float]:
        """What has to wait, each with its seconds."""
        self._held = {key: until for key, until in self._held.items() if until > now}
        return {key: until - now for key, until in self._held.items()}

    def wait_for(self, key: Key, now: float) -> float:
        """0: go, and it is counted. Otherwise the seconds to wait, and nothing is."""
        wait = max(self.wait(now), self._held.get(key, now) - now)
        if not wait:
            self._all.take(now)
            self._second.note(now)
            self.meter.note(now)
            self._count(key, now)
        return wait

    def _count(self, key: Key, now: float) -> None:
        if isinstance(key, str):
            meter = self._groups.setdefault(key, Meter(self._minute))
            meter.note(now)
            self._hold(key, meter.wait(now), now)
        if self._limits.per_address:
            bucket = self._each.get(key) or self._new(key, now)
            bucket.take(now)
            self._hold(key, bucket.wait(now), now)

    def _hold(self, key: Key, wait: float, now: float) -> None:
        if wait:
            self._held[key] = max(self._held.get(key, now), now + wait)

    def _new(self, key: Key, now: float) -> Bucket:
        if len(self._each) >= self._crowd:
            self._each = {one: held for one, held in self._each.items() if not held.is_full(now)}
            self._crowd = max(CROWD, 2 * len(self._each))
        return self._each.setdefault(key, Bucket(self._limits.per_address, self._limits.burst))

    def slow(self, key: Key | None, after: float, now: float) -> bool:
        """The platform took nothing, and wants `after` seconds of silence there, or
        everywhere. True when everybody waits now.
        """
        self.meter.give_back()
        if key is None:
            self._all_held = max(self._all_held, now + after)
        else:
            self._hold(key, after, now)
            self._suspect(key, after, now)
        return self._all_held > now

    def _suspect(self, key: Key, after: float, now: float) -> None:
        """Each address keeps its own wait; everybody else is held for the shortest of them."""
        self._slowed.append((now, key, after))
        while self._slowed[0][0] < now - WITHIN:
            self._slowed.popleft()
        if len({slowed for _, slowed, _ in self._slowed}) >= ALIKE:
            shortest = min(after for _, _, after in self._slowed)
            self._all_held = max(self._all_held, now + shortest)
