"""`frontdesk outbox`: what is on its way, what failed, and trying it again."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from core import outbox
from core.models import SendState
from core.settings import read_settings
from frontdesk.app import now
from frontdesk.commands.outcome import explained, show_json, with_session

cli = typer.Typer(help="What the desk sends.", no_args_is_help=True)
STUCK = (SendState.FAILED, SendState.UNKNOWN)


@cli.command("list")
def list_(
    state: Annotated[
        list[SendState] | None, typer.Option(help="Only these. Without it: failed and unknown.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Sends that ended badly, or are in the states asked for."""
    with explained():
        wanted = tuple(state or STUCK)
        rows = with_session(
            read_settings(), lambda session: outbox.list_rows(session, wanted, limit)
        )
        if json:
            show_json([row.__dict__ if hasattr(row, "__dict__") else row for row in rows])
        elif not rows:
            typer.echo("Nothing.")
        else:
            table = Table("Id", "Platform", "Chat", "State", "Tries", "Reason", box=None)
            for row in rows:
                table.add_row(
                    str(row.id), row.platform, row.chat, row.state, str(row.attempts), row.reason
                )
            Console().print(table)


@cli.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="Which; without any: all.")] = None,
) -> None:
    """Send failed and doubtful rows again. A doubtful one may then arrive twice."""
    with explained():
        count = with_session(read_settings(), lambda session: outbox.retry(session, ids, now()))
        typer.echo(f"{count} will be sent again as soon as the desk runs.")
