"""When news is to be published, as people write it. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

WRITTEN = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2}):(\d{2})(?:\s*(\S+))?", re.ASCII
)
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII | re.IGNORECASE)


class NoTime(ValueError):
    """It cannot be read."""


class Past(ValueError):
    """It is over."""


class Skipped(ValueError):
    """Clocks are put forward over it: it does not exist there."""


class NoZone(ValueError):
    """Nobody knows a zone of that name."""


def read_time(written: str, zone: tzinfo, now: datetime) -> datetime:
    """`18:00`, `2026-12-01 18:00`, each with a zone behind it or in `zone`; a time without a day is
    the next one. Of a time that comes twice it is the first. Raises `NoTime`, `NoZone`, `Skipped`,
    `Past`.
    """
    found = WRITTEN.fullmatch(written.strip())
    if found is None:
        raise NoTime(written)
    place = read_zone(found[6]) if found[6] else zone
    try:
        at = time(int(found[4]), int(found[5]))
        day = date(int(found[1]), int(found[2]), int(found[3])) if found[1] else None
    except ValueError:
        raise NoTime(written) from None
    if day is None:
        today = now.astimezone(place).date()
        soonest = datetime.combine(today, at, place)
        day = today if soonest > now else today + timedelta(days=1)
    local = datetime.combine(day, at, place)
    moment = local.astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Skipped(written)
    if moment <= now:
        raise Past(written)
    return moment


def read_zone(name: str) -> tzinfo:
    """`Europe/Berlin`, `UTC`, `Z`, `+02:00`. Raises `NoZone`."""
    if name.upper() in ("UTC", "GMT", "Z"):
        return UTC
    if found := OFFSET.fullmatch(name):
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if ahead >= timedelta(hours=24):
            raise NoZone(name)
        return timezone(ahead if found[1] == "+" else -ahead)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        raise NoZone(name) from None
    except KeyError:
        raise NoZone(name) from None


def quiet_until(since: int, until: int, zone: tzinfo, now: datetime) -> datetime | None:
    """When the quiet hours that run now are over; None outside them."""
    local = now.astimezone(zone)
    inside = since <= local.hour < until if since < until else not until <= local.hour < since
    if since == until or not inside:
        return None
    end = local.replace(hour=until % 24, minute=0, second=0, microsecond=0)
    if end <= local:
        end = datetime.combine(local.date() + timedelta(days=1), time(until % 24), zone)
    return end.astimezone(UTC)
