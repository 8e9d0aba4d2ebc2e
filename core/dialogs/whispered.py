"""Where we hear commands only: whoever is asked for words is told after which to write them."""

from dataclasses import replace

from core.dialogs.menu import as_offered
from core.dialogs.ticket import REVIEW
from core.dialogs.turn import Turn
from core.forms import FieldKind
from core.ticket_form import TICKET_FORM


def tell_how_to_write(turn: Turn) -> None:
    command = turn.inbound.words_after
    if not command or not turn.said or not awaits_words(turn):
        return
    hint = turn.t(
        "What is written here does not reach me. Please write it after {command}.",
        command=as_offered(turn, command),
    )
    last = turn.said[-1]
    turn.said[-1] = replace(last, reply=replace(last.reply, text=f"{last.reply.text}\n\n{hint}"))


def awaits_words(turn: Turn) -> bool:
    """Also in the middle of a form, where it is not a choice that is asked for."""
    if turn.place.dialog != "ticket":
        return turn.place.dialog != ""
    at = turn.place.state["at"]
    return at != REVIEW and TICKET_FORM.field(at).kind in (FieldKind.LINE, FieldKind.TEXT)
