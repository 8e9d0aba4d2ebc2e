"""`frontdesk faq import` and `export`: bring the FAQ in, take it out."""

from pathlib import Path
from typing import Annotated

import typer

from core import faq
from core.faq_file import read_entries, write_entries
from frontdesk.commands.faq.opening import open_faq, read_desk
from frontdesk.commands.outcome import explained, fail, look, with_session

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A .yaml or .json file in the pack's format.")
]


def import_(
    file: File,
    add: Annotated[
        bool, typer.Option("--add", help="Keep the entries that are not in FILE.")
    ] = False,
) -> None:
    """Make the FAQ what FILE says. A file with any fault is refused whole."""
    with explained():
        settings, pack = open_faq() if add else read_desk()
        entries = read_entries(file, pack)
        change = with_session(
            settings, lambda session: faq.import_entries(session, entries, replace=not add)
        )
        typer.echo(
            f"{change.added} added, {change.changed} changed, {change.removed} removed, "
            f"{change.same} as before. A running desk answers with it within a second or two."
        )


def export(file: File) -> None:
    """Write the FAQ as it stands to FILE."""
    if file.suffix.lower() not in (".yaml", ".yml", ".json"):
        fail(f"{file}: the name must end in .yaml, .yml or .json")
    with explained():
        settings, _ = open_faq()
        entries = look(settings, faq.export_entries)
        write_entries(entries, file)
        typer.echo(f"{len(entries)} entries written to {file}.")
