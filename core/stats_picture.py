"""A week as a picture: drawn when it is sent, from what its name says, so that no file is kept."""

import json
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # loaded with the first picture: 70 ms and five megabytes
    from PIL import ImageDraw, ImageFont


SCHEME = "week:"
"""What the name of such a picture begins with."""
LARGEST = 100_000
"""Bytes that none of them passes."""
WIDTH, HEIGHT, EDGE = 1080, 810, 48
TOP, GROUND = 230, 610
BAR, GAP, LEAST = 46, 8, 6
PAPER, INK, GREY, LINE = "#ffffff", "#1c2430", "#667085", "#d8dde6"
OPENED, SOLVED = "#2f6fde", "#1f9d6b"
HUGE, LARGE, SMALL = 48, 35, 30
UNKNOWN = "\uffff"


class DayShown(NamedTuple):
    """`wait` is written out; empty when nothing was answered."""

    label: str
    opened: int
    solved: int
    wait: str


class WeekShown(NamedTuple):
    """All words are in the reader's language."""

    title: str
    opened: str
    solved: str
    wait: str
    days: list[DayShown]


def to_name(week: WeekShown) -> str:
    return SCHEME + json.dumps(week, ensure_ascii=False)


def from_name(name: str) -> WeekShown:
    title, opened, solved, wait, days = json.loads(name.removeprefix(SCHEME))
    return WeekShown(title, opened, solved, wait, [DayShown(*day) for day in days])


def can_write(week: WeekShown) -> bool:
    """Whether the font knows all letters: Latin, Greek and Cyrillic ones it does."""
    words = [*week[:4], *(word for day in week.days for word in (day.label, day.wait))]
    sample = font(SMALL)
    unknown = bytes(sample.getmask(UNKNOWN))
    return all(bytes(sample.getmask(one)) != unknown for one in set("".join(words)))


def draw(week: WeekShown) -> bytes:
    """A PNG."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((EDGE, EDGE), week.title, INK, font(HUGE), "lt")
    draw_legend(pen, week)
    pen.line((EDGE, GROUND, WIDTH - EDGE, GROUND), LINE, 3)
    pen.text((EDGE, GROUND + 92), week.wait, GREY, font(SMALL), "lt")
    most = max([1, *(max(day.opened, day.solved) for day in week.days)])
    column = (WIDTH - 2 * EDGE) / len(week.days)
    for number, day in enumerate(week.days):
        draw_day(pen, day, EDGE + (number + 0.5) * column, most)
    written = BytesIO()
    picture.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def draw_legend(pen: "ImageDraw.ImageDraw", week: WeekShown) -> None:
    left = float(EDGE)
    for words, colour in ((week.opened, OPENED), (week.solved, SOLVED)):
        pen.rounded_rectangle((left, 124, left + 30, 154), 6, colour)
        pen.text((left + 44, 139), words, INK, font(LARGE), "lm")
        left += 44 + pen.textlength(words, font(LARGE)) + 56


def draw_day(pen: "ImageDraw.ImageDraw", day: DayShown, middle: float, most: int) -> None:
    for left, count, colour in (
        (middle - GAP / 2 - BAR, day.opened, OPENED),
        (middle + GAP / 2, day.solved, SOLVED),
    ):
        height = max((GROUND - TOP) * count / most, LEAST) if count else 0
        top = GROUND - height
        if count:
            corners = (True, True, False, False)
            box = (left, top, left + BAR, GROUND)
            pen.rounded_rectangle(box, min(8, height / 2), colour, corners=corners)
        pen.text((left + BAR / 2, top - 10), str(count), INK if count else GREY, font(SMALL), "mb")
    pen.text((middle, GROUND + 18), day.label, INK, font(LARGE), "mt")
    pen.text((middle, GROUND + 160), day.wait or "–", INK, font(SMALL), "ms")


@cache
def font(size: int) -> "ImageFont.FreeTypeFont":
    """Pillow's own knows ASCII alone."""
    from font_source_sans_pro import SourceSansPro
    from PIL import ImageFont

    return ImageFont.truetype(SourceSansPro, size)
