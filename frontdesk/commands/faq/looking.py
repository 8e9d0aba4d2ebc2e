"""`frontdesk faq list` and `show`: the entries as they stand."""

from typing import Annotated

import typer
from rich.table import Table

from core import faq
from core.faq_file import Entry
from frontdesk.commands.faq.opening import open_faq
from frontdesk.commands.outcome import (
    Json,
    explained,
    fail,
    look,
    name_column,
    printable,
    show_json,
    show_table,
)


def list_(
    topic: Annotated[str, typer.Option(metavar="TOPIC", help="Only entries of this one.")] = "",
    json: Json = False,
) -> None:
    """Show the entries: their names, questions and languages."""
    with explained():
        settings, pack = open_faq()
        entries = look(settings, faq.export_entries)
        shown = [one for one in entries if topic in ("", one.topic)]
        if json:
            show_json([one.model_dump(mode="json", by_alias=True) for one in shown])
        elif shown:
            show_entries(shown, pack.fallback_language)
        else:
            typer.echo("No entries.")


def show_entries(entries: list[Entry], fallback: str) -> None:
    table = Table(name_column("Entry"), "Topic", "Question", name_column("Phrasings"), box=None)
    for one in entries:
        text = one.texts[faq.choose(one.texts, fallback, fallback)]
        count = " ".join(f"{tag}:{len(each.phrasings)}" for tag, each in one.texts.items())
        table.add_row(*map(printable, (one.id, one.topic, text.question, count)))
    show_table(table)


def show(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Its name.")], json: Json = False
) -> None:
    """Show an entry whole: its answers, and how people ask for it."""
    with explained():
        settings, _ = open_faq()
        entries = look(settings, faq.export_entries)
        found = next((one for one in entries if one.id == entry), None)
        if found is None:
            fail(f"There is no entry {entry}. `frontdesk faq list` shows them.")
        if json:
            show_json(found.model_dump(mode="json", by_alias=True))
            return
        typer.echo(f"{found.id}  (topic {found.topic}; for {', '.join(found.audiences)})")
        for language, text in found.texts.items():
            typer.echo(f"\n[{language}] {text.question}\n{text.answer}\n")
            for phrasing in text.phrasings:
                typer.echo(f"  - {printable(phrasing)}")
