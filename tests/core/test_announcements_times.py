"""When news goes out, as people write it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.announcements.times import NoTime, NoZone, Past, Skipped, quiet_until, read_time

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12:00", datetime(2026, 11, 22, 11, 0, tzinfo=UTC)),
        ("11:00", datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),
        ("2026-12-01 18:00", datetime(2026, 12, 1, 17, 0, tzinfo=UTC)),
        ("2026-12-01T18:00 UTC", datetime(2026, 12, 1, 18, 0, tzinfo=UTC)),
        ("2026-12-01 18:00 America/New_York", datetime(2026, 12, 1, 23, 0, tzinfo=UTC)),
        ("2026-12-01 18:00+05:30", datetime(2026, 12, 1, 12, 30, tzinfo=UTC)),
        ("2027-10-31 02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_times_are_read(written: str, meant: datetime) -> None:
    assert read_time(written, BERLIN, NOW) == meant


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("", NoTime),
        ("soon", NoTime),
        ("25:00", NoTime),
        ("2026-02-30 10:00", NoTime),
        ("٢٥:٠٠", NoTime),
        ("2026-11-22 10:00", Past),
        ("2027-03-28 02:30", Skipped),
        ("18:00 Mars/City", NoZone),
        ("18:00 ../../etc/passwd", NoZone),
        ("18:00 +99:00", NoZone),
    ],
)
def test_what_is_no_time_to_come_is_refused(written: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_time(written, BERLIN, NOW)


@pytest.mark.parametrize(
    ("since", "until", "end"),
    [
        (22, 8, None),
        (10, 12, datetime(2026, 11, 22, 11, 0, tzinfo=UTC)),
        (11, 12, datetime(2026, 11, 22, 11, 0, tzinfo=UTC)),
        (10, 11, None),
        (11, 8, datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
        (8, 0, datetime(2026, 11, 22, 23, 0, tzinfo=UTC)),
        (8, 8, None),
    ],
)
def test_quiet_hours_end(since: int, until: int, end: datetime | None) -> None:
    assert quiet_until(since, until, BERLIN, NOW) == end
