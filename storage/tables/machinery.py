"""Steps, journal, rule sets, access events and what the hub knows of itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_dict, moment, table

OPEN = text("state IN ('ready', 'running')")


class Step(SQLModel, table=True):
    """One stage's work on one subject. Finished steps without a slot are removed."""

    __tablename__ = "steps"
    __table_args__ = (Index("steps_due", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),)
    id: int | None = Field(default=None, primary_key=True)
    stage: str
    subject: int = 0
    slot: str | None = Field(default=None, unique=True)
    state: str
    due_at: datetime = moment()  # of a running step: the end of its lease
    worker: str = ""
    starts: int = 0  # claims, persisted before the work, so that a crash counts too
    tries: int = 0  # failures
    error: str = ""
    payload: dict[str, Any] = json_dict()
    created_at: datetime = moment()


class JournalEntry(SQLModel, table=True):
    """Ids and hashes of a decision, never content, chained by ``hash``."""

    __tablename__ = "journal"
    sequence: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = moment()
    actor: str
    event: str
    subject: str = Field(index=True)
    facts: dict[str, Any] = json_dict()
    previous: str
    hash: str


class JournalHead(SQLModel, table=True):
    """The last link of the chain; its row lock orders the writers."""

    __tablename__ = "journal_head"
    id: int = Field(default=1, primary_key=True)
    sequence: int = Field(default=0, sa_type=BigInteger)
    hash: str = ""


class RuleSetRow(SQLModel, table=True):
    __tablename__ = "rule_sets"
    id: int | None = Field(default=None, primary_key=True)
    scope: str = ""  # unit code, or "" for the organisation
    version: int
    state: str
    source: str
    sha256: str
    author: str
    comment: str = ""
    created_at: datetime = moment()
    published_at: datetime | None = moment(nullable=True)
    withdrawn_at: datetime | None = moment(nullable=True)


class AccessEvent(SQLModel, table=True):
    """Look-ups and log-ins, counted from the first day."""

    __tablename__ = "access_events"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment(index=True)
    actor: str
    action: str
    subject: str = ""


class Setting(SQLModel, table=True):
    """What the hub knows of itself: its id, the directory's revision."""

    __tablename__ = "settings"
    name: str = Field(primary_key=True)
    value: str


class Lease(SQLModel, table=True):
    """Who may do what only one process may do at a time."""

    __tablename__ = "leases"
    name: str = Field(primary_key=True)
    holder: str
    until: datetime = moment()


steps, journal, journal_head = table(Step), table(JournalEntry), table(JournalHead)
rule_sets, access_events = table(RuleSetRow), table(AccessEvent)
settings, leases = table(Setting), table(Lease)
