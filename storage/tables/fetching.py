"""Mail of other people's servers: a row for each one that was seen there."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import moment, table


class SourceMail(SQLModel, table=True):
    """One mail of a fetched folder, under the UIDVALIDITY that its UID belongs to."""

    __tablename__ = "source_mails"
    __table_args__ = (Index("source_mails_state", "source", "state"),)
    source: str = Field(primary_key=True)  # the name of its row in source_cursors
    validity: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    uid: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    state: str
    sha256: str = ""  # of the body that came
    size: int = Field(default=0, sa_type=BigInteger)  # as the server says
    tries: int = 0
    why: str = ""  # of the last failure, a code
    at: datetime = moment()  # when it got this state
    due_at: datetime | None = moment(nullable=True)  # of a failed one: its next try


source_mails = table(SourceMail)
