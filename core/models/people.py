"""People, the addresses at which we reach them, and what they wrote."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.models.columns import key, link, maybe_link, maybe_moment, moment


class Contact(SQLModel, table=True):
    """A person, however many addresses they have."""

    id: int | None = key()
    name: str = ""
    language: str = ""
    chose_language: bool = False
    """Until they choose one, it is their app's, or the one they ask in."""
    audience: str = ""
    created_at: datetime = moment()
    blocked: bool = False
    """Shut out by staff: what they write is kept and not answered."""


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
    staff_id: int | None = maybe_link("staff.id", index=True)
    """Whose it is, of our own."""
    platform: str
    account: str
    chat: str
    thread: str = ""
    sender: str
    reachable: bool = True
    subscribed: bool = False
    created_at: datetime = moment()
    last_at: datetime | None = maybe_moment()
    """When something came from here last."""
    last_message: str = ""
    """The platform's id of the newest message that came from here."""

    dialog: str = ""
    """What we are in the middle of; empty when nothing is asked."""
    state: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    offers: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    """The choices last shown, as [label, value]: numbers and words choose among them."""
    minute: datetime | None = maybe_moment()
    """Start of the minute in which `heard` messages came: a flood is answered once."""
    heard: int = 0


class Link(SQLModel, table=True):
    """A code with which one person's second address is to be joined to their first."""

    id: int | None = key()
    code: str = Field(unique=True)
    """The half that is no secret."""
    hash: str
    from_id: int = link("address.id", index=True)
    """Where it was asked for, and is confirmed."""
    to_id: int | None = maybe_link("address.id")
    """Where it was written."""
    wrong: int = 0
    expires_at: datetime = moment()
    ended_at: datetime | None = maybe_moment()


class InboxState(StrEnum):
    DONE = "done"
    DROPPED = "dropped"
    """Kept, but not answered: a flood, or somebody who is shut out."""
    FAILED = "failed"
    """Our own fault; kept for a person to look at."""


SET_ASIDE = text("state = 'failed'")


class Heard(SQLModel, table=True):
    """Each thing that came in, once."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("platform", "account", "event"),
        Index("ix_inbox_message", "address_id", "message"),
        Index("ix_inbox_set_aside", "state", sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE),
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
