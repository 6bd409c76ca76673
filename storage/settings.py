"""What the hub knows of itself, by name; revisions tell other processes to look again."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from storage.tables.machinery import settings

REVISIONS = ("directory_revision", "rules_revision")


def get(connection: Connection, name: str) -> str | None:
    """The value under a name, or None."""
    return connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()


def put(connection: Connection, name: str, value: str) -> None:
    """Set a value."""
    if connection.execute(update(settings).where(settings.c.name == name), {"value": value}).rowcount == 0:
        connection.execute(insert(settings), {"name": name, "value": value})


def bump(connection: Connection, name: str) -> None:
    """Count a revision up."""
    put(connection, name, str(int(get(connection, name) or 0) + 1))


def revisions(connection: Connection) -> tuple[str, ...]:
    """The revisions of everything that processes keep a snapshot of."""
    rows = connection.execute(select(settings).where(settings.c.name.in_(REVISIONS))).all()
    found = {row.name: row.value for row in rows}
    return tuple(found.get(name, "0") for name in REVISIONS)
