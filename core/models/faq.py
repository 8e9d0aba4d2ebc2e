"""The FAQ, and what people asked of it."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from core.models.columns import BigId, key, link, moment


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


BECAME_TICKET = ("ticket", "letter")
"""Outcomes of what the FAQ did not keep from the staff."""


class Asked(SQLModel, table=True):
    """A question put to the FAQ, masked, and what came of it."""

    __table_args__ = (Index("ix_asked_outcome", "outcome", "at"),)

    id: int = Field(primary_key=True, foreign_key="inbox.id", sa_type=BigId)
    """The inbox row in which it was asked, or chosen."""
    address_id: int = link("address.id", index=True)
    at: datetime = moment()
    text: str
    language: str
    audience: str
    verdict: str
    entry_id: str = ""
    confidence: float = 0.0
    outcome: str = ""
    """Empty, chosen, helped, not_helped, or ticket: what the one who asked said. Or letter: it came
    in one, which is a ticket whatever the FAQ knows.
    """
    settled: str = ""
    """Empty, learnt, or dismissed: what staff did about it."""


class Note(SQLModel, table=True):
    """What the desk remembers about itself, such as the FAQ's version."""

    __tablename__ = "desk"

    name: str = Field(primary_key=True)
    value: str
