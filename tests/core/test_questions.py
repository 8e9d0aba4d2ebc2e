"""What is read at once for many questions is what would be read for each."""

from datetime import timedelta

from sqlmodel import Session

from core import faq
from core.faq import Shown
from core.faq_matcher import Found, Match
from core.models import Contact, Ticket, TicketState, row_id
from core.questions import Questions
from core.store import Store
from tests.core.test_faq import ALL, NOW

CANCEL = Found("answer", (Match("cancel", 0.9), Match("login", 0.1)), 1.0)


def person(session: Session) -> Contact:
    contact = Contact(language="en", created_at=NOW)
    session.add(contact)
    session.flush()
    return contact


def ticket(session: Session, contact: Contact, state: TicketState = TicketState.OPEN) -> int:
    row = Ticket(
        contact_id=row_id(contact.id), subject="s", description="d", audience="user",
        language="en", state=state, created_at=NOW, due_at=NOW + timedelta(days=1),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row_id(row.id)


def numbers(session: Session, questions: Questions, *people: Contact) -> list[list[int]]:
    return [questions.unsolved(session, one, 2) for one in people]


async def test_texts_are_those_of_the_faq_read_before_or_not(store: Store) -> None:
    def look(session: Session) -> list[Shown | None]:
        questions = Questions()
        questions.read(session, [CANCEL, Found("answer", (Match("gone", 0.9),), 1.0)], [])
        wanted = ("cancel", "payout", "gone", "never")
        return [questions.text(session, entry, "de", "en") for entry in wanted]

    await store.write(lambda session: faq.import_entries(session, ALL, replace=True))
    cancel = Shown("cancel", "de", "Wie kündige ich?", "So.")
    payout = Shown("payout", "en", "When am I paid?", "So.")
    assert await store.read(look) == [cancel, payout, None, None]


async def test_tickets_are_those_that_each_has(store: Store) -> None:
    def look(session: Session) -> None:
        nobody, owner, done = person(session), person(session), person(session)
        stranger = person(session)
        open_one, waiting = ticket(session, owner), ticket(session, owner, TicketState.WAITING)
        newest, theirs = ticket(session, owner), ticket(session, stranger)
        ticket(session, done, TicketState.SOLVED)
        ids = [row_id(one.id) for one in (nobody, owner, done)]
        people = (nobody, owner, done, stranger)
        expected = [[], [waiting, newest], [], [theirs]]
        assert open_one < waiting < newest
        for found in ([CANCEL], []):  # read ahead, and not
            questions = Questions()
            questions.read(session, found, ids)
            assert numbers(session, questions, *people) == expected

    await store.write(look)


async def test_whoever_opens_a_ticket_before_they_ask_has_one(store: Store) -> None:
    def look(session: Session) -> None:
        contact = person(session)
        questions = Questions()
        questions.read(session, [CANCEL], [row_id(contact.id)])
        number = ticket(session, contact)
        questions.forget(contact)
        assert numbers(session, questions, contact) == [[number]]

    await store.write(look)
