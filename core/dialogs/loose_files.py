"""Files that come out of the blue: kept, and asked what they are for."""

from core import tickets
from core.dialogs.ask import ask
from core.dialogs.menu import menu_choice, support_choice
from core.dialogs.turn import Turn
from core.messages import Choice
from core.models import TicketState
from core.ticket_form import FILES

OFFERED = 3
"""How many of their tickets are offered."""


def take(turn: Turn) -> None:
    """Keep the files. Words that came with them are a question like any other."""
    before = turn.place.state.get("files", []) if turn.place.dialog == "files" else []
    turn.enter("files", {"files": [*before, *turn.evidence][-FILES:]})
    if turn.text:
        ask(turn)
    elif turn.follows:
        return
    turn.say(explain(turn), choices(turn))


def explain(turn: Turn) -> str:
    if any(file.kind in ("voice", "video note") for file in turn.inbound.attachments):
        return turn.t("I cannot listen to it myself, but our support team can. Shall I pass it on?")
    return turn.t("I have kept your files. Shall they go to the support team?")


def choices(turn: Turn) -> list[Choice]:
    still = [
        Choice(turn.t("Add to ticket {number}", number=ticket.id), f"tickets:files:{ticket.id}")
        for ticket in tickets.tickets_of(turn.session, turn.contact, OFFERED)
        if ticket.state != TicketState.SOLVED
    ]
    new = support_choice(turn)
    return [*still, new, menu_choice(turn)]


def answer(turn: Turn) -> None:
    """More files are kept too; words are a question."""
    if turn.evidence:
        take(turn)
    else:
        ask(turn)
