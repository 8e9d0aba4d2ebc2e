"""Kinds of columns that all tables share."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field


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
