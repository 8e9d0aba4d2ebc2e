"""What is metered: never more than allowed in any span, and never less than could be."""

from hypothesis import given
from hypothesis import strategies as st

from core.limits import Window
from core.meter import Meter

X = (Window(15, 900), Window(1440, 86_400))


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 50)), min_size=1, max_size=3),
    st.lists(st.floats(0, 20), min_size=1, max_size=80),
)
def test_whoever_asks_first_never_sends_more_than_allowed_nor_waits_too_long(
    spans: list[tuple[int, int]], steps: list[float]
) -> None:
    windows = [Window(count, seconds) for count, seconds in spans]
    meter = Meter(windows)
    sent: list[float] = []
    now = 100.0
    for step in steps:
        now += step
        may = all(len([at for at in sent if at > now - one.seconds]) < one.count for one in windows)
        assert (meter.room(now) > 0) is may
        if may:
            assert meter.wait(now) == 0
            meter.note(now)
            sent.append(now)
        else:
            wait = meter.wait(now)
            assert meter.room(now + wait + 1e-6) >= 1
            assert meter.room(now + wait - 1e-6) == 0


def test_without_windows_everything_goes() -> None:
    meter = Meter(())
    for _ in range(5):
        meter.note(1.0)
    assert meter.room(1.0) == float("inf")
    assert (meter.wait(1.0), meter.is_short(1.0), meter.has_spare(1.0)) == (0, False, True)


def test_what_an_earlier_life_sent_counts() -> None:
    meter = Meter(X)
    meter.begin([-100.0, -800.0, -1000.0])
    assert [left for _, left in meter.left(0.0)] == [13, 1437]


def test_what_was_not_sent_after_all_is_given_back() -> None:
    meter = Meter(X)
    meter.note(5.0)
    meter.give_back()
    meter.give_back()
    assert meter.room(5.0) == 15


def test_news_leaves_a_third_and_people_are_told_in_the_last_tenth_of_a_day() -> None:
    meter = Meter(X)
    meter.begin([0.0] * 9)
    assert meter.has_spare(1.0)
    meter.note(1.0)
    assert not meter.has_spare(1.0)
    meter.begin([0.0] * 1295)
    assert not meter.is_short(1000.0)
    meter.note(1000.0)
    assert meter.is_short(1000.0)
