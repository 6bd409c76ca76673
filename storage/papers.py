"""Papers that follow documents sent over the network, and what senders want back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from storage.engine import AnyRow
from storage.tables.deliveries import deliveries
from storage.tables.documents import documents
from storage.tables.following import papers, recalls
from storage.upsert import upsert


def expect(connection: Connection, document: int, units: Sequence[str], now: datetime) -> int:
    """These units get the paper later; how many of them were not expected to yet."""
    rows = [{"document": document, "unit": unit, "expected_at": now, "came_by": ""} for unit in units]
    statement = upsert(connection, papers).on_conflict_do_nothing(index_elements=["document", "unit"])
    return sum(connection.execute(statement.returning(papers.c.id), row).first() is not None for row in rows)


def came(connection: Connection, document: int, unit: str, by: str, now: datetime) -> bool:
    """The paper is there; False when it was there before. One that nobody expected is kept, too."""
    expect(connection, document, [unit], now)
    statement = update(papers).where(
        papers.c.document == document, papers.c.unit == unit, papers.c.came_at.is_(None)
    )
    return connection.execute(statement, {"came_at": now, "came_by": by}).rowcount == 1


def sent_to(connection: Connection, unit: str, symbol_key: str, day: date | None) -> Sequence[AnyRow]:
    """Documents with this number (and date) that the unit got over the network."""
    query = (
        select(documents.c.id, documents.c.symbol, documents.c.date, documents.c.subject)
        .join(deliveries, deliveries.c.document == documents.c.id)
        .where(deliveries.c.receiver == unit, documents.c.symbol_key == symbol_key)
        .distinct()
    )
    return connection.execute(query if day is None else query.where(documents.c.date == day)).all()


def listing(connection: Connection, *, open_only: bool = True) -> Sequence[AnyRow]:
    """Expected papers with their documents, the oldest first."""
    about = (documents.c.symbol, documents.c.date, documents.c.subject, documents.c.unit.label("sender_unit"))
    query = select(papers, *about).join(documents, documents.c.id == papers.c.document)
    if open_only:
        query = query.where(papers.c.came_at.is_(None))
    return connection.execute(query.order_by(papers.c.expected_at, papers.c.id)).all()


def ask_back(
    connection: Connection,
    document: int,
    kind: str,
    reason: str,
    replacement: int | None,
    by: str,
    now: datetime,
) -> int:
    """Keep a sender's wish."""
    row = {"document": document, "kind": kind, "reason": reason, "replacement": replacement}
    made = connection.execute(
        insert(recalls).returning(recalls.c.id), {**row, "asked_by": by, "asked_at": now}
    )
    return int(made.scalar_one())


def asked_back(connection: Connection, document: int) -> AnyRow | None:
    """The newest wish about a document."""
    query = select(recalls).where(recalls.c.document == document).order_by(recalls.c.id.desc())
    return connection.execute(query).first()


def cancel(connection: Connection, document: int) -> int:
    """What has not gone out yet stays here; how many deliveries."""
    states = ("planned", "held", "deferred", "failed")
    statement = update(deliveries).where(
        deliveries.c.document == document, deliveries.c.kind == "document", deliveries.c.state.in_(states)
    )
    values = {"state": "cancelled", "next_attempt": None}
    return connection.execute(statement, values).rowcount
