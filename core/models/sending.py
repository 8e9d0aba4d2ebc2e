"""What is on its way to people."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.models.columns import key, link, maybe_link, maybe_moment, moment


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
    HELD = "held"
    """Not to be sent for now: out of the way of what is."""
    ENDED = "ended"
    """Not wanted any more."""


class Act(StrEnum):
    """What a row does."""

    SAY = "say"
    EDIT = "edit"
    """Say otherwise what another row said."""
    WITHDRAW = "withdraw"
    """Take back what another row said."""


CHANGES = text("about_id IS NOT NULL")
NEWS = text("rank = '3 announcement'")
STUCK = text("state IN ('failed', 'unknown')")
TO_SEND = text("state IN ('pending', 'sending')")


class Sending(SQLModel, table=True):
    """One part on its way to one address."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("cause", "address_id", "part"),
        Index("ix_outbox_todo", "platform", "rank", "id",
              sqlite_where=TO_SEND, postgresql_where=TO_SEND),
        Index("ix_outbox_lane", "address_id", "rank", "id",
              sqlite_where=TO_SEND, postgresql_where=TO_SEND),
        Index("ix_outbox_stuck", "platform", "state",
              sqlite_where=STUCK, postgresql_where=STUCK),
        Index("ix_outbox_platform_id", "address_id", "platform_id"),
        Index("ix_outbox_about", "about_id",
              sqlite_where=CHANGES, postgresql_where=CHANGES),
        Index("ix_outbox_news", "cause", "platform", "state", "part",
              sqlite_where=NEWS, postgresql_where=NEWS),
    )  # fmt: skip

    id: int | None = key()
    cause: str
    """What made us say it, such as `in:17/0`: the first answer to inbox row 17."""
    address_id: int = link("address.id")
    platform: str
    """The address's: a platform finds its own rows without reading those of the others."""
    part: int = 0
    rank: str = Rank.ANSWER
    title: str = ""
    text: str
    choices: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    columns: int = 1
    file: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """A `core.messages.StoredFile`; empty without one."""
    act: str = Act.SAY
    about_id: int | None = maybe_link("outbox.id")
    """The row whose message is edited or withdrawn."""
    reply_to: str = ""
    answer_to: str = ""
    """The platform's key for answering the very event that this answers; it expires there."""
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
