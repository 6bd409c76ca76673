"""One chain, whoever writes."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select

from storage import journal, migrate
from storage.blobs import LocalBlobs
from storage.engine import Database
from storage.journal import GENESIS, Event, Head
from storage.tables.machinery import journal as rows
from storage.tables.machinery import journal_head
from storage.verify import verify

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_eight_writers_from_the_first_entry_on_keep_one_chain(database: Database, tmp_path: Path) -> None:
    faults: list[Exception] = []
    begin = threading.Barrier(8)

    def write(number: int) -> None:
        begin.wait()
        try:
            for turn in range(20):
                with database.transaction() as connection:
                    events = [Event("note", f"arrival:{number}", {"turn": turn})] * (turn % 3 + 1)
                    journal.append(connection, f"w{number}", events, NOW)
        except Exception as error:  # because the assertion below shows it
            faults.append(error)

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    report = verify(database, LocalBlobs(tmp_path / "blobs"))
    assert report.findings == () and report.counts["journal"] == 8 * (7 + 7 * 2 + 6 * 3)


def test_what_is_rolled_back_leaves_no_gap(database: Database, tmp_path: Path) -> None:
    for turn in range(6):
        try:
            with database.transaction() as connection:
                journal.append(connection, "an", [Event("note", f"arrival:{turn}")], NOW)
                if turn % 2:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    with database.reading() as connection:
        assert [row.subject for row in journal.walk(connection)] == ["arrival:0", "arrival:2", "arrival:4"]
        assert [row.sequence for row in journal.walk(connection, after=1)] == [2, 3]
        assert journal.head(connection).sequence == 3
    assert verify(database, LocalBlobs(tmp_path / "blobs")).findings == ()


def test_nothing_to_say_moves_no_head(database: Database) -> None:
    with database.transaction() as connection:
        assert journal.append(connection, "an", [], NOW) == Head(0, GENESIS)
    with database.reading() as connection:
        assert journal.head(connection) == Head(0, GENESIS)


def test_walking_leaves_the_connection_as_it_was(database: Database) -> None:
    with database.transaction() as connection:
        journal.append(connection, "an", [Event("note", "x")] * 3, NOW)
        for row in journal.walk(connection):
            assert row.event == "note"
        journal.append(connection, "an", [Event("note", "y")], NOW)


def test_a_hundred_thousand_entries_are_verified_within_ten_seconds(tmp_path: Path) -> None:
    count = 100_000
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    migrate.upgrade(database)
    link, made = GENESIS, []
    for sequence in range(1, count + 1):
        row = {
            "sequence": sequence,
            "at": NOW,
            "actor": "an",
            "event": "note",
            "subject": f"arrival:{sequence}",
        }
        row |= {"facts": {"sha256": "0" * 64, "attempt": 1}, "previous": link}
        link = journal.link_hash(row)
        made.append({**row, "hash": link})
    with database.transaction() as connection:
        connection.execute(insert(rows), made)
        connection.execute(insert(journal_head), {"id": 1, "sequence": count, "hash": link})
    began = time.process_time()
    report = verify(database, LocalBlobs(tmp_path / "blobs"))
    assert report.findings == () and report.counts["journal"] == count
    assert time.process_time() - began < 10, "of the processor, because the machine may be busy"
    with database.reading() as connection:
        assert connection.execute(select(journal_head.c.hash)).scalar() == link
    database.close()
