"""The delivery ledger, which is also the outgoing queue; there is no second one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_dict, json_list, moment, table

DUE = text("state IN ('planned', 'deferred', 'sending')")


class Delivery(SQLModel, table=True):
    """One document version to one receiver; ``key`` is stable over every attempt."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("deliveries_due", "next_attempt", "id", sqlite_where=DUE, postgresql_where=DUE),
        Index("deliveries_by_document", "document", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str = "document"
    document: int | None = Field(default=None, foreign_key="documents.id")
    version: int | None = Field(default=None, foreign_key="document_versions.id")
    arrival: int | None = Field(default=None, foreign_key="arrivals.id", index=True)
    receiver: str = Field(index=True)  # party code
    person: str | None = None  # named in the block: assigned after registration
    role: str = "main"
    state: str
    handling: str | None = None
    channel: str = ""
    address: str = ""
    because: list[dict[str, Any]] = json_list()
    entry: int | None = Field(default=None, foreign_key="register_entries.id")
    letter: dict[str, Any] = json_dict()  # kind of mail and its few facts
    attempts: int = 0
    next_attempt: datetime | None = moment(nullable=True)
    worker: str = ""  # who is sending it; next_attempt is then the end of the lease
    error: str = ""
    due_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()
    finished_at: datetime | None = moment(nullable=True)


class Attempt(SQLModel, table=True):
    __tablename__ = "attempts"
    id: int | None = Field(default=None, primary_key=True)
    delivery: int = Field(foreign_key="deliveries.id", index=True)
    number: int
    channel: str
    at: datetime = moment(index=True)
    outcome: str
    text: str = ""


class HandlingEvent(SQLModel, table=True):
    """Each move of ``handling`` with actor, channel and reason."""

    __tablename__ = "handling_events"
    id: int | None = Field(default=None, primary_key=True)
    delivery: int = Field(foreign_key="deliveries.id", index=True)
    handling: str
    at: datetime = moment()
    actor: str
    channel: str
    reason: str = ""


deliveries, attempts, handling_events = table(Delivery), table(Attempt), table(HandlingEvent)
