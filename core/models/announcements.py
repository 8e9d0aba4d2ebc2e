"""Platform news: what is published, and how readers want it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from core.models.columns import BigId, Utc, key, link, maybe_link, maybe_moment, moment


class NewsState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    """For a second person's approval."""
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


class Announcement(SQLModel, table=True):
    """Something that is told to many. Its id is its number."""

    id: int | None = key()
    staff_id: int | None = maybe_link("staff.id")
    """Who wrote it; nobody when it came from the command line."""
    approved_by: int | None = maybe_link("staff.id")
    state: str = Field(default=NewsState.DRAFT, index=True)
    sides: list[str] = Field(default_factory=list, sa_type=JSON)
    """To whom it goes: empty lists leave nobody out."""
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    platforms: list[str] = Field(default_factory=list, sa_type=JSON)
    topic: str = ""
    """Of the pack's news topics; readers may have chosen to hear nothing of one."""
    public: list[str] = Field(default_factory=list, sa_type=JSON)
    """Platforms whose public place shows it, too."""
    evidence_id: int | None = maybe_link("evidence.id")
    """The file as it was sent to the desk."""
    file: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """A `core.messages.StoredFile`; empty without one."""
    at: datetime | None = maybe_moment()
    """When it is to be published; at once without."""
    created_at: datetime = moment()
    published_at: datetime | None = Field(default=None, sa_type=Utc, nullable=True, index=True)
    ended_at: datetime | None = maybe_moment()
    """When the last of it was sent, or given up."""
    corrections: int = 0
    told_place: int | None = maybe_link("address.id")
    told_cause: str = ""
    """The message that shows how far it is: what said it, and where."""


class AnnouncementText(SQLModel, table=True):
    """An announcement in one language."""

    __tablename__ = "announcement_text"

    announcement_id: int = Field(foreign_key="announcement.id", primary_key=True, sa_type=BigId)
    language: str = Field(primary_key=True)
    title: str = ""
    text: str


class MutedTopic(SQLModel, table=True):
    """News of this topic is not wanted at this address."""

    __tablename__ = "muted_topic"

    address_id: int = Field(foreign_key="address.id", primary_key=True, sa_type=BigId)
    topic: str = Field(primary_key=True)


class QuietHours(SQLModel, table=True):
    """From this hour until that one, in the pack's zone, no news comes to this address."""

    __tablename__ = "quiet_hours"

    address_id: int = Field(foreign_key="address.id", primary_key=True, sa_type=BigId)
    since: int
    until: int


class PublicPlace(SQLModel, table=True):
    """Where a platform shows news to everybody, as its adapter told last."""

    __tablename__ = "public_place"

    platform: str = Field(primary_key=True)
    address_id: int = link("address.id")
