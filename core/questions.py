"""The questions among messages that are taken together: what answers them is read at once, and what
is kept of them is written at once.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session, SQLModel

from core import faq
from core.asked import Row
from core.faq import Shown
from core.faq_matcher import Found, Match
from core.models import Contact, Ticket, TicketState
from core.store import execute

SUGGESTIONS = 5

TICKET = SQLModel.metadata.tables[str(Ticket.__tablename__)]
CONTACT = SQLModel.metadata.tables[str(Contact.__tablename__)]
OPEN = TICKET.c.state != TicketState.SOLVED.value
UNSOLVED = (
    select(TICKET.c.id)
    .where(TICKET.c.contact_id == bindparam("contact"), OPEN)
    .order_by(TICKET.c.state != TicketState.WAITING.value, TICKET.c.id.desc())
    .limit(bindparam("limit"))
)
WITH_TICKETS = select(CONTACT.c.id).where(
    CONTACT.c.id.in_(bindparam("contacts", expanding=True)),
    exists().where(TICKET.c.contact_id == CONTACT.c.id, OPEN),
)


class Questions:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        """Of `core.asked`, to be kept."""
        self._texts: dict[str, dict[str, Any]] = {}
        self._without: set[int] = set()
        """Contacts who have no unsolved ticket."""

    def read(self, session: Session, found: Iterable[Found], contacts: Collection[int]) -> None:
        """What will be wanted. What was not read so is read when it is wanted."""
        entries = {match.entry for one in found for match in to_show(one)}
        if entries:
            self._texts = faq.texts_of(session, entries)
            having = execute(session, WITH_TICKETS, {"contacts": list(contacts)}).scalars()
            self._without = {*contacts}.difference(having)

    def text(self, session: Session, entry: str, language: str, fallback: str) -> Shown | None:
        """As `faq.shown`."""
        if entry not in self._texts:
            self._texts |= faq.texts_of(session, [entry])
        return faq.shown(entry, self._texts[entry], language, fallback)

    def unsolved(self, session: Session, contact: Contact, limit: int) -> list[int]:
        """The numbers of their tickets that something may be added to: those that wait for them
        first, then the newest.
        """
        if contact.id in self._without:
            return []
        asked = {"contact": contact.id, "limit": limit}
        return list(execute(session, UNSOLVED, asked).scalars())

    def forget(self, contact: Contact) -> None:
        """They have written, and may have a ticket now."""
        self._without.discard(contact.id or 0)


def to_show(found: Found) -> Collection[Match]:
    return found.matches[: {"answer": 1, "suggest": SUGGESTIONS}.get(found.verdict, 0)]
