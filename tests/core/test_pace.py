"""How fast a platform may be sent to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.limits import Limits
from core.pace import ALIKE, CROWD, WITHIN, Bucket, Pace

QUICK = Limits(text=100, per_second=1000, per_address=1, burst=3)


def test_a_full_bucket_gives_its_burst_at_once_and_then_one_at_a_time() -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(10) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(10) == pytest.approx(0.5, abs=1e-5)
    assert bucket.take(10.25) == pytest.approx(0.25, abs=1e-5)
    assert bucket.take(10.5) == 0


def test_a_refused_take_costs_nothing() -> None:
    bucket = Bucket(rate=1, burst=1)
    bucket.take(0)
    for _ in range(10):
        bucket.take(0.5)
    assert bucket.take(1) == 0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(rate=1, burst=1)
    bucket.take(100)
    assert bucket.take(50) > 0


@given(
    rate=st.floats(0.5, 50),
    burst=st.floats(0, 20),
    steps=st.lists(st.floats(0, 2), max_size=60),
)
def test_no_stretch_of_time_gets_more_than_its_share(
    rate: float, burst: float, steps: list[float]
) -> None:
    bucket, now, taken = Bucket(rate, burst), 1000.0, []
    for step in steps:
        now += step
        taken += [now for _ in range(30) if bucket.take(now) == 0]
    for first, start in enumerate(taken):
        for last, end in enumerate(taken[first:], first):
            assert last - first + 1 <= max(burst, 1) + (end - start) * rate + 0.001


@given(st.floats(0.5, 1000), st.floats(0, 1e6))
def test_who_waits_as_told_is_let_through(rate: float, now: float) -> None:
    bucket = Bucket(rate, 1)
    bucket.take(now)
    assert bucket.take(now + bucket.wait(now) + 1e-6) == 0


def test_an_address_gets_its_burst_and_then_its_own_pace() -> None:
    pace = Pace(QUICK)
    assert [pace.wait_for(1, 5) for _ in range(3)] == [0, 0, 0]
    assert pace.wait_for(1, 5) == pytest.approx(1, abs=1e-3)
    assert pace.waiting(5).keys() == {1}
    assert pace.wait_for(2, 5) == 0
    assert pace.waiting(6.001) == {}
    assert pace.wait_for(1, 6.001) == 0


def test_no_limit_for_an_address_is_no_limit() -> None:
    pace = Pace(Limits(text=100, per_second=1000, per_address=0, burst=1))
    assert [pace.wait_for(1, 0) for _ in range(40)] == [0] * 40
    assert pace.waiting(0) == {}


def test_all_addresses_share_one_pace() -> None:
    pace = Pace(Limits(text=100, per_second=30, per_address=1))
    assert pace.room(0) == 1
    assert pace.wait_for(1, 0) == 0
    assert pace.room(0) == 0
    assert pace.wait_for(2, 0) == pytest.approx(pace.wait(0)) != 0
    sent, now = 0, 0.0
    while now < 10:
        now += 0.001
        sent += pace.wait_for(1000 + sent, now) == 0
    assert 290 <= sent <= 301


@pytest.mark.parametrize("rate", [1, 30, 300])
def test_no_second_gets_more_than_a_platform_takes(rate: int) -> None:
    pace = Pace(Limits(text=100, per_second=rate, per_address=0))
    moments = [1000 + number / 1000 for number in range(4000)]
    taken = [now for now in moments for key in range(5) if pace.wait_for(key, now) == 0]
    for number, start in enumerate(taken):
        assert sum(at < start + 1 for at in taken[number:]) <= rate
    assert len(taken) > 3.8 * rate


def test_whoever_looks_late_keeps_the_pace() -> None:
    """A busy machine: whatever can go is sent at each look, and the looks are far between."""
    pace = Pace(Limits(text=100, per_second=30, per_address=0))
    sent = 0
    for look in range(100):
        now = 1000 + look * 0.15
        while pace.room(now):
            sent += pace.wait_for(sent, now) == 0
    assert sent > 0.94 * 30 * 15


def test_few_go_at_once_however_long_nothing_went() -> None:
    pace = Pace(Limits(text=100, per_second=100, per_address=0))
    assert [pace.room(1000), pace.room(2000)] == [5, 5]
    assert [pace.wait_for(key, 1000) == 0 for key in range(6)] == [True] * 5 + [False]


def test_a_slowed_address_waits_alone() -> None:
    pace = Pace(QUICK)
    assert not pace.slow(1, 20, now=100)
    assert pace.wait_for(1, 101) == pytest.approx(19)
    assert pace.wait_for(2, 101) == 0
    assert pace.wait_for(1, 120.001) == 0


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    pace = Pace(QUICK)
    pace.slow(1, 20, now=0)
    pace.slow(1, 2, now=1)
    assert pace.waiting(1) == {1: 19}
    pace.slow(None, 20, now=0)
    pace.slow(None, 2, now=1)
    assert pace.wait(1) == 19


def test_a_slowed_platform_holds_everybody() -> None:
    pace = Pace(QUICK)
    assert pace.slow(None, 7, now=100)
    assert pace.room(101) == 0
    assert pace.wait_for(5, 101) == pytest.approx(6)
    assert pace.room(107.001) > 0


def test_three_addresses_slowed_at_once_hold_everybody_for_the_shortest() -> None:
    pace = Pace(QUICK)
    assert [pace.slow(key, after, now=10) for key, after in ((1, 300), (2, 5), (3, 60))] == [
        False,
        False,
        True,
    ]
    assert pace.wait(10) == 5
    assert pace.waiting(10) == {1: 300, 2: 5, 3: 60}


def test_one_address_slowed_often_holds_nobody_else() -> None:
    pace = Pace(QUICK)
    assert not any(pace.slow(1, 5, now=10) for _ in range(10))


def test_addresses_slowed_now_and_then_hold_nobody_else() -> None:
    pace = Pace(QUICK)
    assert not any(pace.slow(key, 5, now=key * WITHIN) for key in range(ALIKE * 3))


MINUTE = Limits(text=100, per_second=1000, per_address=0, per_group_minute=20)


@pytest.mark.parametrize("step", [0.1, 1, 4])
def test_no_minute_gets_more_than_a_group_takes(step: float) -> None:
    pace = Pace(MINUTE)
    moments = [number * step for number in range(int(300 / step))]
    taken = [now for now in moments if pace.wait_for("staff", now) == 0]
    for number, start in enumerate(taken):
        assert sum(at < start + 60 for at in taken[number:]) <= 20
    assert len(taken) >= min(20 * 4, len(moments))


def test_a_group_that_waits_holds_nobody_else() -> None:
    pace = Pace(MINUTE)
    assert [pace.wait_for("staff", 0) for _ in range(20)] == [0] * 20
    assert pace.waiting(0).keys() == {"staff"}
    assert pace.wait_for("staff", 1) == pytest.approx(60)
    assert [pace.wait_for(key, 1) for key in (1, "others")] == [0, 0]
    pace = Pace(QUICK)
    assert not any(pace.slow("staff", 30, now=0) for _ in range(10))
    assert pace.wait_for("staff", 1) == pytest.approx(29)
    assert pace.wait_for(1, 1) == 0


def test_a_third_of_a_groups_minute_is_left_for_what_is_urgent() -> None:
    pace = Pace(MINUTE)
    for _ in range(14):
        assert pace.short(0) == []
        pace.wait_for("staff", 0)
    assert pace.short(0) == ["staff"]
    assert pace.short(62) == []


def test_what_a_group_got_in_an_earlier_life_counts() -> None:
    pace = Pace(MINUTE)
    pace.begin_group("staff", [-float(number) for number in range(20)], now=0)
    assert pace.wait_for("staff", 0) == pytest.approx(42)


def test_a_group_without_a_limit_by_the_minute_has_the_pace_of_an_address() -> None:
    pace = Pace(QUICK)
    assert [pace.wait_for("staff", 5) for _ in range(3)] == [0, 0, 0]
    assert pace.wait_for("staff", 5) == pytest.approx(1, abs=1e-3)
    assert pace.short(5) == []


def test_addresses_at_rest_are_forgotten() -> None:
    pace = Pace(Limits(text=100, per_second=1e6, per_address=1, burst=3))
    for number in range(20 * CROWD):
        assert pace.wait_for(number, number / 100) == 0  # each is full again a second later
    assert len(pace._each) <= 2 * CROWD
    for key in range(100):
        pace.slow(key, 5, now=key * WITHIN)
    assert pace.waiting(100 * WITHIN).keys() == {98, 99}
