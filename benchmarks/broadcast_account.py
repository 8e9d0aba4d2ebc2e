"""What became of news to many, by the imitation's ledger and by the desk's own words."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean, median, quantiles

from benchmarks.broadcast_crowd import Asked
from tests.fakes.telegram_world import Sent

MINUTE = 60.0
GOOD, NEAR = 0.10, 30.0
"""How far off a time to go may be, and the seconds below which it is not judged."""
WARM = 20
"""Seconds after which the memory of a life is judged, if it goes on for as long again."""
GRACE = 1.0
"""Seconds after which somebody who left is wronged by news."""
Figure = tuple[str, str]
Span = tuple[float, float]


@dataclass
class Life:
    """Of the desk, in seconds of the monotonic clock."""

    begun: float
    ready: float = 0.0
    """When it asked for updates."""
    ended: float = 0.0
    mib: list[float] = field(default_factory=list)
    """Its resident size at each second."""
    cpu: float = 0.0
    """Seconds of it that were used."""


@dataclass
class Observed:
    """People are numbers from 1 on."""

    count: int
    blocked: set[int]
    leavers: Sequence[int]
    published: float
    storm: Span
    lives: list[Life]
    read: list[tuple[float, float]]
    """When which time to go was read, in seconds."""
    asked: list[Asked]
    news: list[tuple[int, float]] = field(default_factory=list)
    """Who got it when, in that order."""
    confirmed: dict[int, float] = field(default_factory=dict)
    """Who was told that no more comes, and when."""
    states: dict[int, str] = field(default_factory=dict)
    """What the desk says became of it for each."""
    figures: dict[str, int] = field(default_factory=dict)
    """What the desk says in all."""

    def take(self, ledger: Sequence[Sent], first: int, beginnings: tuple[str, ...]) -> None:
        """Who got what, of those behind the `first` chat."""
        for one in ledger:
            person = one.chat - first
            if person <= 0:
                continue
            if one.text.startswith(beginnings):
                self.news.append((person, one.at))
            else:
                self.confirmed.setdefault(person, one.at)


def people(seen: Observed) -> Iterator[Figure]:
    arrived = Counter(person for person, _ in seen.news)
    left = set(seen.leavers)
    living = [one for one in range(1, seen.count + 1) if one not in seen.blocked | left]
    missed = [one for one in living if not arrived[one] and seen.states.get(one) != "unknown"]
    late = [
        person for person, at in seen.news
        if person in left and at > seen.confirmed.get(person, at) + GRACE
    ]  # fmt: skip
    unknown = [one for one, state in seen.states.items() if state == "unknown"]
    known = ("sent", "blocked", "ended", "failed", "unknown", "left")
    total = sum(seen.figures[name] for name in known)
    yield "arrived", f"{len(arrived):,} people, {len(seen.news):,} messages"
    yield "twice", str(sum(times > 1 for times in arrived.values()))
    yield "living, neither reached nor unknown", str(len(missed))
    yield "left", f"{len(left)}, {len(left - seen.confirmed.keys())} of them not confirmed"
    yield "got it although they had left", str(len(late))
    yield "unknown", f"{len(unknown)}, of whom {sum(arrived[one] > 0 for one in unknown)} got it"
    yield "the desk's figures", ", ".join(f"{name} {seen.figures[name]:,}" for name in known)
    yield "which add up to", f"{total:,} of {seen.count:,}"
    yield "against the ledger", f"{len(contradictions(seen, arrived))} contradictions"


def contradictions(seen: Observed, arrived: Counter[int]) -> list[int]:
    """Where the desk's word on somebody is not what happened to them."""
    fits = {
        "sent": lambda one: arrived[one] == 1,
        "unknown": lambda one: arrived[one] <= 1,
        "failed": lambda one: not arrived[one] and one in seen.blocked,
        "ended": lambda one: not arrived[one] and one in seen.leavers,
    }
    nobody = set(range(1, seen.count + 1)) ^ seen.states.keys()
    return [one for one, state in seen.states.items() if not fits[state](one)] + sorted(nobody)


def answers(seen: Observed) -> Iterator[Figure]:
    """Those that a kill came between are told apart."""
    dead = [(one.ended, after.ready) for one, after in pairwise(seen.lives)]
    calm = [
        one.seconds for one in seen.asked
        if not any(one.at < until and since < one.at + one.seconds for since, until in dead)
    ]  # fmt: skip
    stormy = [one.seconds for one in seen.asked if seen.storm[0] < one.at < seen.storm[1]]
    yield "answers to others, no kill between", spread(calm)
    yield "answers to others in the storm", spread(stormy)
    yield "answers to others in all", spread([one.seconds for one in seen.asked])


def spread(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "too few"
    cuts = quantiles(seconds, n=20, method="inclusive")
    return (
        f"{len(seconds)}, p50 {median(seconds):.2f} s, p95 {cuts[-1]:.2f} s, "
        f"most {max(seconds):.2f} s"
    )


def times_to_go(seen: Observed) -> Iterator[Figure]:
    moments = [at for _, at in seen.news]
    end = moments[-1]
    dead = [
        (one.ended, moments[bisect_right(moments, after.begun)])
        for one, after in pairwise(seen.lives)
    ]
    calm = max(seen.published, seen.storm[1], *(until for _, until in dead)) + MINUTE
    undisturbed, every = [], []
    for at, seconds in seen.read:
        left = end - at - sum(max(0.0, until - max(since, at)) for since, until in dead)
        if at < seen.published + MINUTE or left < NEAR:
            continue
        every.append(seconds / left - 1)
        if at > calm:
            undisturbed.append(seconds / left - 1)
    yield "time to go, undisturbed", accuracy(undisturbed)
    yield "time to go in all", accuracy(every)
    yield "dead for each kill", spread([until - since for since, until in dead])
    rest = len(moments) - bisect_right(moments, calm)
    if rest:
        yield "news a second, undisturbed", f"{rest / (end - calm):.0f}"


def accuracy(errors: list[float]) -> str:
    if not errors:
        return "not judged: too short"
    close = sum(abs(one) <= GOOD for one in errors) / len(errors)
    return (
        f"{100 * close:.0f} % within {100 * GOOD:.0f} % ({len(errors)} seconds; on average off by "
        f"{100 * fmean(map(abs, errors)):.1f} %, from {100 * min(errors):+.0f} to "
        f"{100 * max(errors):+.0f} %)"
    )


def work(seen: Observed) -> Iterator[Figure]:
    """In the longest life, which the start weighs least on."""
    life = max(seen.lives, key=lambda one: one.ended - one.begun)
    sent = sum(life.begun < at < life.ended for _, at in seen.news)
    yield "CPU a message", f"{1000 * life.cpu / max(1, sent):.2f} ms"


def memory(seen: Observed) -> Iterator[Figure]:
    """Once what is loaded at the first question is there."""
    for mib in [one.mib[WARM:] for one in seen.lives if len(one.mib) >= 2 * WARM]:
        cuts = [len(mib) * n // 4 for n in range(5)]
        means = [f"{fmean(mib[since:until]):.0f}" for since, until in pairwise(cuts)]
        yield f"memory in the quarters of {len(mib)} s", f"{', '.join(means)} MiB"
    most = max((max(one.mib) for one in seen.lives if one.mib), default=0.0)
    yield "memory at most", f"{most:.0f} MiB"
