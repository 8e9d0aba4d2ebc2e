"""What waits for the staff, what is due first on top."""

import re

from sqlalchemy import ColumnElement, case, not_
from sqlmodel import col, func, select

from core.dialogs.turn import Turn
from core.messages import Choice
from core.models import Staff, Ticket, TicketState
from core.rooms.words import due
from core.tickets import owed

SHOWN = 10
NUMBER = re.compile(r"\s*#?(\d{1,18})(?:\s+(.*?))?\s*", re.DOTALL)
MINE, FREE, ALL = "mine", "free", "all"


def show(turn: Turn, caller: Staff, argument: str) -> None:
    """`/queue`, or with words that narrow it: a side, a language, mine, free, waiting, all."""
    words = argument.casefold().split()
    if unknown := next((word for word in words if word not in known_words(turn)), ""):
        return turn.say(
            turn.t("I do not know “{word}”. What narrows it: {words}.",
                   word=unknown, words=", ".join(known_words(turn)))
        )  # fmt: skip
    wanted = filters(turn, caller, words)
    urgency = case({TicketState.OPEN: 0, TicketState.WAITING: 1}, value=Ticket.state, else_=2)
    rows = turn.session.exec(
        select(Ticket)
        .where(*wanted)
        .order_by(urgency, not_(owed()), col(Ticket.due_at), col(Ticket.id))
        .limit(SHOWN)
    ).all()
    count = turn.session.exec(select(func.count()).select_from(Ticket).where(*wanted)).one()
    if not rows:
        return turn.say(turn.t("Nothing waits."))
    lines = "\n".join(line(turn, ticket) for ticket in rows)
    more = turn.t("{count} more.", count=count - len(rows)) if count > len(rows) else ""
    return turn.say(
        f"{lines}\n\n{more}".strip(),
        [Choice(f"{row.id} · {row.subject}", f"staff:show:{row.id}") for row in rows],
        title=turn.t("Tickets: {count}", count=count),
    )


def known_words(turn: Turn) -> list[str]:
    """What may stand behind `/queue`, in small letters."""
    sides = [audience.id.casefold() for audience in turn.pack.audiences]
    return [*sides, *map(str.casefold, turn.languages.speech), MINE, FREE, *TicketState, ALL]


def filters(turn: Turn, caller: Staff, words: list[str]) -> list[ColumnElement[bool]]:
    """Without any: what is open."""
    audiences = {audience.id.casefold() for audience in turn.pack.audiences}
    languages = {tag.casefold() for tag in turn.languages.speech}
    wanted: list[ColumnElement[bool]] = []
    states = [state for state in TicketState if state in words]
    if ALL not in words:
        wanted.append(col(Ticket.state).in_(states or [TicketState.OPEN]))
    for word in words:
        if word in audiences:
            wanted.append(func.lower(Ticket.audience) == word)
        elif word in languages:
            wanted.append(func.lower(Ticket.language) == word)
        elif word == MINE:
            wanted.append(col(Ticket.staff_id) == caller.id)
        elif word == FREE:
            wanted.append(col(Ticket.staff_id).is_(None))
    return wanted


def line(turn: Turn, ticket: Ticket) -> str:
    facts = [str(ticket.id), ticket.audience, ticket.language, clock(turn, ticket)]
    holder = turn.session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    return " · ".join(filter(None, [*facts, holder.name if holder else ""]))


def clock(turn: Turn, ticket: Ticket) -> str:
    return due(turn.speech, turn.pack, ticket, turn.now)


def find(turn: Turn, argument: str) -> tuple[Ticket, str] | None:
    """The ticket whose number begins the argument, and the rest of it; None after saying so."""
    named = NUMBER.fullmatch(argument)
    ticket = turn.session.get(Ticket, int(named[1])) if named else None
    if named is None or ticket is None:
        turn.say(turn.t("There is no ticket with that number. /queue shows what waits."))
        return None
    return ticket, named[2] or ""
