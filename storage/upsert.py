"""INSERT with ON CONFLICT, which both engines know and plain SQLAlchemy does not."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    It decides in the database who is first, because a look beforehand is no
    answer where several processes write.
    """
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def inserts(table: Table) -> Mapping[str, postgresql.Insert | sqlite.Insert]:
    """The same by the name of the dialect, for statements that are built once."""
    return {"postgresql": postgresql.insert(table), "sqlite": sqlite.insert(table)}
