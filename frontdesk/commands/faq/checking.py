"""`frontdesk faq check`: what is wrong with a file, and what could be better in an FAQ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from core import faq
from core.faq_file import Entry, read_entries, wordings_of
from core.faq_matcher import Guess, Question
from core.pack import Pack, read_pack
from core.settings import read_settings
from frontdesk.commands.faq.matching import build_matcher
from frontdesk.commands.outcome import (
    Json,
    explained,
    printable,
    show_json,
    show_table,
    with_session,
)

FEW = 3
"""Phrasings of a language below which an entry is hard to find: to get there is worth more than any
other step.
"""
SHOWN = 15
TITLES = {
    "stolen": "Entries that take each other's questions; make them one, or tell them apart",
    "nearer": "Phrasings that are nearer to another entry than to the rest of their own",
    "phrasings": f"Fewer than {FEW} phrasings; add what people really write",
    "language": "A language is missing; its people get an answer in another one",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that could be better. `kind` is one of `TITLES`."""

    kind: str
    entry: str
    says: str
    example: str = ""


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
    """Say what is wrong with FILE (line, field, reason), or what could be better in the FAQ.

    Nothing is changed.
    """
    with explained():
        settings = read_settings()
        pack = read_pack(settings.pack)
        entries = read_entries(file, pack) if file else with_session(settings, faq.export_entries)
        guesses = build_matcher(settings, questions_of(entries)).leave_out()
        advice = [*stolen(guesses), *lacking(entries, pack)]
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


def lacking(entries: Sequence[Entry], pack: Pack) -> Iterator[Advice]:
    for one in entries:
        for language in pack.languages:
            text = one.texts.get(language)
            if text is None:
                yield Advice("language", one.id, f"has no answer in {language}")
            elif len(text.phrasings) < FEW:
                yield Advice("phrasings", one.id, f"{len(text.phrasings)} in {language}")


def stolen(guesses: Sequence[Guess]) -> list[Advice]:
    """Wordings that would find another entry, had they not been entered; first those of entries
    that do so to each other.
    """
    wrong = [one for one in guesses if one.entry != one.question.entry and one.confidence > one.own]
    ways = Counter((one.question.entry, one.entry) for one in wrong)
    advice = [
        (ways[way] + ways[way[::-1]] if ways[way[::-1]] else 0, sorted(way), one)
        for one in wrong
        if (way := (one.question.entry, one.entry))
    ]
    advice.sort(key=lambda row: (-row[0], row[1], -row[2].confidence))
    return [
        Advice(
            "stolen" if both else "nearer",
            one.question.entry,
            f"found as {one.entry} ({one.confidence:.0%})",
            one.question.text,
        )
        for both, _, one in advice
    ]


def show(name: str, entries: Sequence[Entry], advice: Sequence[Advice]) -> None:
    phrasings = sum(len(text.phrasings) for one in entries for text in one.texts.values())
    typer.echo(f"{name} is good: {len(entries)} entries, {phrasings} phrasings.")
    for kind, title in TITLES.items():
        some = [one for one in advice if one.kind == kind]
        if not some:
            continue
        table = Table(box=None, show_header=False)
        for one in some[:SHOWN]:
            table.add_row(*map(printable, (one.entry, one.says, one.example)))
        more = f", {SHOWN} of them here; --json shows all" if len(some) > SHOWN else ""
        typer.echo(f"\n{title} ({len(some)}{more}):")
        show_table(table)
