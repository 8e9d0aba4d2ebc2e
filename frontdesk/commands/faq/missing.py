"""`frontdesk faq gaps`: what people asked and the FAQ did not answer."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer
from rich.table import Table

from core import faq, gaps
from core.encoders import without_english
from core.faq_matcher import Found
from core.gaps import Gap
from core.settings import Settings
from frontdesk.commands.faq.matching import build_matcher, encoder_of
from frontdesk.commands.faq.opening import Since, moment, open_faq
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

EXAMPLES = 3
WHAT_NEXT = """
`frontdesk faq gaps GROUP` shows a group whole, `frontdesk faq learn GROUP ENTRY` teaches it to an
entry, `frontdesk faq add` makes a new one, `frontdesk faq dismiss GROUP` takes it off this list."""


def show_gaps(
    group: Annotated[
        int | None, typer.Argument(metavar="[GROUP]", help="Show this one whole.")
    ] = None,
    since: Since = "30d",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """Show what people asked and got no good answer to.

    Questions that mean the same are one group; the biggest groups come first.
    """
    with explained():
        settings, _ = open_faq()
        found = read_gaps(settings, since) if group is None else [find_gap(settings, group, since)]
        shown = found[:limit]
        nearest = near(settings, shown)
        if json:
            show_json([as_data(gap, one) for gap, one in zip(shown, nearest, strict=True)])
        elif group is not None:
            show_whole(shown[0], nearest[0])
        elif shown:
            show_all(shown, nearest, len(found))
        else:
            typer.echo(f"Nothing was left unanswered (since {since}).")


def read_gaps(settings: Settings, since: str) -> list[Gap]:
    asked = look(settings, partial(gaps.unanswered, since=moment(since)))
    if not asked:
        return []
    with progress(f"Comparing {len(asked)} questions"):
        return gaps.group(asked, without_english(encoder_of(settings)))


def find_gap(settings: Settings, number: int, since: str) -> Gap:
    found = next((gap for gap in read_gaps(settings, since) if number in gap.ids), None)
    if found is None:
        fail(f"There is no group {number} (since {since}). `frontdesk faq gaps` shows them.")
    return found


def near(settings: Settings, shown: list[Gap]) -> list[Found]:
    """What the FAQ as it stands makes of each group."""
    if not shown:
        return []
    matcher = build_matcher(settings, look(settings, faq.questions))
    return matcher.match_many(
        [(gap.wordings[0].text, gap.wordings[0].language, None) for gap in shown]
    )


def show_all(shown: list[Gap], nearest: list[Found], count: int) -> None:
    table = Table("Group", "Times", "Languages", "Asked", name_column("Nearest entry"), box=None)
    for gap, found in zip(shown, nearest, strict=True):
        examples = [printable(one.text)[:80] for one in gap.wordings[:EXAMPLES]]
        if len(gap.wordings) > EXAMPLES:
            examples.append(f"… and {len(gap.wordings) - EXAMPLES} more")
        cells = (str(gap.number), str(gap.count), " ".join(gap.languages), "\n".join(examples))
        table.add_row(*cells, in_words(found))
    show_table(table)
    if count > len(shown):
        typer.echo(f"… and {count - len(shown)} more groups; --limit shows more.")
    typer.echo(WHAT_NEXT)


def in_words(found: Found) -> str:
    if not found.matches:
        return ""
    best = found.matches[0]
    how = "answers by now" if found.verdict == "answer" else sure(best.confidence)
    return f"{best.entry} ({how})"


def sure(confidence: float) -> str:
    return f"{confidence:.0%}"


def show_whole(gap: Gap, found: Found) -> None:
    table = Table("Example", "Times", "Language", "Asked", box=None)
    for number, one in enumerate(gap.wordings, 1):
        table.add_row(str(number), str(one.count), one.language, printable(one.text))
    show_table(table)
    near = ", ".join(f"{match.entry} ({sure(match.confidence)})" for match in found.matches)
    typer.echo(f"\nNearest entries: {near or 'none'}")


def as_data(gap: Gap, found: Found) -> dict[str, Any]:
    return {
        "group": gap.number,
        "count": gap.count,
        "languages": gap.languages,
        "wordings": [asdict(one) for one in gap.wordings],
        "nearest": [
            {"entry": one.entry, "confidence": round(one.confidence, 3)} for one in found.matches
        ],
        "answered_now": found.verdict == "answer",
    }
