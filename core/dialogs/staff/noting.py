"""Notes: what staff write for the team alone. No user ever reads one."""

import re

from core import tickets
from core.dialogs.turn import Turn
from core.models import Staff, Ticket, row_id

NOTE = re.compile(r"\s*(//|/note\b)\s*")
"""What begins so is a note, whatever was asked for."""


def is_note(text: str) -> bool:
    return NOTE.match(text) is not None


def keep(turn: Turn, caller: Staff, ticket: Ticket, text: str) -> None:
    note, number = NOTE.sub("", text, count=1).strip(), row_id(ticket.id)
    tickets.write_down(turn.session, number, "noted", note, turn.now, actor=caller.name)
    turn.say(turn.t("Noted on ticket {number}; only the team reads it.", number=number))
