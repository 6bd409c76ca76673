"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and always given back aware.

    SQLite would give back naive values and PostgreSQL aware ones.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """A column of moments."""
    return Field(sa_type=UtcTime, nullable=nullable, index=index)


def json_list() -> Any:
    """A column holding a list."""
    column: Any = JSON
    return Field(default_factory=list, sa_type=column)


def json_dict() -> Any:
    """A column holding a mapping with text keys."""
    column: Any = JSON
    return Field(default_factory=dict, sa_type=column)


def table(model: type[SQLModel]) -> Table:
    """The Core table behind a model, for statements on the hot path."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel's metaclass adds it
    return found
