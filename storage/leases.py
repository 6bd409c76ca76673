"""Who may do what only one process may do at a time: decided in the database, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_

from storage.tables.machinery import leases
from storage.upsert import upsert


def take(connection: Connection, name: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Take or prolong a lease; False while another holder's has not ended."""
    row = {"name": name, "holder": holder, "until": now + span}
    free = or_(leases.c.holder == holder, leases.c.until <= now)
    statement = upsert(connection, leases).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"holder": holder, "until": now + span}, where=free
    )
    return connection.execute(statement.returning(leases.c.holder)).first() is not None


def give_back(connection: Connection, name: str, holder: str) -> None:
    """Let the next one have it at once."""
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
