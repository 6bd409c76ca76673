"""Everything that came in, and what waits for a person because of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_dict, json_list, moment, table


class Arrival(SQLModel, table=True):
    """One coming-in, also of what was refused later, is in review, or was known."""

    __tablename__ = "arrivals"
    id: int | None = Field(default=None, primary_key=True)
    dedupe_key: str = Field(unique=True)  # source account + envelope + content
    source: str
    account: str
    received_at: datetime = moment(index=True)
    mail_from: str = ""
    person: str | None = None
    verdict: str
    recipients: list[str] = json_list()
    envelope: dict[str, Any] = json_dict()
    sha256: str = Field(foreign_key="blobs.sha256", index=True)
    size: int = Field(sa_type=BigInteger)
    state: str = Field(index=True)
    subject: str = ""
    message_id: str = ""
    automatic: str = ""
    outcome: str = ""  # one line for people
    exchange: dict[str, Any] = json_dict()  # of an edXML package: who sent it and what it is called there


class ArrivalDocument(SQLModel, table=True):
    """One arrival may bring several documents, one document may arrive often."""

    __tablename__ = "arrival_documents"
    arrival: int = Field(primary_key=True, foreign_key="arrivals.id")
    document: int = Field(primary_key=True, foreign_key="documents.id", index=True)
    how: str  # registered | known | added | review


class Waiting(SQLModel, table=True):
    """What waits for a person: review (clerk), hold (coordinator), quarantine (administrator)."""

    __tablename__ = "waiting"
    __table_args__ = (
        Index(
            "waiting_open",
            "kind",
            "unit",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str  # review | hold | quarantine
    unit: str
    reason: str  # a code: symbol-missing, sender-unverified, recipient-unresolved, ...
    detail: str = ""  # the words it is about
    suggestions: list[str] = json_list()
    arrival: int | None = Field(default=None, foreign_key="arrivals.id", index=True)
    document: int | None = Field(default=None, foreign_key="documents.id", index=True)
    delivery: int | None = Field(default=None, foreign_key="deliveries.id")
    opened_at: datetime = moment()
    resolved_at: datetime | None = moment(nullable=True)
    resolved_by: str = ""
    answer: str = ""


class SourceCursor(SQLModel, table=True):
    """Where a fetching source stands: account, folder, UIDVALIDITY, last UID."""

    __tablename__ = "source_cursors"
    name: str = Field(primary_key=True)
    value: dict[str, Any] = json_dict()
    last_success: datetime | None = moment(nullable=True)
    last_error: str = ""


arrivals, arrival_documents, waiting = table(Arrival), table(ArrivalDocument), table(Waiting)
source_cursors = table(SourceCursor)
