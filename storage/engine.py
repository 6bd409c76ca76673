"""URL -> database; the only way to a connection, and the only place that commits.

On SQLite one connection writes (``BEGIN IMMEDIATE``, WAL, synchronous FULL, read
back at start) behind a lock of this process; readers open ``mode=ro`` and never
checkpoint, because SQLite before 3.51.3 can lose a commit when two connections
write and checkpoint at the same instant. On PostgreSQL everybody writes.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

from storage import bell
from storage.ready import Ready

# A row as a statement names its columns; their types are the tables' business.
AnyRow = Any

READ_BACK = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
_READ, _WRITE = Ready(text("BEGIN")), Ready(text("BEGIN IMMEDIATE"))
_SAVE, _RELEASE, _UNDO = (Ready(text(f"{verb} attempt")) for verb in ("SAVEPOINT", "RELEASE", "ROLLBACK TO"))
CACHE_KIB = 64 * 1024
CHECKPOINT_PAGES = 4000  # 16 MB: hot pages are written back once for many transactions


class DatabaseUnsafe(RuntimeError):
    """The database would not keep what it acknowledges; the message says which setting."""


class Database:
    """One database behind one URL, ``sqlite:///path`` or ``postgresql://...``."""

    def __init__(self, url: str, *, read_only: bool = False, pool_size: int = 8) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.read_only = read_only
        self._gate = threading.Lock()
        if self.sqlite:
            self._reader = _sqlite_engine(self.url, reading=True, pool_size=pool_size)
            self._writer = None if read_only else _sqlite_engine(self.url, reading=False, pool_size=1)
        else:
            self._writer = _postgres_engine(self.url, pool_size)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        if self._writer is not None and self.sqlite:
            self._assert_durable()

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        if self._writer is None:
            raise DatabaseUnsafe("this database was opened for reading only")
        return self._writer

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction that commits at its end, or not at all."""
        with self._turn(), self.engine.begin() as connection:
            if self.sqlite:
                _WRITE.run(connection)
            yield connection

    @contextmanager
    def attempt(self, connection: Connection) -> Iterator[None]:
        """A part of a transaction of which nothing stays when it raises; the rest can go on."""
        if not self.sqlite:
            with connection.begin_nested():
                yield
            return
        _SAVE.run(connection)
        try:
            yield
        except BaseException:
            if cast(sqlite3.Connection, connection.connection.dbapi_connection).in_transaction:
                _UNDO.run(connection)  # where it did not undo everything by itself, as for a full disk
                _RELEASE.run(connection)
            raise
        _RELEASE.run(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view that changes nothing and keeps no writer waiting."""
        with self._reader.connect() as connection:
            if self.sqlite:
                _READ.run(connection)
            yield connection

    def serialise(self, connection: Connection, key: str) -> None:
        """Let only one transaction at a time decide about ``key`` until it commits.

        SQLite needs nothing here because there is one writing transaction at a time.
        """
        if not self.sqlite:
            number = zlib.crc32(key.encode()) - 2**31
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})

    def listen(self, wake: Callable[[], None], stop: threading.Event) -> None:
        """Call ``wake`` whenever another process commits new work, until ``stop``. Nothing on SQLite."""
        if not self.sqlite:
            bell.listen(self.url, wake, stop)

    def close(self) -> None:
        """Give all connections back."""
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.sqlite:
            yield
            return
        with self._gate:
            yield

    def _assert_durable(self) -> None:
        with self.engine.connect() as connection:
            for name, wanted in READ_BACK.items():
                seen = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                if seen != wanted:
                    raise DatabaseUnsafe(f"SQLite {name} is {seen}, must be {wanted}: {self.url.database}")


def passes(error: DBAPIError) -> bool:
    """Whether it may work later: the database is away, busy or in a deadlock.

    Anything else (a value no column takes, a broken constraint) comes back with
    the same row, so it must count as a try or it would be tried for ever.
    """
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, whatever the name of its folder."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _sqlite_engine(url: URL, *, reading: bool, pool_size: int) -> Engine:
    """Transactions begin where ``Database`` says so: an engine that listens to "begin" asks for
    listeners at each statement, and that is a tenth of a document's cost."""
    # quoted, because a folder may have %, # or ? in its name
    address = f"file:{quote(url.database or '')}{'?mode=ro' if reading else ''}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=60, check_same_thread=False, cached_statements=512)

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=8 if reading else 0,
        pool_use_lifo=True,  # because the connection used last has the pages in its cache
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )
    event.listen(engine, "connect", _set_up_reader if reading else _set_up_writer)
    return engine


def _set_up_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # because the driver must not begin on its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"cache_size=-{CACHE_KIB}",
        "temp_store=MEMORY",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _set_up_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB // 4}")


def _postgres_engine(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=8,
        pool_pre_ping=True,
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )
    event.listen(engine, "begin", bell.silence)
    event.listen(engine, "rollback_savepoint", bell.silence)
    return engine
