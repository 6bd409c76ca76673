"""What the hub knows of itself, by name; revisions tell other processes to look again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Integer, String, cast, literal, select

from storage.ready import Ready
from storage.tables.machinery import settings
from storage.upsert import upsert

REVISIONS = ("directory_revision", "rules_revision")
_REVISIONS = Ready(select(settings).where(settings.c.name.in_([literal(name) for name in REVISIONS])))


def get(connection: Connection, name: str) -> str | None:
    """The value under a name, or None."""
    return connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()


def put(connection: Connection, name: str, value: str) -> None:
    """Set a value."""
    _set(connection, name, value, literal(value))


def bump(connection: Connection, name: str) -> None:
    """Count a revision up; who does so holds it until the end of the transaction, so none is lost."""
    counted = cast(cast(settings.c.value, Integer) + 1, String)
    _set(connection, name, "1", counted)


def _set(connection: Connection, name: str, first: str, then: ColumnElement[str]) -> None:
    statement = upsert(connection, settings).values(name=name, value=first)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": then}))


def revisions(connection: Connection) -> tuple[str, ...]:
    """The revisions of everything that processes keep a snapshot of."""
    rows = _REVISIONS.run(connection).all()
    found = {row.name: row.value for row in rows}
    return tuple(found.get(name, "0") for name in REVISIONS)
