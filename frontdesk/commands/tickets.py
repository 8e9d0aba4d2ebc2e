"""`frontdesk tickets`: see what people wrote, answer, and settle."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session, col, select

from core import tickets
from core.models import Evidence, Ticket, TicketEvent, TicketState
from core.pack import read_pack
from core.settings import read_settings
from frontdesk.app import languages_of, limits_of, now
from frontdesk.commands.outcome import explained, fail, show_json, with_session

cli = typer.Typer(help="The tickets of the desk.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
Number = Annotated[int, typer.Argument(help="The ticket's number.")]
Words = Annotated[str, typer.Argument(help="What the person gets to read.")]


@cli.command("list")
def list_(
    state: Annotated[TicketState | None, typer.Option(help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """Tickets, due first."""
    with explained():
        rows = with_session(read_settings(), lambda session: queue(session, state, limit))
        if json:
            show_json([as_data(ticket) for ticket in rows])
        elif rows:
            show_table(rows)
        else:
            typer.echo("No tickets.")


def queue(session: Session, state: TicketState | None, limit: int) -> list[Ticket]:
    wanted = select(Ticket).order_by(col(Ticket.due_at), col(Ticket.id)).limit(limit)
    return list(session.exec(wanted.where(Ticket.state == state) if state else wanted))


def show_table(rows: list[Ticket]) -> None:
    table = Table("No.", "State", "Side", "Subject", "Due", box=None)
    for ticket in rows:
        due = "answered" if ticket.answered_at else f"{ticket.due_at:%Y-%m-%d %H:%M} UTC"
        late = not ticket.answered_at and ticket.due_at < now()
        cells = (str(ticket.id), ticket.state, ticket.audience, ticket.subject, due)
        table.add_row(*(plain(cell) for cell in cells), style="red" if late else None)
    Console().print(table)


def plain(text: str) -> str:
    """Somebody's words, without what would steer a terminal or be taken for markup."""
    return "".join(one if one.isprintable() else " " for one in text).replace("[", "\\[")


def as_data(ticket: Ticket) -> dict[str, Any]:
    return {"number": ticket.id, **ticket.model_dump(mode="json", exclude={"id", "contact_id"})}


@cli.command()
def show(number: Number, json: Json = False) -> None:
    """One ticket with all that happened and its evidence."""
    with explained():
        found = with_session(read_settings(), lambda session: whole(session, number))
        if found is None:
            return fail(f"There is no ticket {number}. `frontdesk tickets list` shows them.")
        ticket, events, files = found
        if json:
            return show_json(
                as_data(ticket)
                | {
                    "history": [
                        event.model_dump(mode="json", exclude={"id", "ticket_id", "inbox_id"})
                        for event in events
                    ],
                    "evidence": [describe(file) for file in files],
                }
            )
        return show_whole(ticket, events, files)


def whole(session: Session, number: int) -> tuple[Ticket, list[TicketEvent], list[Evidence]] | None:
    ticket = session.get(Ticket, number)
    if ticket is None:
        return None
    return ticket, tickets.history(session, number), tickets.evidence_of(session, number)


def describe(file: Evidence) -> dict[str, Any]:
    wanted = {
        "name",
        "state",
        "reason",
        "size",
        "sha256",
        "media_type",
        "width",
        "height",
        "stored_as",
    }
    return file.model_dump(mode="json", include=wanted)


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


def printable(text: str) -> str:
    return "".join(one if one.isprintable() else "�" for one in text)


@cli.command()
def answer(number: Number, text: Words) -> None:
    """Answer a ticket: the person reads it where they wrote from, and the clock stops."""
    act(number, lambda session, ticket: tickets.answer(
        session, ticket, text, "staff", *surroundings(), now()
    ), "Answered. It is on its way as soon as the desk runs.")  # fmt: skip


@cli.command()
def solve(number: Number) -> None:
    """Settle a ticket. The person is told, and a reply opens it again."""
    act(number, lambda session, ticket: tickets.solve(
        session, ticket, "staff", *surroundings(), now()
    ), "Solved.")  # fmt: skip


def surroundings() -> tuple[Any, Any]:
    settings = read_settings()
    return languages_of(read_pack(settings.pack)), limits_of(settings)


def act(number: int, fn: Any, done: str) -> None:
    def do(session: Session) -> bool:
        ticket = session.get(Ticket, number)
        if ticket is None:
            return False
        fn(session, ticket)
        return True

    with explained():
        if not with_session(read_settings(), do):
            return fail(f"There is no ticket {number}. `frontdesk tickets list` shows them.")
        return typer.echo(done)
