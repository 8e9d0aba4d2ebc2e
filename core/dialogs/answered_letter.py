"""An answer to one of our letters: what it says goes into the ticket, and what it fills into the
form, above or in our letter below, makes the ticket whole.
"""

from core import ticket_messages, tickets
from core.dialogs import own_tickets, written_form
from core.dialogs.ticket import sides
from core.dialogs.turn import Turn
from core.ticket_form import TICKET_FORM

PIECE = 20
"""Characters from which on a piece of our line is ours."""


def take(turn: Turn, number: int) -> None:
    ours = ticket_messages.text_of(turn.session, turn.place, turn.inbound.reply_to)
    shown = written_form.read_quoted(turn, ours) if turn.inbound.proven else {}
    above = {name: text for name, text in written_form.read(turn).items() if text}
    kind = "edited" if complete(turn, number, shown | above) else "said"
    own_tickets.add(turn, str(number), with_fields(turn, own_words(turn, ours), shown), kind)


def complete(turn: Turn, number: int, form: dict[str, str]) -> bool:
    """What their first letter had left out. Whether the form told any of it."""
    ticket = tickets.own_ticket(turn.session, turn.contact, number)
    if ticket is None or not form:
        return False
    side = form.get("audience", "")
    ticket.username = written_form.line(form, "username") or ticket.username
    ticket.subject = written_form.line(form, "subject") or ticket.subject
    ticket.audience = side if side in sides(turn) else ticket.audience
    ticket.description = form.get("description") or ticket.description
    return True


def own_words(turn: Turn, ours: str) -> str:
    """Where an answer shows our letter and nothing else, the lines that are not ours."""
    if turn.text.strip() != turn.inbound.quoted.strip():
        return turn.text
    known, whole = {line.strip() for line in ours.split("\n")}, " ".join(ours.split())
    lines = (line.strip() for line in turn.text.split("\n"))
    return "\n".join(one for one in lines if one not in known and not is_piece(one, whole)).strip()


def is_piece(line: str, whole: str) -> bool:
    """Of a line that was broken anew; what is short may be anybody's."""
    return len(line) >= PIECE and " ".join(line.split()) in whole


def with_fields(turn: Turn, words: str, filled: dict[str, str]) -> str:
    """And what they filled in below them."""
    lines = [
        f"{turn.t(TICKET_FORM.field(name).label)}: {shown}"
        for name, text in filled.items()
        if (shown := sides(turn).get(text, text)) not in words
    ]
    return "\n\n".join(filter(None, (words, "\n".join(lines))))
