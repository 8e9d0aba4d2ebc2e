"""`frontdesk announcements`: what was published, and what became of it."""

import csv
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlmodel import Session

from core.announcements import drafts
from core.announcements.figures import delivered, figures, in_public, reasons
from core.announcements.wording import texts_of
from core.models import Announcement, NewsState
from core.settings import read_settings
from frontdesk.commands.outcome import (
    Json,
    explained,
    fail,
    look,
    printable,
    show_json,
    show_table,
)

cli = typer.Typer(help="Platform news that was written or published.", no_args_is_help=True)


@cli.command("list")
def list_(
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """Show what was written, the newest first."""
    with explained():
        rows = look(
            read_settings(),
            lambda session: [summary(session, one) for one in drafts.newest(session, limit)],
        )
    if json:
        show_json(rows)
    elif rows:
        table = Table("News", "State", "Sent", "Blocked", "Failed", "Unknown", "Left", box=None)
        for row in rows:
            shown = ("number", "state", "sent", "blocked", "failed", "unknown", "left")
            table.add_row(*(str(row[name]) for name in shown))
        show_table(table)
    else:
        typer.echo("Nothing.")


@cli.command()
def show(
    number: Annotated[int, typer.Argument(metavar="N", help="Its number.")],
    json: Json = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="A line for each message to each address.")
    ] = False,
) -> None:
    """Show what became of it, with reasons."""
    with explained():
        settings = read_settings()
        if as_csv:
            rows = look(settings, lambda session: delivered(session, find(session, number)))
            writer = csv.writer(sys.stdout)
            writer.writerow(["platform", "chat", "part", "state", "reason", "sent_at"])
            writer.writerows(
                [one.platform, safe(one.chat), one.part, one.state, safe(one.reason),
                 one.sent_at.isoformat() if one.sent_at else ""]
                for one in rows
            )  # fmt: skip
            return
        told = look(settings, lambda session: full(session, find(session, number)))
    if json:
        show_json(told)
    else:
        for name, value in told.items():
            typer.echo(printable(f"{name}: {value if value not in (None, '', [], {}) else '-'}"))


def safe(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "@", "\t")) else cell


def find(session: Session, number: int) -> Announcement:
    news = session.get(Announcement, number)
    if news is None:
        fail(f"There is no news {number}.")
    return news


def summary(session: Session, news: Announcement) -> dict[str, Any]:
    counted = asdict(figures(session, news))
    return {
        "number": news.id,
        "state": NewsState(news.state).value,
        "published_at": news.published_at,
        "ended_at": news.ended_at,
        **{name: counted[name] for name in
           ("sent", "blocked", "failed", "unknown", "left", "ended")},
    }  # fmt: skip


def full(session: Session, news: Announcement) -> dict[str, Any]:
    return {
        **summary(session, news),
        "at": news.at,
        "sides": news.sides,
        "languages": news.languages,
        "platforms": news.platforms,
        "topic": news.topic,
        "public": in_public(session, news),
        "reasons": reasons(session, news),
        "texts": {
            tag: "\n".join(filter(None, (text.title, text.text)))
            for tag, text in texts_of(session, news).items()
        },
    }
