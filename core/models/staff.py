"""Who works at the desk, and how they came to it."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from core.models.columns import key, maybe_link, maybe_moment, moment


class Role(StrEnum):
    """Each may do all that those before it may."""

    AGENT = "agent"
    PUBLISHER = "publisher"
    ADMIN = "admin"


class Staff(SQLModel, table=True):
    """A member of staff. Their addresses point here (`Place.staff_id`)."""

    id: int | None = key()
    name: str
    role: str
    on_duty: bool = False
    """Told of new tickets."""
    created_at: datetime = moment()
    removed_at: datetime | None = maybe_moment()


class Invitation(SQLModel, table=True):
    """A code that makes an address one of staff, once. Only a hash of its secret half is kept."""

    id: int | None = key()
    code: str = Field(unique=True)
    """The half that is no secret."""
    hash: str
    name: str
    role: str
    staff_id: int | None = maybe_link("staff.id")
    """Who gets one more address; somebody new without."""
    expires_at: datetime = moment()
    wrong: int = 0
    """How often the secret half was not right."""
    used_at: datetime | None = maybe_moment()


class SavedReply(SQLModel, table=True):
    """What staff say again and again, under a name."""

    __tablename__ = "saved_reply"

    name: str = Field(primary_key=True)
    text: str
