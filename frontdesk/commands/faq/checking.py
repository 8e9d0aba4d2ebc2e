"""`frontdesk faq check`: what is wrong with a file, and what could be better in an FAQ."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core import faq
from core.advice import FEW, Advice, Kind, advise
from core.faq_file import Entry, read_entries, wordings_of
from core.faq_matcher import Question
from frontdesk.commands.faq.matching import build_matcher
from frontdesk.commands.faq.opening import open_faq, read_desk
from frontdesk.commands.outcome import Json, explained, look, printable, progress, show_json

SHOWN = 10
TITLES: dict[Kind, str] = {
    "stolen": "Entries that take each other's questions: make them one, or tell them apart",
    "nearer": "Phrasings that are nearer to another entry than to the rest of their own",
    "phrasings": f"Fewer than {FEW} phrasings: add what people really write",
    "language": "Not in every language: its people get the answer in another one",
}


def check(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A file in the pack's format. Without: the FAQ."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with an error when there is advice.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what is wrong, and what could be better, in FILE.

    A fault is told with line, field and reason. Without FILE: the FAQ as it stands. Nothing is
    changed.
    """
    with explained():
        settings, pack = read_desk() if file else open_faq()
        entries = read_entries(file, pack) if file else look(settings, faq.export_entries)
        matcher = build_matcher(settings, questions_of(entries))
        with progress("Leaving out each phrasing"):
            guesses = matcher.leave_out()
        advice = advise(entries, pack.languages, guesses, settings.faq.suggest)
        if json:
            show_json([asdict(one) for one in advice])
        else:
            show(str(file) if file else "The FAQ", entries, advice)
    if strict and advice:
        raise typer.Exit(1)


def questions_of(entries: Sequence[Entry]) -> list[Question]:
    sides = {one.id: one.audiences for one in entries}
    return [
        Question(str(one.entry), one.text, one.language, sides[str(one.entry)])
        for one in wordings_of(entries)
    ]


def show(name: str, entries: Sequence[Entry], advice: Sequence[Advice]) -> None:
    phrasings = sum(len(text.phrasings) for one in entries for text in one.texts.values())
    typer.echo(f"{name} is good: {len(entries)} entries, {phrasings} phrasings.")
    for kind, title in TITLES.items():
        some = [one for one in advice if one.kind == kind]
        if some:
            more = f"; the first {SHOWN}, --json shows all" if len(some) > SHOWN else ""
            typer.echo(f"\n{title} ({len(some)}{more})")
        for one in some[:SHOWN]:
            for line in lines(one):
                typer.echo(f"  {printable(line)}")


def lines(one: Advice) -> Iterator[str]:
    match one.kind:
        case "stolen":
            yield f"{one.entry} and {one.other}: {one.count} phrasings, such as"
            for entry in (one.entry, one.other):
                text = next(each.text for each in one.examples if each.entry == entry)
                yield f"    “{text}” of {entry}"
        case "nearer":
            (each,) = one.examples
            yield f"“{each.text}” of {one.entry}: would find {one.other} ({each.confidence:.0%})"
        case "phrasings":
            yield f"{one.entry}: {one.count} in {one.language}"
        case "language":
            yield f"{one.entry}: nothing in {one.language}"
