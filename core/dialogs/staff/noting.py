"""Notes: what staff write for the team alone. No user ever reads one."""

from core import tickets
from core.dialogs.turn import Turn
from core.models import Staff, Ticket, row_id
from core.rooms import NOTE, is_note

__all__ = ["is_note", "keep", "without_sign"]


def without_sign(text: str) -> str:
    return NOTE.sub("", text, count=1).strip()


def keep(turn: Turn, caller: Staff, ticket: Ticket, text: str) -> None:
    number = row_id(ticket.id)
    tickets.write_down(
        turn.session, number, "noted", without_sign(text), turn.now,
        actor=caller.name, inbox_id=turn.heard,
    )  # fmt: skip
    tickets.attach(turn.session, number, turn.evidence)
    turn.say(turn.t("Noted on ticket {number}; only the team reads it.", number=number))
