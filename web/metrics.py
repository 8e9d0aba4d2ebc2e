"""`GET /metrics`: how the desk is, for a program that watches it.

As Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/. Nobody's
words, names or addresses are in it.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.gauges import Gauges
from core.limits import Window
from core.models import Rank

NAME = "frontdesk_"
Labels = TypeVar("Labels", bound=tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Watched:
    """`left` is what may still be sent where each message counts; `on` says of each platform that
    is set whether it takes us.
    """

    gauges: Gauges
    left: Mapping[str, Sequence[tuple[Window, int]]]
    on: Mapping[str, bool]


class Figures(Collector):
    """Also what is 0 is told of each platform, so that a rise from it is seen."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def collect(self) -> Iterator[Metric]:
        yield from self._of_platforms()
        yield from self._of_the_outbox()
        gauges = self._watched.gauges
        yield gauge("tickets", "Tickets.", ("state",), keyed(gauges.tickets))
        late = "Open tickets whose first answer is overdue."
        yield gauge("tickets_late", late, (), {(): gauges.late})
        set_aside = "Messages that met a fault of ours."
        yield gauge("inbox_set_aside", set_aside, (), {(): gauges.set_aside})

    def _of_platforms(self) -> Iterator[Metric]:
        gauges, named = self._watched.gauges, ("platform",)
        yield gauge("platform_on", "1 until the platform refuses us.", named,
                    keyed(self._watched.on))  # fmt: skip
        for name, what, times in (
            ("last_heard_timestamp_seconds", "When something last came in.", gauges.heard),
            ("last_sent_timestamp_seconds", "When something last went out.", gauges.said),
        ):
            yield gauge(
                name, what, named, keyed({key: at.timestamp() for key, at in times.items()})
            )
        left = {
            (name, f"{window.seconds:.0f}"): count
            for name, spans in self._watched.left.items()
            for window, count in spans
        }
        what = "Messages that the platform lets us send now, in a span of seconds."
        yield gauge("sends_left", what, ("platform", "seconds"), left)

    def _of_the_outbox(self) -> Iterator[Metric]:
        gauges, on = self._watched.gauges, self._watched.on
        none = {(name, word(rank)): 0.0 for name in on for rank in Rank}
        waiting = {(one.platform, word(one.rank)): one for one in gauges.waiting}
        labels = ("platform", "rank")
        yield gauge("outbox_waiting", "Messages to be sent.", labels,
                    none | {key: one.count for key, one in waiting.items()})  # fmt: skip
        what = "For how long the message that waits longest could have gone."
        yield gauge("outbox_due_seconds", what, labels,
                    none | {key: one.due_for for key, one in waiting.items()})  # fmt: skip
        nothing = {(name, state): 0 for name in on for state in ("failed", "unknown")}
        what = "Messages that failed, or may not have arrived."
        yield gauge("outbox_stuck", what, ("platform", "state"), nothing | gauges.stuck)


def keyed(values: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    return {(key,): value for key, value in values.items()}


def gauge(name: str, what: str, labels: Sequence[str], values: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily(NAME + name, what, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family


def word(rank: str) -> str:
    """Without the digit by which ranks are sorted."""
    return rank.partition(" ")[2]


def draw(watched: Watched) -> bytes:
    """With what the operating system knows of this process."""
    registry = CollectorRegistry()
    registry.register(Figures(watched))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


def metrics_route(watch: Callable[[], Awaitable[Watched | None]]) -> web.RouteDef:
    """503 where `watch` has nothing to tell, since the database does not answer."""

    async def metrics(_request: web.Request) -> web.Response:
        watched = await watch()
        if watched is None:
            return web.Response(status=503, text="the database does not answer\n")
        return web.Response(body=draw(watched), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return web.get("/metrics", metrics)
