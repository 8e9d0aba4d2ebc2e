"""The tables. Rows only: what they mean is said by the module that owns each noun."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, Integer, UniqueConstraint, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class Utc(TypeDecorator[datetime]):
    """Aware UTC in and out. SQLite forgets the zone; PostgreSQL answers in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself on SQLite


def row_id(key: int | None) -> int:
    """The id of a row that has been flushed."""
    assert key is not None
    return key


def key() -> Any:
    return Field(default=None, primary_key=True, sa_type=BigId)


def moment(default: datetime | None = None) -> Any:
    return Field(sa_type=Utc) if default is None else Field(default=default, sa_type=Utc)


def maybe_moment() -> Any:
    return Field(default=None, sa_type=Utc, nullable=True)


def link(target: str, *, index: bool = False) -> Any:
    return Field(foreign_key=target, sa_type=BigId, index=index)


def maybe_link(target: str, *, index: bool = False) -> Any:
    return Field(default=None, foreign_key=target, sa_type=BigId, index=index, nullable=True)


class Contact(SQLModel, table=True):
    """A person, however many addresses they have."""

    id: int | None = key()
    name: str = ""
    language: str = ""
    audience: str = ""
    created_at: datetime = moment()


class Place(SQLModel, table=True):
    """An address we know, whose person it is, and where the talk there stands."""

    __tablename__ = "address"
    __table_args__ = (
        UniqueConstraint("platform", "account", "chat", "thread"),
        Index("ix_address_sender", "platform", "sender"),
    )

    id: int | None = key()
    contact_id: int | None = maybe_link("contact.id", index=True)
    """Nobody's where others read along."""
    platform: str
    account: str
    chat: str
    thread: str = ""
    sender: str
    reachable: bool = True
    subscribed: bool = False
    created_at: datetime = moment()

    dialog: str = ""
    """What we are in the middle of; empty when nothing is asked."""
    state: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    offers: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    """The choices last shown, as [label, value]: numbers and words choose among them."""
    minute: datetime | None = maybe_moment()
    """Start of the minute in which `heard` messages came: a flood is answered once."""
    heard: int = 0


class InboxState(StrEnum):
    DONE = "done"
    DROPPED = "dropped"
    """Kept, but not answered: a flood."""
    FAILED = "failed"
    """Our own fault; kept for a person to look at."""


class Heard(SQLModel, table=True):
    """Each thing that came in, once."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("platform", "account", "event"),
        Index("ix_inbox_message", "address_id", "message"),
    )

    id: int | None = key()
    platform: str
    account: str
    event: str
    address_id: int | None = maybe_link("address.id")
    kind: str
    text: str = ""
    choice: str = ""
    message: str = ""
    reply_to: str = ""
    album: str = ""
    at: datetime = moment()
    received_at: datetime = moment()
    state: str = InboxState.DONE
    reason: str = ""
    ticket_id: int | None = maybe_link("ticket.id")


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
    """When the first answer is due."""
    answered_at: datetime | None = maybe_moment()
    solved_at: datetime | None = maybe_moment()


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
    inbox_id: int | None = maybe_link("inbox.id")


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
    stored_as: str = ""
    size: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    sha256: str = ""
    media_type: str = ""
    width: int | None = None
    height: int | None = None
    created_at: datetime = moment()


class Rank(StrEnum):
    """Who overtakes whom in the outbox. The words sort in that order."""

    RELAY = "1 relay"
    ANSWER = "2 answer"
    ANNOUNCEMENT = "3 announcement"


class SendState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


TO_SEND = text("state IN ('pending', 'sending')")


class Sending(SQLModel, table=True):
    """One part on its way to one address."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("cause", "address_id", "part"),
        Index("ix_outbox_todo", "rank", "id", sqlite_where=TO_SEND, postgresql_where=TO_SEND),
        Index("ix_outbox_lane", "address_id", "rank", "id",
              sqlite_where=TO_SEND, postgresql_where=TO_SEND),
        Index("ix_outbox_platform_id", "address_id", "platform_id"),
    )  # fmt: skip

    id: int | None = key()
    cause: str
    """What made us say it, such as `in:17/0`: the first answer to inbox row 17."""
    address_id: int = link("address.id")
    part: int = 0
    rank: str = Rank.ANSWER
    title: str = ""
    text: str
    choices: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    columns: int = 1
    reply_to: str = ""
    ticket_id: int | None = maybe_link("ticket.id", index=True)
    state: str = SendState.PENDING
    reason: str = ""
    attempts: int = 0
    fence: int = 0
    """Counts claims: a mark by somebody whose lease was taken over changes nothing."""
    lease_until: datetime | None = maybe_moment()
    not_before: datetime = moment()
    platform_id: str = ""
    created_at: datetime = moment()
    sent_at: datetime | None = maybe_moment()


class FaqEntry(SQLModel, table=True):
    """A question with an answer, in as many languages as it has."""

    __tablename__ = "faq_entry"

    id: str = Field(primary_key=True)
    topic: str = Field(index=True)
    audiences: list[str] = Field(default_factory=list, sa_type=JSON)
    position: int = 0


class FaqText(SQLModel, table=True):
    """An entry in one language."""

    __tablename__ = "faq_text"

    entry_id: str = Field(foreign_key="faq_entry.id", primary_key=True, ondelete="CASCADE")
    language: str = Field(primary_key=True)
    question: str
    answer: str


class FaqPhrasing(SQLModel, table=True):
    """Another way people ask for an entry. `normal` is what makes it unique among all entries."""

    __tablename__ = "faq_phrasing"

    id: int | None = key()
    entry_id: str = Field(foreign_key="faq_entry.id", index=True, ondelete="CASCADE")
    language: str
    text: str
    normal: str = Field(unique=True)


class Asked(SQLModel, table=True):
    """A question put to the FAQ, masked, and what came of it."""

    __table_args__ = (Index("ix_asked_outcome", "outcome", "at"),)

    id: int | None = key()
    address_id: int = link("address.id", index=True)
    at: datetime = moment()
    text: str
    language: str
    audience: str
    verdict: str
    entry_id: str = ""
    confidence: float = 0.0
    outcome: str = ""
    """Empty, helped, not_helped, or ticket."""


class Note(SQLModel, table=True):
    """What the desk remembers about itself, such as the FAQ's version."""

    __tablename__ = "desk"

    name: str = Field(primary_key=True)
    value: str
