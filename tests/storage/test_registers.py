"""Books: no gap, no number twice, void never reused (PROMISES R5)."""

import importlib.util
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from rules.vocabulary import BookMode, Direction
from storage import documents, journal, registers
from storage.engine import Database
from storage.registers import BookClosed, BookKey, Line, NumberTaken
from storage.tables.documents import documents as document_rows
from storage.tables.machinery import journal as journal_rows
from storage.tables.registers import books, register_corrections, register_entries

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
INCOMING = BookKey("sonoivu", "sonoivu", Direction.INCOMING, "", 2026)
Program = Callable[..., "subprocess.Popen[str]"]


def registrations() -> Any:
    """The module the writer processes run, because both shall register in the same way."""
    path = Path(__file__).parent / "programs" / "registrations.py"
    spec = importlib.util.spec_from_file_location("registrations", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def documents_made(database: Database, count: int) -> list[int]:
    blank = registrations().blank()
    with database.transaction() as connection:
        values = {**blank, "direction": "incoming", "status": "registered", "unit": "sonoivu"}
        return [documents.add(connection, values, None, NOW)[0] for _ in range(count)]


def entered(database: Database, document: int, key: BookKey = INCOMING) -> tuple[int, int]:
    """(entry, number) of a hub-numbered line."""
    with database.transaction() as connection:
        book = registers.open_book(connection, key)
        number = registers.take_number(connection, book)
        line = Line(document, f"{number:02d}", str(number), number)
        return registers.enter(connection, book, line, NOW, "an"), number


def borne(database: Database, document: int, label: str, number: int, suffix: str = "") -> int:
    key = BookKey("sonoivu", "sonoivu", Direction.OUTGOING, "", 2026, BookMode.BORNE)
    with database.transaction() as connection:
        book = registers.open_book(connection, key)
        return registers.enter(connection, book, Line(document, label, label, number, suffix), NOW, "an")


def assert_gap_free(database: Database, least: int) -> None:
    """max = count, nothing twice, next = max + 1, and the order is that of the journal (commit order)."""
    numbers = func.count(), func.count(func.distinct(register_entries.c.number))
    with database.reading() as connection:
        statement = (
            select(books.c.next_number, func.max(register_entries.c.number), *numbers)
            .join(books, books.c.id == register_entries.c.book)
            .group_by(books.c.id, books.c.next_number)
        )
        rows = connection.execute(statement).all()
        for next_number, highest, count, distinct in rows:
            assert highest == count == distinct == next_number - 1
        assert sum(row[2] for row in rows) >= least
        order: dict[int, list[int]] = {}
        for event in connection.execute(select(journal_rows.c.facts).order_by(journal_rows.c.sequence)):
            order.setdefault(event.facts["book"], []).append(event.facts["number"])
        assert all(taken == list(range(1, len(taken) + 1)) for taken in order.values())
        assert sum(map(len, order.values())) == sum(row[2] for row in rows)
        documents_there = connection.execute(select(func.count()).select_from(document_rows)).scalar()
        assert documents_there == sum(row[2] for row in rows), "what was rolled back is gone as a whole"


def test_four_threads_leave_no_gap(database: Database) -> None:
    module = registrations()
    turns = 200 if database.sqlite else 40
    numbers: list[int | None] = []

    def write(name: str) -> None:
        numbers.extend(module.register(database, name, turn) for turn in range(turns))

    threads = [threading.Thread(target=write, args=[f"w{number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [number for number in numbers if number is not None]
    assert len(numbers) == 4 * turns and len(taken) == 4 * turns * 19 // 20
    assert sorted(taken) == list(range(1, len(taken) + 1))
    assert_gap_free(database, len(taken))


def test_four_processes_leave_no_gap_and_commit_in_the_order_of_numbers(
    migrated_postgres_url: str, program: Program
) -> None:
    writers = program("register", migrated_postgres_url, 2, 4, 200, 1, 0)
    lines = writers.communicate(timeout=100)[0].splitlines()
    assert writers.returncode == 0
    assert lines.count("rolled-back") == 40 and len(lines) == 800
    database = Database(migrated_postgres_url)
    assert_gap_free(database, 760)
    with database.reading() as connection:
        witness = "SELECT number FROM register_entries WHERE book = 1 ORDER BY pg_xact_commit_timestamp(xmin)"
        by_commit = list(connection.execute(text(witness)).scalars())
    assert by_commit == sorted(by_commit)
    database.close()


def test_killed_writers_leave_no_gap(migrated_postgres_url: str, program: Program) -> None:
    writers = program("register", migrated_postgres_url, 1, 4, 500, 5, 40)
    lines = writers.communicate(timeout=100)[0].splitlines()
    assert writers.returncode == 0
    promised = [int(line.split()[1]) for line in lines if line.startswith("registered ")]
    database = Database(migrated_postgres_url)
    assert len(promised) == len(set(promised)) >= 150
    with database.reading() as connection:
        found = set(connection.execute(select(register_entries.c.number)).scalars())
    assert set(promised) <= found
    assert_gap_free(database, len(promised))
    database.close()


def test_a_void_number_is_never_used_again(database: Database) -> None:
    made = documents_made(database, 3)
    first, second = entered(database, made[0]), entered(database, made[1])
    with database.transaction() as connection:
        assert registers.void(connection, first[0], "entered by mistake", "an", NOW)
        assert registers.void(connection, second[0], "again", "an", NOW)
        assert not registers.void(connection, first[0], "twice", "binh", NOW)
        assert registers.entry_in(connection, 1, made[0]) is None
        assert "sonoivu" not in registers.accepted(connection, made[0])
    third = entered(database, made[2])
    again = entered(database, made[0])
    assert [first[1], second[1], third[1], again[1]] == [1, 2, 3, 4]
    with database.reading() as connection:
        lines = registers.lines_of(connection, 1)
        assert [(line.number, line.void_reason, line.voided_by) for line in lines] == [
            (1, "entered by mistake", "an"), (2, "again", "an"), (3, "", ""), (4, "", "")
        ]  # fmt: skip
        found = registers.accepted(connection, made[0])
        assert found["sonoivu"] == again[0]


def test_a_void_borne_label_stays_used(database: Database) -> None:
    made = documents_made(database, 2)
    entry = borne(database, made[0], "12snv", 12)
    with database.transaction() as connection:
        registers.void(connection, entry, "recalled", "an", NOW)
    with pytest.raises(NumberTaken, match="12snv"):
        borne(database, made[1], "12snv", 12)
    borne(database, made[1], "12asnv", 12, "a")


def test_a_number_that_is_taken_leaves_nothing_behind(database: Database) -> None:
    made = documents_made(database, 2)
    borne(database, made[0], "12snv", 12)
    with pytest.raises(NumberTaken):
        borne(database, made[1], "12snv", 12)
    with database.transaction() as connection:
        with pytest.raises(NumberTaken), connection.begin_nested():
            book = registers.open_book(connection, INCOMING)
            registers.take_number(connection, book)
            registers.enter(connection, 1, Line(made[1], "12snv", "12snv", 12), NOW, "an")
        registers.correct(connection, made[1], "number", "12", "", reason="taken", by="an", at=NOW)
    with database.reading() as connection:
        [book_row] = registers.book_rows(connection)
        assert (book_row.direction, book_row.mode, book_row.next_number) == ("outgoing", "borne", 1)
        [line] = registers.lines_of(connection, 1)
        assert line.document == made[0]
        [kept] = connection.execute(select(register_corrections)).all()
        assert (kept.old, kept.new, kept.reason, kept.at) == ("12", "", "taken", NOW)


def test_one_document_stands_once_in_a_book(database: Database) -> None:
    [document] = documents_made(database, 1)
    entered(database, document)
    with pytest.raises(IntegrityError):
        entered(database, document)
    with database.reading() as connection:
        [book] = registers.book_rows(connection)
        assert book.next_number == 2, "the number taken for nothing came back"


def test_a_closed_book_takes_no_entry_and_no_number(database: Database) -> None:
    made = documents_made(database, 2)
    entered(database, made[0])
    with database.transaction() as connection:
        connection.execute(update(books).values(closed_at=NOW))
    with pytest.raises(BookClosed, match="sonoivu incoming"):
        entered(database, made[1])
    entered(database, made[1], BookKey("sonoivu", "sonoivu", Direction.INCOMING, "", 2027))
    with database.reading() as connection:
        rows = registers.book_rows(connection, "sonoivu")
        assert [(row.year, row.next_number) for row in rows] == [(2026, 2), (2027, 2)]


def test_each_part_of_the_key_makes_a_book_of_its_own(database: Database) -> None:
    keys = [
        BookKey("vpubnd", issuer, direction, series, year)
        for issuer in ("ubnd", "vpubnd")
        for direction in Direction
        for series in ("", "chi-thi")
        for year in (2025, 2026)
    ]
    with database.transaction() as connection:
        first = [registers.open_book(connection, key) for key in keys]
        assert len(set(first)) == 16
        assert [registers.open_book(connection, key) for key in keys] == first
    with database.reading() as connection:
        assert len(registers.book_rows(connection, "vpubnd", 2026)) == 8


def test_a_book_opened_by_many_at_once_is_one(database: Database) -> None:
    found: list[int] = []

    def open_them() -> None:
        for year in range(2000, 2020):
            with database.transaction() as connection:
                key = BookKey("sonoivu", "sonoivu", Direction.INCOMING, "", year)
                found.append(registers.open_book(connection, key))

    threads = [threading.Thread(target=open_them) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80 and len(set(found)) == 20


def test_entries_name_their_books(database: Database) -> None:
    made = documents_made(database, 2)
    entered(database, made[0])
    borne(database, made[0], "12snv", 12)
    borne(database, made[1], "13snv", 13)
    with database.reading() as connection:
        rows = registers.entries_of(connection, made)
        outgoing = [(row.document, row.number) for row in rows if row.direction == Direction.OUTGOING]
        assert outgoing == [(made[0], 12), (made[1], 13)]
        assert rows[0].direction == Direction.OUTGOING, "outgoing first, the sender cares for that one"
        assert [row.keeper for row in rows] == ["sonoivu"] * 3
        assert registers.entries_of(connection, []) == []
        alone = [tuple(row) for row in registers.entries_of(connection, made[:1])]
        assert alone == [tuple(row) for row in rows if row.document == made[0]]


def test_a_row_with_an_unknown_book_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as connection:
        connection.execute(
            insert(register_entries),
            {"book": 99, "label": "1", "label_key": "1", "registered_at": NOW, "late": False},
        )
    with database.reading() as connection:
        assert journal.head(connection).sequence == 0
