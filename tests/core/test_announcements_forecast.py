"""How long an announcement still takes, and how that is said."""

import re
from typing import Any

import pytest

from core.announcements.figures import Figures
from core.announcements.forecast import Forecast
from core.announcements.showing import span
from core.i18n import Languages
from core.limits import Limits, Window

ALL = 100_000
LIMITS = Limits(text=100, per_second=300)
SECONDS = {"s": 1, "min": 60, "h": 3600, "days": 86_400}


def far(done: int) -> Figures:
    return Figures(sends_left={"one": ALL - done}, sends_done={"one": done})


class Told:
    """Looks every three seconds."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.forecast = Forecast({"one": limits})
        self.now = 5000.0
        self.done = 0

    def after(self, seconds: int, pace: int) -> float:
        told = 0.0
        for _ in range(seconds // 3):
            told = self.looks(3 * pace)
        return told

    def looks(self, more: int) -> float:
        self.now += 3
        self.done += more
        return self.forecast.seconds(far(self.done), self.now)

    def as_if(self, pace: int) -> Any:
        return pytest.approx((ALL - self.done) / pace, rel=0.01)


def test_before_anything_is_measured_it_is_what_the_platform_allows() -> None:
    told = Told()
    assert told.after(9, 0) == told.as_if(300)


@pytest.mark.parametrize("idle", [3, 21])
def test_it_follows_the_pace_once_it_is_seen_from_one_look_to_the_next(idle: int) -> None:
    told = Told()
    told.after(idle, 0)
    assert told.looks(5) == told.as_if(300)  # it has just begun
    assert told.after(9, 100) == told.as_if(100)


def test_half_a_minute_after_a_storm_it_is_forgotten() -> None:
    told = Told()
    told.after(60, 250)
    assert told.after(30, 30) == told.as_if(30)
    assert told.after(33, 250) == told.as_if(250)


def test_where_messages_are_metered_the_meter_tells() -> None:
    told = Told(Limits(text=100, per_second=1, windows=(Window(1440, 86_400.0),)))
    assert told.after(60, 10) > 100 * 86_400


def test_all_platforms_have_to_arrive() -> None:
    forecast = Forecast({"one": LIMITS, "two": Limits(text=100, per_second=1)})
    assert forecast.seconds(Figures(sends_left={"one": 600, "two": 10}), 0.0) == 10
    assert forecast.seconds(Figures(), 3.0) == 0


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_span_is_told_in_words_that_are_close_to_it(languages: Languages, language: str) -> None:
    speech = languages.speak(language)
    units = {speech.t(f"{{count}} {name}", count=1).split()[1]: n for name, n in SECONDS.items()}
    for step in range(1, 300):
        seconds = 1.05**step
        words = span(seconds, speech).split()
        told = sum(int(n) * units[unit] for n, unit in zip(words[::2], words[1::2], strict=True))
        assert abs(told - seconds) <= max(0.5, seconds / 16), span(seconds, speech)


def test_a_span_reads_well(languages: Languages) -> None:
    speech = languages.speak("en")
    told = [span(seconds, speech) for seconds in (0, 89, 262, 595, 3000, 5400, 9700, 250_000)]
    assert told == ["1 s", "89 s", "4 min 20 s", "10 min", "50 min", "1 h 30 min", "2 h 40 min",
                    "2 days 21 h"]  # fmt: skip
    assert not any(re.search(r"\b0 ", one) for one in told)
