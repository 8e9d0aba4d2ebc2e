"""`frontdesk faq eval`: how good the answers are, on questions whose entries are known."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from core import asked, evaluation, faq
from core.cases import read_cases
from core.evaluation import Report
from frontdesk.commands.faq.matching import build_matcher
from frontdesk.commands.faq.opening import open_faq
from frontdesk.commands.faq.picture import draw, thin
from frontdesk.commands.outcome import (
    Json,
    explained,
    fail,
    look,
    name_column,
    printable,
    progress,
    show_json,
    show_table,
)

WORST = 10


def evaluate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Questions with the entry that answers each, or none: CSV or TSV with the columns "
            "question and entry (and language, audience), YAML, JSON, or JSON lines.",
        ),
    ],
    plot: Annotated[
        Path | None, typer.Option(metavar="PICTURE.svg", help="Draw how far to trust it.")
    ] = None,
    json: Json = False,
) -> None:
    """Ask the FAQ all questions of FILE, and count what is right.

    Nothing is changed, and nothing is remembered.
    """
    if plot and plot.suffix.lower() != ".svg":
        fail(f"{plot}: the name must end in .svg, which every browser shows")
    with explained():
        settings, pack = open_faq()
        questions = look(settings, faq.questions)
        sides = [one.id for one in pack.audiences]
        cases = read_cases(file, {one.entry for one in questions}, sides)
        matcher = build_matcher(settings, questions)
        matcher.calibrate(look(settings, asked.outcomes))
        with progress("Learning all that there is time for"):
            matcher.refine()
        with progress(f"Asking {len(cases)} questions"):
            found = matcher.match_many(
                [(one.question, one.language or None, one.audience or None) for one in cases]
            )
        report = evaluation.evaluate(cases, found)
        if plot:
            plot.write_text(draw(report), encoding="utf-8")
        if json:
            show_json(as_data(report))
        else:
            show(report)


def as_data(report: Report) -> dict[str, Any]:
    """What could not be counted is null."""
    figures = asdict(report) | {"curve": thin(report.curve, 100)}
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in figures.items()
    }


def show(report: Report) -> None:
    lines: dict[str, float | None] = {
        f"{report.with_entry} questions with an entry": None,
        "  the right one came first": report.accuracy,
        "  it was among the best five": report.recall,
        "  turned away although there is an answer": report.turned_away,
        f"{report.cases - report.with_entry} questions without one": None,
        "  rightly turned away": report.rejected,
        "All together": None,
        "  answered at once": report.answered,
        "  of these, rightly": report.precision,
        "  suggestions shown": report.suggested,
        "  mean error of the confidence": report.calibration_error,
    }
    for label, value in lines.items():
        typer.echo(label if value is None else f"{label:44}{percent(value):>7}")
    table = Table("Confidence", "Right", "Questions", box=None)
    for one in report.bins:
        table.add_row(percent(one.stated), percent(one.right), str(one.count))
    typer.echo("\nHow far to trust it:")
    show_table(table)
    show_confusions(report)


def show_confusions(report: Report) -> None:
    if not report.confusions:
        typer.echo("\nNothing was confused.")
        return
    table = Table("Times", name_column("Should be"), name_column("Was"), "Example", box=None)
    for one in report.confusions[:WORST]:
        cells = (str(one.count), one.expected or "–", one.found or "turned away", one.example[:70])
        table.add_row(*map(printable, cells))
    typer.echo("\nConfused most often:")
    show_table(table)


def percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"
