"""How much there is, in figures that a copy must reproduce exactly."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage import journal, migrate
from storage.journal import Head
from storage.tables import metadata
from storage.tables.registers import books

EPHEMERAL = ("leases",)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows of every table, the head of the journal, the next number of every book, the schema."""

    rows: dict[str, int]
    head: Head
    next_numbers: dict[str, int]  # by the book's id
    schema: str


def take(connection: Connection) -> Inventory:
    """Count everything, in one moment if the connection shows one."""
    rows = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
        for table in metadata.sorted_tables
        if table.name not in EPHEMERAL
    }
    next_numbers = connection.execute(select(books.c.id, books.c.next_number).order_by(books.c.id))
    return Inventory(
        rows,
        journal.head(connection),
        {str(row.id): row.next_number for row in next_numbers},
        migrate.current(connection) or "",
    )
