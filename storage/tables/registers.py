"""Books and their entries: gap-free where the hub gives the number."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import moment, table


class Book(SQLModel, table=True):
    """Keeper + issuer + direction + series + year (SEMANTICS, Direction, books, numbers)."""

    __tablename__ = "books"
    __table_args__ = (UniqueConstraint("keeper", "issuer", "direction", "series", "year"),)
    id: int | None = Field(default=None, primary_key=True)
    keeper: str
    issuer: str
    direction: str
    series: str
    year: int
    mode: str  # borne | hub
    start: int = 1
    next_number: int = 1
    closed_at: datetime | None = moment(nullable=True)


class RegisterEntry(SQLModel, table=True):
    """A document's line in one book. Never deleted: void with a reason."""

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("book", "label_key"),
        Index("entries_by_document", "document", "book"),
        Index(
            "entries_one_per_book",
            "book",
            "document",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    book: int = Field(foreign_key="books.id")
    number: int | None = None
    suffix: str = ""
    label: str  # as printed in the book
    label_key: str  # folded; unique in the book
    document: int | None = Field(default=None, foreign_key="documents.id")
    late: bool = False
    registered_at: datetime = moment()
    registered_by: str = ""
    voided_at: datetime | None = moment(nullable=True)
    void_reason: str = ""
    voided_by: str = ""


class RegisterCorrection(SQLModel, table=True):
    """A correction is a new row; the old value stays."""

    __tablename__ = "register_corrections"
    id: int | None = Field(default=None, primary_key=True)
    document: int = Field(foreign_key="documents.id", index=True)
    entry: int | None = Field(default=None, foreign_key="register_entries.id")
    field: str
    old: str
    new: str
    reason: str
    by: str
    at: datetime = moment()


books, register_entries, register_corrections = table(Book), table(RegisterEntry), table(RegisterCorrection)
