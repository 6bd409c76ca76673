"""What a transaction promises, on both engines."""

import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from storage import migrate, settings, steps
from storage.engine import Database, DatabaseUnsafe, passes, sqlite_url
from storage.tables.columns import UtcTime
from storage.tables.machinery import steps as step_rows

NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


def test_migrations_and_models_say_the_same(database: Database) -> None:
    with database.reading() as connection:
        assert migrate.differences(connection) == []
        assert migrate.current(connection) == migrate.newest()
        assert migrate.newest()


def test_an_upgrade_that_fails_leaves_the_old_schema(tmp_path: Path) -> None:
    empty = Database(sqlite_url(tmp_path / "new.db"))
    with pytest.raises(ZeroDivisionError), empty.transaction() as connection:
        migrate.command.upgrade(migrate._config(connection), "head")
        assert migrate.current(connection) == migrate.newest()
        raise ZeroDivisionError
    with empty.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    empty.close()


def test_of_an_attempt_that_fails_nothing_stays_and_the_rest_goes_on(database: Database) -> None:
    with database.transaction() as connection:
        settings.put(connection, "before", "kept")
        with pytest.raises(ZeroDivisionError), database.attempt(connection):
            settings.put(connection, "tried", "lost")
            raise ZeroDivisionError
        with database.attempt(connection):
            settings.put(connection, "again", "kept")
    with database.reading() as connection:
        assert settings.get(connection, "before") == settings.get(connection, "again") == "kept"
        assert settings.get(connection, "tried") is None


def test_a_fault_that_undoes_everything_is_told_as_it_is(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "hub.db"))
    with (
        pytest.raises(DBAPIError, match="disk is full"),
        database.transaction() as connection,
        database.attempt(connection),
    ):
        connection.exec_driver_sql("ROLLBACK")  # as SQLite does by itself
        raise DBAPIError.instance("", (), sqlite3.OperationalError("disk is full"), sqlite3.Error)
    database.close()


def test_a_newer_schema_is_refused(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.SchemaTooNew, match="9999"):
        migrate.upgrade(database)


def test_two_hubs_that_start_at_once_upgrade_once(postgres_url: str) -> None:
    databases = [Database(postgres_url) for _ in range(3)]
    faults: list[Exception] = []

    def upgrade(database: Database) -> None:
        try:
            migrate.upgrade(database)
        except Exception as error:  # because the assertion below shows it
            faults.append(error)

    threads = [threading.Thread(target=upgrade, args=[database]) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with databases[0].reading() as connection:
        assert migrate.current(connection) == migrate.newest()
    for database in databases:
        database.close()


def test_a_transaction_commits_all_or_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:
        settings.put(connection, "colour", "blue")
        raise ZeroDivisionError
    with database.reading() as connection:
        assert settings.get(connection, "colour") is None
    with database.transaction() as connection:
        settings.put(connection, "colour", "blue")
        settings.put(connection, "colour", "green")
    with database.reading() as connection:
        assert settings.get(connection, "colour") == "green"


def test_reading_cannot_write(database: Database) -> None:
    with database.reading() as connection, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        settings.put(connection, "colour", "blue")


def test_reading_sees_one_moment(database: Database, reopen: Callable[[Database], Database]) -> None:
    writer = reopen(database) if not database.sqlite else database
    with database.reading() as connection:
        assert settings.get(connection, "colour") is None
        with writer.transaction() as other:
            settings.put(other, "colour", "blue")
        assert settings.get(connection, "colour") is None
    with database.reading() as connection:
        assert settings.get(connection, "colour") == "blue"


def test_a_revision_counted_by_many_loses_none(database: Database) -> None:
    def bump() -> None:
        for _ in range(20):
            with database.transaction() as connection:
                settings.bump(connection, "directory_revision")

    threads = [threading.Thread(target=bump) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert settings.revisions(connection) == ("80", "0")


def test_one_key_is_decided_by_one_at_a_time(database: Database) -> None:
    inside, worst = [], []

    def decide() -> None:
        for _ in range(5):
            with database.transaction() as connection:
                database.serialise(connection, "sonoivu|2026|12snv")
                inside.append(1)
                worst.append(len(inside))
                time.sleep(0.002)
                inside.pop()

    threads = [threading.Thread(target=decide) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(worst) == 20 and max(worst) == 1


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-9, minutes=-30))]
)
def test_a_moment_comes_back_aware_and_exact(database: Database, zone: timezone) -> None:
    with database.transaction() as connection:
        steps.enqueue(connection, "register", 1, NOW.astimezone(zone))
    with database.reading() as connection:
        seen = connection.execute(select(step_rows.c.created_at)).scalar_one()
    assert seen == NOW and seen.tzinfo is UTC


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a time zone"), database.transaction() as connection:
        steps.enqueue(connection, "register", 1, NOW.replace(tzinfo=None))
    assert UtcTime().process_result_value(None, None) is None  # type: ignore[arg-type]


def test_json_keeps_what_people_write(database: Database) -> None:
    payload = {"tên": "Đồng Xoài", "n": 2**53, "list": [1, None, {"x": 0.1}], "odd": '\u2028"\\'}
    with database.transaction() as connection:
        steps.enqueue(connection, "register", 1, NOW, payload=payload)
    claim = steps.claim(database, ["register"], "a/1", NOW)
    assert claim is not None and claim.payload == payload


@pytest.mark.parametrize("folder", ["mit leer", "100%25", "a?mode=memory", "dữ liệu", "x#y"])
def test_the_folder_may_have_any_name(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    path = tmp_path / folder / "hub.db"
    database = Database(sqlite_url(path))
    migrate.upgrade(database)
    with database.transaction() as connection:
        settings.put(connection, "colour", "blue")
    database.close()
    assert path.is_file()
    only_reading = Database(sqlite_url(path), read_only=True)
    with only_reading.reading() as connection:
        assert settings.get(connection, "colour") == "blue"
    with pytest.raises(DatabaseUnsafe):
        assert only_reading.engine
    only_reading.close()


def test_the_writer_is_durable_and_readers_never_checkpoint(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "hub.db"))
    with database.transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0
    database.close()


def test_a_database_that_cannot_be_wal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnsafe, match="journal_mode"):
        Database("sqlite:///:memory:")
    assert list(tmp_path.iterdir()) == []


def test_writers_on_sqlite_wait_instead_of_failing(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "hub.db"))
    migrate.upgrade(database)
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Event()

    def write() -> None:
        with database.transaction() as connection:
            settings.put(connection, "colour", "blue")
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert not done.wait(0.3)
    other.execute("COMMIT")
    other.close()
    assert done.wait(5)
    thread.join()
    database.close()


def test_a_value_that_no_column_takes_does_not_pass_and_a_database_that_is_away_does(
    own_postgres: Any,
) -> None:
    database = Database(own_postgres.fresh())
    migrate.upgrade(database)
    with pytest.raises(DBAPIError) as poison, database.transaction() as connection:
        settings.put(connection, "colour", "a\0b")
    assert not passes(poison.value)
    own_postgres.stop()
    with pytest.raises(DBAPIError) as away, database.transaction() as connection:
        settings.put(connection, "colour", "blue")
    assert passes(away.value)
    own_postgres.start()
    with database.transaction() as connection:
        settings.put(connection, "colour", "blue")
    database.close()


def test_two_that_wait_for_each_other_pass(database: Database) -> None:
    if database.sqlite:  # one writing transaction at a time cannot wait for another
        return
    for name in ("a", "b"):
        with database.transaction() as connection:
            settings.put(connection, name, "0")
    faults: list[bool] = []
    both = threading.Barrier(2)

    def cross(first: str, second: str) -> None:
        try:
            with database.transaction() as connection:
                settings.bump(connection, first)
                both.wait()
                settings.bump(connection, second)
        except DBAPIError as error:
            faults.append(passes(error))

    threads = [threading.Thread(target=cross, args=order) for order in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [True]
