"""How the desk does: counted right, and drawn so that it can be read."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import Session, select

from core import stats
from core.models import Asked, Contact, Heard, Place, Ticket, row_id
from core.settings import Settings
from core.stats_picture import (
    LARGEST,
    OPENED,
    SCHEME,
    DayShown,
    WeekShown,
    can_write,
    draw,
    from_name,
    to_name,
)
from tests.conftest import Clock
from tests.dialogs.staffdesk import hired, sam
from tests.dialogs.talk import PACK, Talk, opened
from tests.fakes.memory import FAST

__all__ = ["sam"]
MINUTES = (10, 20, 30, 40, 50, 60, 70, 80, 90, 1000)
"""Before the first answers of today's tickets."""


def fill(session: Session, now: datetime) -> None:
    """Ten tickets of today, one of yesterday, one of eight days ago, one of tomorrow."""
    contact = row_id(session.exec(select(Contact.id)).first())
    days = [*((0, wait) for wait in MINUTES), (1, 5), (8, 7), (-1, 9)]
    for number, (back, wait) in enumerate(days):
        at = now - timedelta(days=back)
        session.add(Ticket(
            contact_id=contact, subject="a", audience="viewer", description="b", language="de",
            created_at=at, due_at=at, answered_at=at + timedelta(minutes=wait),
            solved_at=at if number % 2 else None, rating=(4, 5)[number // 2] if number in (1, 3)
            else None,
        ))  # fmt: skip
    place = row_id(session.exec(select(Place.id)).first())
    for number, outcome in enumerate(("", "helped", "ticket", "", "letter")):
        heard = Heard(platform="x", account="y", event=f"stat{number}", kind="message", at=now,
                      received_at=now)  # fmt: skip
        session.add(heard)
        session.flush()
        session.add(Asked(id=row_id(heard.id), address_id=place, at=now, text="a", language="de",
                          audience="", verdict="", outcome=outcome))  # fmt: skip


async def test_figures_are_counted_by_the_day_of_the_desks_zone(talk: Talk, sam: Talk) -> None:
    zone = talk.room.pack.zone
    now = talk.clock.now
    store = talk.room.parts.store
    await store.write(lambda session: fill(session, now))
    days = stats.last_days(now.astimezone(zone).date(), zone)
    _, since, until = days[-1]
    assert (since.hour, since.tzinfo) == (0, zone)
    today = await store.read(lambda session: stats.figures(session, since, until))
    assert (today.opened, today.solved) == (10, 5)
    assert today.median == pytest.approx(50 * 60, abs=0.1)
    assert today.most == pytest.approx(90 * 60, abs=0.1)
    assert (today.asked, today.deflected) == (5, 3)
    assert (today.ratings, today.stars) == (2, 4.5)
    week = await store.read(lambda session: stats.by_day(session, days))
    assert [(one.opened, one.solved) for one in week] == [(0, 0)] * 5 + [(1, 0), (10, 5)]
    assert week[-2].median == pytest.approx(5 * 60, abs=0.1)
    assert week[0].median is None


async def test_midnight_divides_the_days_also_when_clocks_change(talk: Talk) -> None:
    zone = talk.room.pack.zone
    days = stats.last_days(datetime(2026, 10, 27, tzinfo=zone).date(), zone)
    assert all(until == since for (*_, until), (_, since, _) in pairwise(days))
    assert all((since.hour, until.hour) == (0, 0) for _, since, until in days)


async def test_staff_see_words_and_a_picture_of_the_week(talk: Talk, sam: Talk) -> None:
    await talk.room.parts.store.write(lambda session: fill(session, talk.clock.now))
    await sam.says("/stats")
    shown = sam.last
    today, week = shown.text.split("\n\n")
    assert today.startswith(
        "Today\nOpened: 10\nSolved: 5\nFirst answer: 0:50 h, nine of ten within"
    )
    assert "Questions: 5, of which 60 % became no ticket" in today
    assert "Rating: 4.5 of 5 (2)" in today
    assert week.startswith("Last 7 days\nOpened: 11")
    assert shown.file
    assert (shown.file.name, shown.file.media_type) == ("week.png", "image/png")
    with Image.open(BytesIO(shown.file.data)) as picture:
        assert picture.format == "PNG"
        assert picture.width >= 1000


async def test_a_day_on_which_nothing_happened_has_no_shares(sam: Talk) -> None:
    await sam.says("/stats")
    assert sam.last.text.split("\n\n")[0] == "Today\nOpened: 0\nSolved: 0"


async def test_where_no_file_can_go_the_week_is_told_in_words(tmp_path: Path, clock: Clock) -> None:
    settings = Settings(data=tmp_path, pack=PACK)
    async for talk in opened(settings, clock, replace(FAST, file_out=0)):
        one = await hired(talk, "sam")
        await one.says("/stats")
        days = one.last.text.split("\n\n")[-1].splitlines()
        assert len(days) == 7
        assert days[-1] == "Sun 22: 0 opened, 0 solved, first answer –"
        assert one.last.file is None


WEEK = WeekShown("Letzte 7 Tage", "Größe", "Gelöst", "Erste Antwort", [
    DayShown(f"Mo. {day}", 10 ** day, day, "12:30 Std." if day else "") for day in range(7)
])  # fmt: skip


def test_a_picture_is_what_its_name_says_each_time_and_small() -> None:
    name = to_name(WEEK)
    assert name.startswith(SCHEME)
    assert from_name(name) == WEEK
    assert draw(WEEK) == draw(from_name(name))
    assert len(draw(WEEK)) < LARGEST // 2


def test_a_bar_is_as_high_as_its_number() -> None:
    def blue(opened: int) -> int:
        days = [DayShown("Mo", opened, 0, ""), *[DayShown("Di", 0, 10, "")] * 6]
        with Image.open(BytesIO(draw(WEEK._replace(days=days)))) as picture:
            colours = picture.convert("RGB").getcolors(2**20) or []
        wanted = tuple(bytes.fromhex(OPENED[1:]))
        return sum(count for count, colour in colours if colour == wanted)

    legend = blue(0)
    assert blue(10) - legend == pytest.approx(2 * (blue(5) - legend), rel=0.03)


@pytest.mark.parametrize(("word", "known"), [("Größe", True), ("Έγκυρα", True), ("週", False)])
def test_a_language_that_cannot_be_drawn_is_known(word: str, *, known: bool) -> None:
    assert can_write(WEEK._replace(opened=word)) is known
