"""Chat accounts of staff, linked by a code that works once."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import moment, table


class ChatLink(SQLModel, table=True):
    """A chat that is a person's; ended links stay as a proof."""

    __tablename__ = "chat_links"
    id: int | None = Field(default=None, primary_key=True)
    chat: str = Field(index=True)
    person: str = Field(index=True)
    linked_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class ChatCode(SQLModel, table=True):
    """A code for linking: its SHA-256, whose it is, until when."""

    __tablename__ = "chat_codes"
    digest: str = Field(primary_key=True)
    person: str
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)


chat_links, chat_codes = table(ChatLink), table(ChatCode)
