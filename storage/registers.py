"""Books and entries. A number is taken in the transaction that uses it, so that none is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, or_, select, update

from rules.permission import EVERYTHING, View
from rules.vocabulary import BookMode, Direction
from storage.access import of_units
from storage.engine import AnyRow
from storage.ready import Ready
from storage.tables.documents import documents
from storage.tables.registers import books, register_corrections, register_entries
from storage.upsert import upsert

# Statements of the hot path stand here ready-made, because building one costs more than running it.
_KEY = ("keeper", "issuer", "direction", "series", "year")
_BOOK = Ready(
    select(books.c.id, books.c.closed_at).where(*(books.c[name] == bindparam(f"its_{name}") for name in _KEY))
)
_TAKE = Ready(
    update(books)
    .where(books.c.id == bindparam("book"))
    .values(next_number=books.c.next_number + 1)
    .returning(books.c.next_number - 1)
)
_TAKEN = Ready(
    select(register_entries.c.id).where(
        register_entries.c.book == bindparam("book"), register_entries.c.label_key == bindparam("label")
    )
)
_MODE = Ready(select(books.c.mode).where(books.c.id == bindparam("book")))
_TAKE_BY_KEY = Ready(
    update(books)
    .where(
        *(books.c[name] == bindparam(f"its_{name}") for name in _KEY),
        books.c.closed_at.is_(None),
    )
    .values(next_number=books.c.next_number + 1)
    .returning(books.c.id, (books.c.next_number - 1).label("number"))
)
_ENTER = Ready(insert(register_entries).returning(register_entries.c.book, register_entries.c.id))
_ACCEPTED = Ready(
    select(books.c.keeper, register_entries.c.id)
    .join(books, books.c.id == register_entries.c.book)
    .where(
        register_entries.c.document == bindparam("document"),
        register_entries.c.voided_at.is_(None),
        books.c.direction == Direction.INCOMING,
    )
)


_AT = (register_entries.c.book == bindparam("book"),)
_RESERVED = (register_entries.c.document.is_(None), register_entries.c.voided_at.is_(None))


def _entries(of: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            register_entries.c.document,
            register_entries.c.id,
            register_entries.c.number,
            register_entries.c.label,
            register_entries.c.late,
            books.c.keeper,
            books.c.issuer,
            books.c.direction,
            books.c.series,
            books.c.year,
        )
        .join(books, books.c.id == register_entries.c.book)
        .where(of, register_entries.c.voided_at.is_(None))
        .order_by(books.c.direction.desc(), register_entries.c.id)
    )


_ENTRIES = _entries(register_entries.c.document.in_(bindparam("documents", expanding=True)))
_ENTRIES_OF_ONE = Ready(_entries(register_entries.c.document == bindparam("document")))


class BookClosed(Exception):
    """The book of that year was closed; only a person may reopen it."""


class NumberTaken(Exception):
    """The number stands in the book already, for another document."""


@dataclass(frozen=True, slots=True)
class BookKey:
    """Which book: keeper + issuer + direction + series + year."""

    keeper: str
    issuer: str
    direction: Direction
    series: str
    year: int
    mode: BookMode = BookMode.HUB


@dataclass(frozen=True, slots=True)
class Line:
    """What is written into a book."""

    document: int | None  # None: the number is kept for one that will bear it
    label: str
    label_key: str
    number: int | None
    suffix: str = ""
    late: bool = False


def open_book(connection: Connection, key: BookKey) -> int:
    """The id of the book, opened now if this is its first entry. Raises BookClosed."""
    row = _find_book(connection, key)
    if row is None:
        values = {
            "keeper": key.keeper,
            "issuer": key.issuer,
            "direction": key.direction,
            "series": key.series,
            "year": key.year,
            "mode": key.mode,
        }
        connection.execute(upsert(connection, books).on_conflict_do_nothing(), values)
        row = _find_book(connection, key)
    if row is None or row.closed_at is not None:
        raise BookClosed(f"{key.keeper} {key.direction} {key.series} {key.year}")
    return int(row.id)


def take_number(connection: Connection, book: int) -> int:
    """The next number of a hub-numbered book, locked until the transaction ends."""
    return int(_TAKE.run(connection, {"book": book}).scalar_one())


def take_next(connection: Connection, key: BookKey) -> tuple[int, int]:
    """Book and next number of a hub-numbered book, opened if need be. Raises BookClosed."""
    row = _TAKE_BY_KEY.run(connection, _key_values(key)).first()
    if row is not None:
        return int(row.id), int(row.number)
    book = open_book(connection, key)
    return book, take_number(connection, book)


def enter_all(connection: Connection, lines: Mapping[int, Line], now: datetime, by: str) -> dict[int, int]:
    """Write a line into each book, with numbers taken in this transaction; the entries' ids by book."""
    if not lines:
        return {}
    rows = [_entry_values(book, line, now, by) for book, line in lines.items()]
    return {row.book: int(row.id) for row in _ENTER.run_all(connection, rows)}


def enter(connection: Connection, book: int, line: Line, now: datetime, by: str) -> int:
    """Write a line; its entry's id. Raises NumberTaken when the label stands there already."""
    if _TAKEN.run(connection, {"book": book, "label": line.label_key}).first():
        raise NumberTaken(line.label)
    return int(_ENTER.run(connection, _entry_values(book, line, now, by)).one().id)


def series_of_book(connection: Connection, book: int) -> str:
    """The series of a book."""
    return str(connection.execute(select(books.c.series).where(books.c.id == book)).scalar_one())


def counted(connection: Connection, book: int) -> bool:
    """Whether the hub gives this book's numbers."""
    return bool(_MODE.run(connection, {"book": book}).scalar() == BookMode.HUB)


def next_number(connection: Connection, book: int) -> int:
    """The number that comes next, not taken."""
    return int(connection.execute(select(books.c.next_number).where(books.c.id == book)).scalar_one())


def reserved(connection: Connection, book: int, number: int | None, suffix: str = "") -> int | None:
    """The line that keeps this number for a document to come."""
    if suffix:
        return None
    return connection.execute(
        select(register_entries.c.id).where(*_RESERVED, *_AT, register_entries.c.number == number),
        {"book": book},
    ).scalar()


def fill(connection: Connection, entry: int, line: Line, now: datetime, by: str) -> int:
    """Write the document into the line that kept its number."""
    taken = update(register_entries).where(register_entries.c.id == entry, *_RESERVED)
    values = {
        "document": line.document,
        "label": line.label,
        "label_key": line.label_key,
        "registered_at": now,
        "registered_by": by,
    }
    if connection.execute(taken, values).rowcount != 1:
        raise NumberTaken(line.label)
    return entry


def any_reserved(connection: Connection, book: int) -> int | None:
    """A number that is still kept for a document to come."""
    query = select(register_entries.c.number).where(*_RESERVED, *_AT)
    return connection.execute(query.order_by(register_entries.c.number), {"book": book}).scalar()


def latest_date(connection: Connection, book: int, number: int | None) -> date | None:
    """The latest date of a document with a lower number."""
    return connection.execute(
        select(func.max(documents.c.date))
        .join(register_entries, register_entries.c.document == documents.c.id)
        .where(*_AT, register_entries.c.number < number, register_entries.c.voided_at.is_(None)),
        {"book": book},
    ).scalar()


def entry_in(connection: Connection, book: int, document: int) -> AnyRow | None:
    """The document's valid line in a book, if it has one."""
    return connection.execute(
        select(register_entries).where(
            register_entries.c.book == book,
            register_entries.c.document == document,
            register_entries.c.voided_at.is_(None),
        )
    ).first()


def accepted(connection: Connection, document: int) -> dict[str, int]:
    """The document's valid incoming entries, of whatever year, by keeper."""
    rows = _ACCEPTED.run(connection, {"document": document}).all()
    return {row.keeper: int(row.id) for row in rows}


def entries_of(connection: Connection, document_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Valid entries of documents with their books, outgoing first."""
    if len(document_ids) == 1:
        return _ENTRIES_OF_ONE.run(connection, {"document": document_ids[0]}).all()
    return connection.execute(_ENTRIES, {"documents": list(document_ids)}).all()


def void(connection: Connection, entry: int, reason: str, by: str, now: datetime) -> bool:
    """Void an entry with its reason; the number stays used."""
    statement = update(register_entries).where(
        register_entries.c.id == entry, register_entries.c.voided_at.is_(None)
    )
    values = {"voided_at": now, "void_reason": reason, "voided_by": by}
    return connection.execute(statement, values).rowcount == 1


def void_borne(connection: Connection, entry: int, reason: str, by: str, now: datetime) -> bool:
    """Void a line, and where documents bear their own numbers give the number free again: a rule refused
    the document before it was in force, and its clerk sends it again under the number it bears."""
    if not void(connection, entry, reason, by, now):
        return False
    borne = select(books.c.id).where(books.c.mode == BookMode.BORNE, books.c.direction == Direction.OUTGOING)
    freed = update(register_entries).where(register_entries.c.id == entry, register_entries.c.book.in_(borne))
    given_free = register_entries.c.label_key + f" void {entry}"
    connection.execute(freed.values(label_key=given_free))
    return True


def correct(
    connection: Connection,
    document: int,
    field: str,
    old: str,
    new: str,
    *,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """Record a correction as a row of its own."""
    values = {
        "document": document,
        "field": field,
        "old": old,
        "new": new,
        "reason": reason,
        "by": by,
        "at": at,
    }
    connection.execute(insert(register_corrections), values)


def keeper_of_entry(connection: Connection, entry: int) -> str | None:
    """Who keeps the book in which an entry stands."""
    query = select(books.c.keeper).join(register_entries, register_entries.c.book == books.c.id)
    return connection.execute(query.where(register_entries.c.id == entry)).scalar()


def keeper_of_book(connection: Connection, book: int) -> str | None:
    """Who keeps a book."""
    return connection.execute(select(books.c.keeper).where(books.c.id == book)).scalar()


def book_rows(
    connection: Connection, keeper: str | None = None, year: int | None = None, view: View = EVERYTHING
) -> Sequence[AnyRow]:
    """All books, of one keeper or year if asked."""
    mine = or_(of_units(view, books.c.keeper), of_units(view, books.c.issuer))
    statement = (
        select(books).where(mine).order_by(books.c.keeper, books.c.direction, books.c.year, books.c.series)
    )
    if keeper is not None:
        statement = statement.where(books.c.keeper == keeper)
    if year is not None:
        statement = statement.where(books.c.year == year)
    return connection.execute(statement).all()


def lines_of(connection: Connection, book: int) -> Sequence[AnyRow]:
    """Every line of a book in order, the void ones included, with the document's columns."""
    return connection.execute(
        select(
            register_entries,
            documents.c.symbol,
            documents.c.date,
            documents.c.type,
            documents.c.subject,
            documents.c.issuer,
            documents.c.issuer_text,
            documents.c.signer,
            documents.c.recipients,
        )
        .outerjoin(documents, documents.c.id == register_entries.c.document)
        .where(register_entries.c.book == book)
        .order_by(register_entries.c.number, register_entries.c.id)
    ).all()


def _find_book(connection: Connection, key: BookKey) -> AnyRow | None:
    return _BOOK.run(connection, _key_values(key)).first()


def _key_values(key: BookKey) -> dict[str, str | int]:
    return {f"its_{name}": getattr(key, name) for name in _KEY}


def _entry_values(book: int, line: Line, now: datetime, by: str) -> dict[str, object]:
    return {
        "book": book,
        "number": line.number,
        "suffix": line.suffix,
        "label": line.label,
        "label_key": line.label_key,
        "document": line.document,
        "late": line.late,
        "registered_at": now,
        "registered_by": by,
    }
