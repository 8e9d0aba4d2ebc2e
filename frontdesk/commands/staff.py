"""`frontdesk staff`: who works at the desk."""

from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session

from core import staff
from core.models import Role, Staff
from core.settings import read_settings
from frontdesk.app import now
from frontdesk.commands.outcome import (
    Json,
    explained,
    fail,
    printable,
    show_json,
    show_table,
    with_session,
)

cli = typer.Typer(help="Who works at the desk.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the team calls them.")]
LONGEST = 40


@cli.command()
def invite(
    name: Name,
    role: Annotated[
        Role | None,
        typer.Option(metavar="ROLE", help=f"One of {', '.join(Role)}; each may what those before."),
    ] = None,
) -> None:
    """Print a code with which somebody becomes staff.

    They write /join CODE to the bot in a private chat within ten minutes. Invite somebody again to
    let them in from one more platform; --role is not needed then.
    """
    name = name.strip().lstrip("@")
    if not name.isprintable() or not 0 < len(name) <= LONGEST or " " in name:
        fail(f"A name is one word of at most {LONGEST} characters.")
    with explained():
        code = with_session(read_settings(), lambda session: draw(session, name, role))
    typer.echo(f"/join {code}")
    typer.echo("To be written to the bot in a private chat, within 10 minutes.", err=True)


def draw(session: Session, name: str, role: Role | None) -> str:
    known = staff.by_name(session, name)
    if known and role and role != known.role:
        fail(f"{known.name} is {known.role} already. Remove them first to change that.")
    return staff.invite(session, name, role or Role.AGENT, now(), known)


@cli.command("list")
def list_(json: Json = False) -> None:
    """Show everybody."""
    with explained():
        rows = with_session(read_settings(), listed)
    if json:
        show_json(rows)
        return
    if not rows:
        typer.echo("Nobody yet. `frontdesk staff invite NAME` invites somebody.")
        return
    table = Table("Name", "Role", "On duty", "Platforms", box=None)
    for row in rows:
        table.add_row(*(printable(str(row[key])) for key in ("name", "role", "duty", "platforms")))
    show_table(table)


def listed(session: Session) -> list[dict[str, str]]:
    return [
        {
            "name": one.name,
            "role": one.role,
            "duty": "yes" if one.on_duty else "no",
            "platforms": ", ".join(place.platform for place in staff.places_of(session, [one])),
        }
        for one in staff.everybody(session)
    ]


@cli.command()
def remove(name: Name) -> None:
    """Take somebody's rights away, at once and on every platform."""

    def take_away(session: Session) -> Staff | None:
        known = staff.by_name(session, name)
        if known:
            staff.remove(session, known, now())
        return known

    with explained():
        known = with_session(read_settings(), take_away)
    if known is None:
        fail(f"Nobody is called {name}. `frontdesk staff list` shows everybody.")
    typer.echo(f"{printable(known.name)} is no longer staff.")
