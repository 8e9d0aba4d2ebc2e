"""What the staff are told without asking, each in their own language."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from core import outbox, staff
from core.contacts import speech_at
from core.i18n import Languages, Speech
from core.limits import Limits
from core.messages import Choice, Reply
from core.models import Rank, Role, Staff, Ticket, row_id

Words = Callable[[Speech], str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A word about a ticket, from one moment and cause."""

    session: Session
    languages: Languages
    limits: Mapping[str, Limits]
    now: datetime
    cause: str
    """Nobody is told twice for the same."""

    def tell(
        self,
        people: Sequence[Staff],
        ticket: Ticket,
        words: Words,
        *,
        but: int | None = None,
        commands: Mapping[str, Words] | None = None,
    ) -> None:
        """Each of them, at every address they have; not at the one that they write from.
        `commands` are what they can do about it, each with its label.
        """
        for place in staff.places_of(self.session, people):
            if place.id != but:
                speech = speech_at(self.session, self.languages, place)
                reply = notice(ticket, words, commands or {}, speech)
                limits = self.limits[place.platform]
                outbox.enqueue(
                    self.session, row_id(place.id), self.cause, reply, limits, self.now,
                    rank=Rank.RELAY,
                )  # fmt: skip
                if not limits.buttons:  # a number chooses from what was shown last
                    place.offers = [[one.label, one.value] for one in reply.choices]
                    self.session.add(place)


def notice(ticket: Ticket, words: Words, commands: Mapping[str, Words], speech: Speech) -> Reply:
    shown = Choice(speech.t("Show ticket {number}", number=ticket.id), f"staff:show:{ticket.id}")
    others = [Choice(label(speech), f"{name}:{ticket.id}") for name, label in commands.items()]
    return Reply(words(speech), choices=(*others, shown))


def concerned(session: Session, ticket: Ticket) -> list[Staff]:
    """Whoever has taken it and can be told, or else everybody on duty."""
    holder = session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    return [holder] if holder and staff.places_of(session, [holder]) else on_duty(session)


def on_duty(session: Session) -> list[Staff]:
    return [one for one in staff.everybody(session) if one.on_duty]


def outside(session: Session, people: Sequence[Staff], platforms: Collection[str]) -> list[Staff]:
    """Those who have no address where rooms tell them what happens."""
    inside = {place.staff_id for place in staff.places_of(session, people)
              if place.platform in platforms}  # fmt: skip
    return [one for one in people if one.id not in inside]


def tell_left(notice: Notice, ticket: Ticket, rooms: Collection[str]) -> None:
    """Whoever has taken it hears that the person has shut us out, where no room tells them."""
    holder = notice.session.get(Staff, ticket.staff_id) if ticket.staff_id else None

    def words(speech: Speech) -> str:
        left = speech.t("has shut us out and cannot be reached there any more")
        return f"{ticket.id} · {ticket.subject}\n{speech.t('The person')} {left}"

    if holder:
        notice.tell(outside(notice.session, [holder], rooms), ticket, words)


def tell_without_room(
    session: Session,
    number: int,
    languages: Languages,
    limits: Mapping[str, Limits],
    now: datetime,
) -> None:
    """Those on duty and admins hear of a ticket that nobody can read about in a room."""
    ticket = session.get_one(Ticket, number)
    people = [one for one in staff.everybody(session) if one.on_duty or one.role == Role.ADMIN]

    def words(speech: Speech) -> str:
        why = speech.t("It has no room: the log of the desk says why.")
        return f"🆕 {ticket.id} · {ticket.subject}\n{why}"

    cause = f"ticket:{number}/without room"
    Notice(session, languages, limits, now, cause).tell(people, ticket, words)
