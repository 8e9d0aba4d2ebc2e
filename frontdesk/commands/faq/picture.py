"""A picture of a report: how sure the desk was against how often it was right, and what answering
more costs. SVG, which every browser shows.
"""

from collections.abc import Sequence

from core.evaluation import Report

SIDE, MARGIN, GAP = 300, 60, 80
WIDTH, HEIGHT = 2 * (SIDE + MARGIN) + GAP, SIDE + 2 * MARGIN + 10
INK, GRID, FIRST, SECOND = "#222", "#ddd", "#1f6fb2", "#c2571a"
Point = tuple[float, float]


def draw(report: Report) -> str:
    """Both axes of both panels run from 0 to 100 %."""
    trust = [(one.stated, one.right) for one in report.bins]
    most = max((one.count for one in report.bins), default=1)
    dots = [
        dot(point, 3 + 9 * (one.count / most) ** 0.5, FIRST, f"{one.count} questions")
        for point, one in zip(trust, report.bins, strict=True)
    ]
    ours = dot((report.answered, report.precision), 5, INK, "as it is set now")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="{INK}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        + panel(MARGIN, "How far to trust the confidence", "confidence in %", "right in %",
                line([(0, 0), (1, 1)], GRID), line(trust, FIRST), *dots,
                note("on the grey line it is as often right as it says"))
        + panel(MARGIN + SIDE + GAP, "What answering more costs", "answered at once in %",
                "right of these in %", line(thin(report.curve), SECOND),
                ours if report.answered else "", note("the black dot: as it is set now"))
        + "</svg>\n"
    )  # fmt: skip


def panel(left: float, title: str, across: str, up: str, *drawn: str) -> str:
    marks = []
    for step in range(0, 101, 20):
        place = SIDE * step / 100
        marks.append(
            f'<path d="M{place} 0V{SIDE}M0 {SIDE - place}H{SIDE}" stroke="{GRID}" fill="none"/>'
            f'<text x="{place}" y="{SIDE + 18}" text-anchor="middle">{step}</text>'
            f'<text x="-8" y="{SIDE - place + 4}" text-anchor="end">{step}</text>'
        )
    return (
        f'<g transform="translate({left} {MARGIN})">{"".join(marks)}'
        f'<text x="{SIDE / 2}" y="-16" text-anchor="middle" font-weight="bold">{title}</text>'
        f'<text x="{SIDE / 2}" y="{SIDE + 38}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(-38 {SIDE / 2}) rotate(-90)" text-anchor="middle">{up}</text>'
        f"{''.join(drawn)}</g>"
    )


def line(points: Sequence[Point], colour: str) -> str:
    path = " ".join(f"{SIDE * x:.1f},{SIDE * (1 - y):.1f}" for x, y in points)
    return f'<polyline points="{path}" stroke="{colour}" stroke-width="2" fill="none"/>'


def dot(point: Point, radius: float, colour: str, says: str) -> str:
    x, y = SIDE * point[0], SIDE * (1 - point[1])
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.8">'
        f"<title>{says}</title></circle>"
    )


def note(words: str) -> str:
    return f'<text x="{SIDE / 2}" y="{SIDE + 56}" text-anchor="middle" fill="#777">{words}</text>'


def thin(points: Sequence[Point], most: int = 300) -> Sequence[Point]:
    """So many of them, about, that the eye sees all; the last is one."""
    return [*points[: -1 : max(1, len(points) // most)], *points[-1:]]
