"""What happens to a delivery after it left: who works on it, what is asked back, what comes on paper."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_dict, moment, table


class Assignment(SQLModel, table=True):
    """A person who works on a received document, with the leader's opinion and the due date."""

    __tablename__ = "assignments"
    __table_args__ = (Index("assignments_by_person", "person", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    delivery: int = Field(foreign_key="deliveries.id", index=True)
    person: str
    opinion: str = ""
    due_at: datetime | None = moment(nullable=True)
    assigned_at: datetime = moment()
    assigned_by: str
    ended_at: datetime | None = moment(nullable=True)
    ended_by: str = ""
    outcome: str = ""  # done | withdrawn


class SpentToken(SQLModel, table=True):
    """A reply address or link that was used for an action; it does nothing for that action again."""

    __tablename__ = "spent_tokens"
    token: str = Field(primary_key=True)  # SHA-256, never the token
    action: str = Field(primary_key=True)
    at: datetime = moment()
    by: str


class Suppression(SQLModel, table=True):
    """An address that does not exist, until somebody says that it does."""

    __tablename__ = "suppressions"
    address: str = Field(primary_key=True)
    since: datetime = moment()
    reason: str
    delivery: int | None = Field(default=None, foreign_key="deliveries.id")


class Preference(SQLModel, table=True):
    """How a person wants to be told, and the secret of their calendar feed."""

    __tablename__ = "preferences"
    person: str = Field(primary_key=True)
    notices: str = "at_once"  # at_once | hourly | daily
    feed: str = ""


class Absence(SQLModel, table=True):
    """Days on which somebody else gets a person's notices; both days included."""

    __tablename__ = "absences"
    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(index=True)
    substitute: str
    first: date
    last: date
    entered_by: str


class Paper(SQLModel, table=True):
    """The paper that follows a document sent over the network (electronic first)."""

    __tablename__ = "papers"
    __table_args__ = (UniqueConstraint("document", "unit"),)
    id: int | None = Field(default=None, primary_key=True)
    document: int = Field(foreign_key="documents.id")
    unit: str = Field(index=True)  # who gets the paper
    expected_at: datetime = moment()
    came_at: datetime | None = moment(nullable=True)
    came_by: str = ""  # who took it in


class Recall(SQLModel, table=True):
    """A sender's wish to take back, replace or correct what was sent (DOMAIN 2.7)."""

    __tablename__ = "recalls"
    id: int | None = Field(default=None, primary_key=True)
    document: int = Field(foreign_key="documents.id", index=True)
    kind: str  # recall | replace | correct
    reason: str
    replacement: int | None = Field(default=None, foreign_key="documents.id")
    asked_by: str
    asked_at: datetime = moment()


class DigestItem(SQLModel, table=True):
    """A notice that waits for its reader's next digest."""

    __tablename__ = "digest_items"
    __table_args__ = (Index("digest_items_waiting", "address", "sent_in"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    address: str
    due_at: datetime = moment()
    letter: dict[str, Any] = json_dict()
    document: int | None = Field(default=None, foreign_key="documents.id")
    sent_in: int | None = Field(default=None, foreign_key="deliveries.id")


assignments, spent_tokens, suppressions = table(Assignment), table(SpentToken), table(Suppression)
preferences, absences, papers = table(Preference), table(Absence), table(Paper)
recalls, digest_items = table(Recall), table(DigestItem)
