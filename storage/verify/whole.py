"""The verification of everything, part by part; a part that cannot be read is itself a finding."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from storage import migrate
from storage.blobs import BlobStore
from storage.engine import Database
from storage.journal import Head
from storage.verify.books import check_books
from storage.verify.chain import check_chain
from storage.verify.files import check_files
from storage.verify.rows import check_rows
from storage.verify.survey import Progress, Report, Survey


def verify(
    database: Database,
    blobs: BlobStore,
    *,
    checkpoint: Head | None = None,
    progress: Progress | None = None,
) -> Report:
    """Look at every row, number, journal entry and file. Changes nothing; the hub may be running.

    ``checkpoint`` is a head of the journal that was kept elsewhere: with it
    also a chain that was rewritten or cut together with its head is found.
    """
    survey = Survey(database, blobs, progress or _silent)
    parts: tuple[tuple[str, Callable[[], None]], ...] = (
        ("database", lambda: _engine_itself(survey)),
        ("journal", lambda: check_chain(survey, checkpoint)),
        ("numbers", lambda: check_books(survey)),
        ("rows", lambda: check_rows(survey)),
        ("files", lambda: check_files(survey)),
    )
    if _schema_fits(survey):
        for name, part in parts:
            survey.progress(0, None, name)
            try:
                part()
            except DBAPIError as error:
                survey.error("unreadable", name, _first_line(error))
    return survey.report()


def _schema_fits(survey: Survey) -> bool:
    try:
        with survey.database.reading() as connection:
            seen = migrate.current(connection)
    except DBAPIError as error:
        survey.error("unreadable", "database", _first_line(error))
        return False
    if seen != migrate.newest():
        survey.error("schema", "database", f"{seen} != {migrate.newest()}")
    return seen == migrate.newest()


def _engine_itself(survey: Survey) -> None:
    """SQLite checks its own pages and references; PostgreSQL keeps references by itself."""
    if not survey.database.sqlite:
        return
    with survey.database.reading() as connection:
        for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(50)"):
            if line != "ok":
                survey.error("database-damaged", "database", line)
        for table, row, parent, _key in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            survey.error("reference-broken", f"{table}:{row}", parent)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0][:200]


def _silent(done: int, total: int | None = None, what: str = "") -> None:
    """Nobody watches."""
