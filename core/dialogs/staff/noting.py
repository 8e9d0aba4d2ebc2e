"""Notes: what staff write for the team alone. No user ever reads one."""

from core import tickets
from core.dialogs.staff.enclosures import enclosed, take_back
from core.dialogs.turn import Turn
from core.models import Staff, Ticket, row_id
from core.rooms import NOTE, is_note

__all__ = ["is_note", "keep", "without_sign"]


def without_sign(text: str) -> str:
    sign = NOTE.match(text)
    return text[sign.end() if sign else 0 :].strip()


def keep(turn: Turn, caller: Staff, ticket: Ticket, text: str) -> None:
    number = row_id(ticket.id)
    tickets.write_down(
        turn.session, number, "noted", without_sign(text), turn.now,
        actor=caller.name, inbox_id=turn.heard,
    )  # fmt: skip
    tickets.attach(turn.session, number, turn.evidence)
    if turn.inbound.group:  # what came before without words was taken for the person's
        take_back(turn, enclosed(turn, in_album=True))
    turn.say(turn.t("Noted on ticket {number}; only the team reads it.", number=number))
