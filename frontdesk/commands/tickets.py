"""`frontdesk tickets`: see what people wrote, answer, and settle."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import case
from sqlmodel import Session, col, select

from core import tickets
from core.cleaning import clean_text
from core.i18n import Languages
from core.limits import Limits
from core.models import Evidence, Ticket, TicketEvent, TicketState
from core.pack import read_pack
from core.settings import read_settings
from frontdesk.app import languages_of, now
from frontdesk.commands.outcome import (
    Json,
    explained,
    fail,
    printable,
    show_json,
    show_table,
    with_session,
)
from frontdesk.platforms import limits_of

cli = typer.Typer(help="The tickets of the desk.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The ticket's number.")]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="What the person gets to read.")]

UNKNOWN = "There is no ticket {}. `frontdesk tickets list` shows them."
FACTS = {
    "name", "state", "reason", "size", "sha256", "media_type", "width", "height", "stored_as",
}  # fmt: skip
"""Of a piece of evidence."""
AllLimits = Mapping[str, Limits]


@cli.command("list")
def list_(
    state: Annotated[
        TicketState | None,
        typer.Option(metavar="STATE", help=f"One of {', '.join(TicketState)}; without it: all."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """Show the tickets.

    Open ones first, then those waiting for the person, then solved ones; each by when due.
    """
    with explained():
        rows = with_session(read_settings(), lambda session: queue(session, state, limit))
        if json:
            show_json([as_data(ticket) for ticket in rows])
        elif rows:
            show_queue(rows)
        else:
            typer.echo("No tickets.")


def queue(session: Session, state: TicketState | None, limit: int) -> list[Ticket]:
    urgency = case({TicketState.OPEN: 0, TicketState.WAITING: 1}, value=Ticket.state, else_=2)
    wanted = select(Ticket).order_by(urgency, col(Ticket.due_at), col(Ticket.id)).limit(limit)
    return list(session.exec(wanted.where(Ticket.state == state) if state else wanted))


def show_queue(rows: list[Ticket]) -> None:
    table = Table("No.", "State", "Side", "Subject", "Due", box=None)
    for ticket in rows:
        answered = ticket.answered_at is not None and not ticket.is_owed
        due = "answered" if answered else f"{ticket.due_at:%Y-%m-%d %H:%M} UTC"
        late = not answered and ticket.due_at < now()
        cells = (str(ticket.id), ticket.state, ticket.audience, ticket.subject, due)
        table.add_row(*map(printable, cells), style="red" if late else None)
    show_table(table)


def as_data(ticket: Ticket) -> dict[str, Any]:
    return {"number": ticket.id, **ticket.model_dump(mode="json", exclude={"id", "contact_id"})}


@cli.command()
def show(number: Number, json: Json = False) -> None:
    """Show one ticket: all that happened, and its evidence."""
    with explained():
        found = with_session(read_settings(), lambda session: whole(session, number))
    if found is None:
        fail(UNKNOWN.format(number))
    if json:
        show_json(whole_as_data(*found))
    else:
        show_whole(*found)


def whole(session: Session, number: int) -> tuple[Ticket, list[TicketEvent], list[Evidence]] | None:
    ticket = session.get(Ticket, number)
    if ticket is None:
        return None
    return ticket, tickets.history(session, number), tickets.evidence_of(session, number)


def whole_as_data(
    ticket: Ticket, events: list[TicketEvent], files: list[Evidence]
) -> dict[str, Any]:
    ours = {"id", "ticket_id", "inbox_id"}
    return as_data(ticket) | {
        "history": [event.model_dump(mode="json", exclude=ours) for event in events],
        "evidence": [file.model_dump(mode="json", include=FACTS) for file in files],
    }


def show_whole(ticket: Ticket, events: list[TicketEvent], files: list[Evidence]) -> None:
    facts = {
        "state": ticket.state,
        "side": ticket.audience,
        "kind": ticket.kind,
        "username": ticket.username,
        "language": ticket.language,
        "opened": f"{ticket.created_at:%Y-%m-%d %H:%M} UTC",
        "reply due": f"{ticket.due_at:%Y-%m-%d %H:%M} UTC",
        "first answer": f"{ticket.answered_at:%Y-%m-%d %H:%M} UTC" if ticket.answered_at else "",
    }
    typer.echo(f"Ticket {ticket.id}: {printable(ticket.subject)}")
    for name, value in facts.items():
        if value:
            typer.echo(f"  {name:13}{printable(value)}")
    for event in events:
        typer.echo(f"\n{event.at:%Y-%m-%d %H:%M} UTC  {event.actor} {event.kind}")
        if event.text:
            typer.echo("  " + "\n  ".join(map(printable, event.text.splitlines())))
    if files:
        typer.echo("\nEvidence")
    for file in files:
        size = f"{file.size} bytes, {file.media_type}" if file.size else file.reason
        typer.echo(f"  {printable(file.name)}  {file.state}  {size}  {file.stored_as}")


@cli.command()
def answer(number: Number, text: Words) -> None:
    """Answer a ticket.

    The person reads it where they wrote from, and the clock stops.
    """
    said = clean_text(text)
    if not said.strip():
        fail("There is nothing to read in this answer; nothing was sent.")

    def tell(session: Session, ticket: Ticket, languages: Languages, limits: AllLimits) -> None:
        tickets.answer(session, ticket, said, "staff", languages, limits, now())

    act(number, tell)
    typer.echo("Answered. It is on its way as soon as the desk runs.")


@cli.command()
def solve(number: Number) -> None:
    """Settle a ticket. The person is told, and a reply opens it again."""

    def settle(session: Session, ticket: Ticket, languages: Languages, limits: AllLimits) -> None:
        tickets.solve(session, ticket, "staff", languages, limits, now())

    act(number, settle)
    typer.echo("Solved.")


def act(number: int, fn: Callable[[Session, Ticket, Languages, AllLimits], None]) -> None:
    """Do `fn` to the ticket, or say that there is none."""
    with explained():
        settings = read_settings()
        languages = languages_of(read_pack(settings.pack))

        def do(session: Session) -> bool:
            ticket = session.get(Ticket, number)
            if ticket:
                fn(session, ticket, languages, limits_of(settings))
            return ticket is not None

        if not with_session(settings, do):
            fail(UNKNOWN.format(number))
