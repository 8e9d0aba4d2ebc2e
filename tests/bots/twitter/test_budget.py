"""Reads are never more than X allows in any quarter of an hour, wherever it begins to count."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from bots.twitter.budget import Budget
from bots.twitter.limits import QUARTER_HOUR, x_limits
from core.limits import Window
from core.settings import X


class Time:
    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_what_was_taken_comes_back_after_a_quarter_of_an_hour() -> None:
    time = Time()
    budget = Budget(2, time)
    budget.take()
    time.now += 100
    budget.take()
    assert (budget.left, budget.wait) == (0, 800)
    time.now += 800
    assert (budget.left, budget.wait) == (1, 0)


def test_when_x_says_none_is_left_none_is() -> None:
    time = Time()
    budget = Budget(15, time)
    budget.shut(time.now + 50)
    assert (budget.left, budget.wait) == (0, 50)
    time.now += 50
    assert (budget.left, budget.wait) == (15, 0)


async def test_a_read_without_one_left_waits_for_it() -> None:
    time = Time()
    budget = Budget(1, time)
    for _ in range(3):
        await budget.turn(time.sleep)
    assert time.slept == [900, 900]


@given(st.integers(1, 5), st.lists(st.floats(0, 1000), max_size=40))
def test_no_span_of_that_length_has_more(count: int, gaps: list[float]) -> None:
    time = Time()
    budget = Budget(count, time)
    taken = []
    for gap in gaps:
        time.now += gap
        if not budget.wait:
            budget.take()
            taken.append(time.now)
    crowded: Callable[[float], int] = lambda start: sum(  # noqa: E731
        start <= moment < start + QUARTER_HOUR for moment in taken
    )
    assert all(crowded(start) <= count for start in taken)


def test_limits_are_xs_and_the_windows_the_operators() -> None:
    limits = x_limits(X(per_quarter_hour=5, per_day=100))
    assert (limits.text, limits.buttons, limits.file_in) == (10_000, False, 20_000_000)
    assert limits.windows == (Window(5, 900), Window(100, 86_400))
