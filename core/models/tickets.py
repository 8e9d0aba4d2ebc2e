"""Tickets, who sits in them, what happened, and the evidence."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.models.columns import Utc, key, link, maybe_link, maybe_moment, moment


class TicketState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    """For the person who asked."""
    SOLVED = "solved"


class Ticket(SQLModel, table=True):
    """A room about one matter. Its id is its number."""

    __table_args__ = (Index("ix_ticket_queue", "state", "due_at"),)

    id: int | None = key()
    contact_id: int = link("contact.id", index=True)
    kind: str = ""
    """Empty, or the id of what it was marked with, such as `billing`."""
    username: str = ""
    subject: str
    audience: str
    description: str
    language: str
    state: str = TicketState.OPEN
    created_at: datetime = moment()
    due_at: datetime = moment()
    """When an answer is due: the first, or the next after it was opened again."""
    remind_at: datetime | None = Field(default=None, sa_type=Utc, nullable=True, index=True)
    """When staff are told next that it is due."""
    answered_at: datetime | None = maybe_moment()
    """When the first answer came."""
    reopened_at: datetime | None = maybe_moment()
    """When the person opened it again, until staff answer."""
    solved_at: datetime | None = maybe_moment()
    staff_id: int | None = maybe_link("staff.id")
    """Who has taken it."""
    call_until: datetime | None = Field(default=None, sa_type=Utc, nullable=True, index=True)
    """Until then staff are called to a chat."""
    rating: int | None = None
    """How the person found the chat, from one star to five."""

    @property
    def is_owed(self) -> bool:
        """Whether a reply is due."""
        answered = self.answered_at is not None and self.reopened_at is None
        return self.state == TicketState.OPEN and not answered


class Seat(SQLModel, table=True):
    """An address that sits in a ticket's room: what is said there is delivered to it."""

    __table_args__ = (UniqueConstraint("ticket_id", "address_id"),)

    id: int | None = key()
    ticket_id: int = link("ticket.id")
    address_id: int = link("address.id", index=True)
    role: str = "user"


class TicketEvent(SQLModel, table=True):
    """One line of a ticket's history, never changed."""

    __tablename__ = "ticket_event"

    id: int | None = key()
    ticket_id: int = link("ticket.id", index=True)
    at: datetime = moment()
    kind: str
    """opened, said, edited, file, answered, noted, or a `TicketState`."""
    actor: str = "user"
    text: str = ""
    inbox_id: int | None = maybe_link("inbox.id", index=True)


class EvidenceState(StrEnum):
    PENDING = "pending"
    STORED = "stored"
    REFUSED = "refused"
    FAILED = "failed"


class Evidence(SQLModel, table=True):
    """A file somebody sent. The row comes with the message; the bytes follow."""

    __table_args__ = (
        Index("ix_evidence_todo", "not_before", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
    )  # fmt: skip

    id: int | None = key()
    inbox_id: int = link("inbox.id", index=True)
    address_id: int = link("address.id")
    ticket_id: int | None = maybe_link("ticket.id", index=True)
    platform: str
    handle: str
    kind: str
    name: str
    declared_type: str = ""
    declared_size: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    state: str = EvidenceState.PENDING
    reason: str = ""
    attempts: int = 0
    not_before: datetime = moment()
    stored_as: str = Field(default="", index=True)
    """Where it lies as it came, byte for byte."""
    shown_as: str = Field(default="", index=True)
    """Where it lies as others get it, when that is not the same: see `core.whereabouts`."""
    size: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    sha256: str = ""
    media_type: str = ""
    width: int | None = None
    height: int | None = None
    created_at: datetime = moment()
