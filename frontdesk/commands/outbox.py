"""`frontdesk outbox`: what is on its way, what failed, and trying it again."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from core import outbox
from core.models import SendState
from core.settings import read_settings
from frontdesk.app import now
from frontdesk.commands.outcome import (
    Json,
    explained,
    printable,
    show_json,
    show_table,
    with_session,
)

cli = typer.Typer(help="What the desk sends.", no_args_is_help=True)
STUCK = (SendState.FAILED, SendState.UNKNOWN)


@cli.command("list")
def list_(
    state: Annotated[
        list[SendState] | None,
        typer.Option(metavar="STATE", help=f"One of {', '.join(SendState)}; repeat it for more."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """Show what failed, or is in the states asked for.

    Without --state: failed, and unknown, where no answer told whether it arrived.
    """
    with explained():
        rows = with_session(
            read_settings(), lambda session: outbox.list_rows(session, state or STUCK, limit)
        )
        if json:
            show_json([asdict(row) for row in rows])
        elif rows:
            show_rows(rows)
        else:
            typer.echo("Nothing.")


def show_rows(rows: list[outbox.Listed]) -> None:
    table = Table("Id", "Platform", "Chat", "State", "Tries", "Reason", box=None)
    for row in rows:
        cells = (row.id, row.platform, row.chat, row.state, row.attempts, row.reason)
        table.add_row(*(printable(str(cell)) for cell in cells))
    show_table(table)


@cli.command()
def retry(
    ids: Annotated[
        list[int] | None,
        typer.Argument(metavar="ID", help="Which; without any: all."),
    ] = None,
    json: Json = False,
) -> None:
    """Send failed and unknown rows again.

    One whose end is unknown may then arrive twice.
    """
    with explained():
        count = with_session(
            read_settings(), lambda session: outbox.retry(session, ids or None, now())
        )
        if json:
            show_json({"retried": count})
        else:
            typer.echo(f"{count} will be sent again as soon as the desk runs.")
