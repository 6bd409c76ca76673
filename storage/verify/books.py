"""Numbers against gaps: no number that the hub gives is ever missing, twice, or still to come."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from rules.vocabulary import BookMode, Direction
from storage.engine import AnyRow
from storage.tables.registers import books, register_entries
from storage.verify.survey import Survey, ranges

Gaps = dict[int, list[tuple[int, int]]]


def check_books(survey: Survey) -> None:
    """All books, seen at one moment."""
    with survey.database.reading() as connection:
        rows = connection.execute(_totals()).all()
        gaps = _gaps(connection)
        _check_twice(survey, connection)
        _check_blank(survey, connection, [row.id for row in rows if gap_free(row)])
    for done, row in enumerate(rows, 1):
        _check_book(survey, row, gaps.get(row.id, []))
        survey.progress(done, len(rows), "numbers")
    survey.counts["books"] = len(rows)
    survey.counts["entries"] = sum(row.lines for row in rows)


def gap_free(book: AnyRow) -> bool:
    """Whether the hub gives this book's numbers: acceptance numbers and hub-numbered books (SEMANTICS)."""
    return bool(book.direction == Direction.INCOMING or book.mode == BookMode.HUB)


def _totals() -> Select[Any]:
    entries = register_entries.c
    return (
        select(
            books,
            func.count(entries.id).label("lines"),
            func.min(entries.number).label("lowest"),
            func.max(entries.number).label("highest"),
        )
        .outerjoin(register_entries, entries.book == books.c.id)
        .group_by(*books.c)
        .order_by(books.c.id)
    )


def _gaps(connection: Connection) -> Gaps:
    """Numbers that are missing between two that are there; void ones are there."""
    entries = register_entries.c
    used = select(entries.book, entries.number).where(entries.number.is_not(None)).distinct().subquery()
    before = func.lag(used.c.number).over(partition_by=used.c.book, order_by=used.c.number)
    pairs = select(used.c.book, used.c.number, before.label("before")).subquery()
    statement = select(pairs).where(pairs.c.number > pairs.c.before + 1)
    found: Gaps = defaultdict(list)
    for row in connection.execute(statement.order_by(pairs.c.book, pairs.c.number)):
        found[row.book].append((row.before + 1, row.number - 1))
    return found


def _check_book(survey: Survey, book: AnyRow, gaps: list[tuple[int, int]]) -> None:
    subject = f"book:{book.id}"
    name = f"{book.keeper} {book.issuer} {book.direction} {book.series or '-'} {book.year}"
    if book.lowest is not None and book.lowest > book.start:
        gaps = [(book.start, book.lowest - 1), *gaps]
    if not gap_free(book):
        if gaps:
            survey.question("number-gap-borne", subject, f"{name}: {ranges(gaps)}")
        return
    if gaps:
        survey.error("number-gap", subject, f"{name}: {ranges(gaps)}")
    if book.lowest is not None and book.lowest < book.start:
        survey.error("number-below-start", subject, f"{name}: {book.lowest} < {book.start}")
    due = book.start if book.highest is None else book.highest + 1
    if book.next_number != due:
        survey.error("number-next", subject, f"{name}: {book.next_number} != {due}")


def _check_twice(survey: Survey, connection: Connection) -> None:
    entries = register_entries.c
    numbers = (
        select(entries.book, entries.number, entries.suffix, books.c.mode, books.c.direction)
        .join(books, books.c.id == entries.book)
        .where(
            entries.number.is_not(None),
            # because a borne number that a rule refused comes again, and its first line stays, void
            or_(
                entries.voided_at.is_(None),
                books.c.mode == BookMode.HUB,
                books.c.direction == Direction.INCOMING,
            ),
        )
        .group_by(entries.book, entries.number, entries.suffix, books.c.mode, books.c.direction)
        .having(func.count() > 1)
    )
    for row in connection.execute(numbers):
        report = survey.error if gap_free(row) else survey.question
        report("number-twice", f"book:{row.book}", f"{row.number}{row.suffix}")
    standing = (
        select(entries.book, entries.document)
        .where(entries.voided_at.is_(None), entries.document.is_not(None))
        .group_by(entries.book, entries.document)
        .having(func.count() > 1)
    )
    for book, document in connection.execute(standing):
        survey.error("entry-twice", f"book:{book}", f"document:{document}")


def _check_blank(survey: Survey, connection: Connection, gap_free_books: list[int]) -> None:
    entries = register_entries.c
    statement = select(entries.id, entries.book).where(entries.number.is_(None))
    wanted = set(gap_free_books)
    for row in connection.execute(statement):
        if row.book in wanted:
            survey.error("number-blank", f"entry:{row.id}", f"book:{row.book}")
