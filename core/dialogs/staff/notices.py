"""What the staff are told where they write from, without asking, each in their own language."""

from collections.abc import Callable, Sequence

from core import outbox, staff
from core.dialogs.turn import Turn
from core.i18n import Speech
from core.messages import Choice, Reply
from core.models import Contact, Place, Rank, Staff, Ticket, row_id

Words = Callable[[Speech], str]


def tell(turn: Turn, people: Sequence[Staff], ticket: Ticket, words: Words) -> None:
    """A word about a ticket to each of them, at every address they have but this one."""
    for place in staff.places_of(turn.session, people):
        if place.id != turn.place.id:
            outbox.enqueue(
                turn.session,
                row_id(place.id),
                f"in:{turn.heard}/staff",
                notice(ticket, words, speech_at(turn, place)),
                turn.limits[place.platform],
                turn.now,
                rank=Rank.RELAY,
            )


def notice(ticket: Ticket, words: Words, speech: Speech) -> Reply:
    label = speech.t("Show ticket {number}", number=ticket.id)
    return Reply(words(speech), choices=(Choice(label, f"staff:show:{ticket.id}"),))


def speech_at(turn: Turn, place: Place) -> Speech:
    contact = turn.session.get(Contact, place.contact_id) if place.contact_id else None
    return turn.languages.speak(contact.language if contact else "")


def announce(turn: Turn, ticket: Ticket) -> None:
    """A new ticket, to everybody on duty."""

    def words(speech: Speech) -> str:
        due = speech.t("due {at}", at=speech.moment(ticket.due_at, turn.pack.zone))
        return f"🆕 {ticket.id} · {ticket.subject}\n{ticket.audience} · {ticket.language} · {due}"

    tell(turn, on_duty(turn), ticket, words)


def pass_on(turn: Turn, ticket: Ticket, text: str) -> None:
    """What a person adds to their ticket, to whoever has taken it, or else to all on duty."""
    holder = turn.session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    people = [holder] if holder else on_duty(turn)
    tell(turn, people, ticket, lambda _: f"✍️ {ticket.id} · {ticket.subject}\n{text or '📎'}")


def on_duty(turn: Turn) -> list[Staff]:
    return [one for one in staff.everybody(turn.session) if one.on_duty]
