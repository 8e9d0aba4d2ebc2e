"""What a person's message tells the staff."""

from collections.abc import Mapping, Sequence

from core.dialogs.turn import Turn
from core.i18n import Speech
from core.models import Staff, Ticket
from core.notices import Notice, Words, concerned, on_duty, outside


def tell(
    turn: Turn,
    people: Sequence[Staff],
    ticket: Ticket,
    words: Words,
    commands: Mapping[str, Words] | None = None,
) -> None:
    cause = f"in:{turn.heard}/staff"
    notice = Notice(turn.session, turn.languages, turn.limits, turn.now, cause)
    notice.tell(people, ticket, words, but=turn.place.id, commands=commands)


def tell_outside(turn: Turn, people: Sequence[Staff], ticket: Ticket, words: Words) -> None:
    """Those of them who do not read it in a room."""
    tell(turn, outside(turn.session, people, turn.rooms), ticket, words)


def announce(turn: Turn, ticket: Ticket) -> None:
    """A new ticket, to everybody on duty."""

    def words(speech: Speech) -> str:
        due = speech.t("due {at}", at=speech.moment(ticket.due_at, turn.pack.zone))
        return f"🆕 {ticket.id} · {ticket.subject}\n{ticket.audience} · {ticket.language} · {due}"

    tell_outside(turn, on_duty(turn.session), ticket, words)


def pass_on(turn: Turn, ticket: Ticket, text: str) -> None:
    """What a person adds to their ticket."""
    people = concerned(turn.session, ticket)
    tell_outside(
        turn, people, ticket, lambda _: f"✍️ {ticket.id} · {ticket.subject}\n{text or '📎'}"
    )
