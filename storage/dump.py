"""The whole database as one file, consistent while others write; and back again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import URL, text

from storage import inventory
from storage.engine import Database
from storage.inventory import Inventory

PAGES = 2000  # of a SQLite copy between two looks at the progress
Step = Callable[[int, int], None]


class ProgramMissing(Exception):
    """A program of PostgreSQL is not installed; its name is the message."""


class DumpFailed(Exception):
    """A program of PostgreSQL said no; its words are the message."""


def dump(database: Database, target: Path, step: Step) -> Inventory:
    """Write the database into ``target`` and count it in the same moment.

    Raises ProgramMissing, DumpFailed. Writers are not kept waiting.
    """
    with database.reading() as connection:
        if database.sqlite:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()  # the moment begins
            source = connection.connection.driver_connection
            if not isinstance(source, sqlite3.Connection):
                raise TypeError("not the sqlite3 driver")
            _copy_sqlite(source, target, step)
        else:
            snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
            major = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
            options = ("--format=custom", f"--snapshot={snapshot}", f"--file={target}")
            _run("pg_dump", major, database.url, options)
        return inventory.take(connection)


def load(source: Path, database: Database) -> None:
    """Fill an empty PostgreSQL database from a dump, all or nothing. Raises ProgramMissing, DumpFailed."""
    with database.reading() as connection:
        major = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    _run("pg_restore", major, database.url, ("--single-transaction", "--exit-on-error", str(source)))


def is_empty(database: Database) -> bool:
    """Whether a PostgreSQL database holds no table yet."""
    counted = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
    with database.reading() as connection:
        return connection.execute(text(counted)).scalar() == 0


def program(name: str, major: int = 0) -> str | None:
    """The path of a PostgreSQL program, if it can be of that major version, because an older one refuses."""
    own = Path(f"/usr/lib/postgresql/{major}/bin/{name}")
    return str(own) if own.is_file() else shutil.which(name)


def _copy_sqlite(source: sqlite3.Connection, target: Path, step: Step) -> None:
    copy = sqlite3.connect(target)
    try:
        source.backup(
            copy, pages=PAGES, progress=lambda _status, left, total: step(total - left, total), sleep=0
        )
    finally:
        copy.close()


def _run(name: str, major: int, url: URL, options: Sequence[str]) -> None:
    """The password goes through the environment, because everybody can read command lines."""
    path = program(name, major)
    if path is None:
        raise ProgramMissing(name)
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    address = bare.render_as_string()
    command = [path, *options, "--no-owner", "--no-privileges", f"--dbname={address}"]
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise DumpFailed(f"{name}: {done.stderr.strip()[:500]}")
