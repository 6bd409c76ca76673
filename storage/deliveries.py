"""The delivery ledger as queue: plan, claim what is due, record what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from rules.vocabulary import DeliveryState, MailKind
from storage import bell
from storage.engine import AnyRow, Database
from storage.tables.deliveries import DUE, attempts, deliveries, handling_events
from storage.tables.documents import documents

LEASE = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Result:
    """What one attempt came to, ready to be written."""

    delivery: int
    number: int
    channel: str
    state: DeliveryState
    handling: str | None
    text: str
    next_attempt: datetime | None


def plan(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add deliveries that are not planned yet (by key); the ids of the new ones, in order."""
    keys = [row["key"] for row in rows]
    known = set(connection.execute(select(deliveries.c.key).where(deliveries.c.key.in_(keys))).scalars())
    fresh = [dict(row) for row in rows if row["key"] not in known]
    if not fresh:
        return []
    statement = insert(deliveries).returning(deliveries.c.id, sort_by_parameter_order=True)
    bell.ring(connection)
    return [int(identity) for identity in connection.execute(statement, fresh).scalars()]


def claim_due(database: Database, worker: str, now: datetime, limit: int = 64) -> Sequence[AnyRow]:
    """Due deliveries, claimed: the attempt is counted before anybody talks to anybody."""
    with database.reading() as connection:  # because an idle hub should not write
        if connection.execute(due(now, 1)).first() is None:
            return []
    # a CTE, because PostgreSQL may run a sub-query in IN again for each row and go past its limit
    mine = due(now, limit).with_for_update(skip_locked=True).cte("mine")
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(mine.c.id)))
        .values(
            state=DeliveryState.SENDING,
            worker=worker,
            attempts=deliveries.c.attempts + 1,
            next_attempt=now + LEASE,
        )
        .returning(*deliveries.c)
    )
    with database.transaction() as connection:
        return sorted(connection.execute(statement).all(), key=lambda row: row.id)


def due(now: datetime, limit: int) -> Select[tuple[int]]:
    """The ids of what is due, most overdue first; ``DUE`` is the index's own text, so that it is used."""
    return (
        select(deliveries.c.id)
        .where(DUE, deliveries.c.next_attempt <= now)
        .order_by(deliveries.c.next_attempt, deliveries.c.id)
        .limit(limit)
    )


def record(connection: Connection, results: Sequence[Result], now: datetime) -> None:
    """Write what became of attempts, with a row for each attempt."""
    for result in results:
        over = result.next_attempt is None
        values: dict[str, Any] = {
            "state": result.state,
            "worker": "",
            "channel": result.channel,
            "next_attempt": result.next_attempt,
            "error": "" if result.state in (DeliveryState.DELIVERED, DeliveryState.SENT) else result.text,
            "finished_at": now if over else None,
        }
        if result.handling is not None:
            values["handling"] = result.handling
        connection.execute(update(deliveries).where(deliveries.c.id == result.delivery), values)
    rows = [
        {
            "delivery": result.delivery,
            "number": result.number,
            "channel": result.channel,
            "at": now,
            "outcome": result.state,
            "text": result.text[:2000],
        }
        for result in results
    ]
    connection.execute(insert(attempts), rows)


def note_handling(
    connection: Connection, rows: Sequence[tuple[int, str]], actor: str, channel: str, now: datetime
) -> None:
    """Keep the moves of ``handling``: (delivery, code) each."""
    if rows:
        values = [
            {"delivery": delivery, "handling": code, "at": now, "actor": actor, "channel": channel}
            for delivery, code in rows
        ]
        connection.execute(insert(handling_events), values)


def release(connection: Connection, instance: str, now: datetime) -> int:
    """Give back what a former life of this instance was sending; how many."""
    statement = update(deliveries).where(
        deliveries.c.state == DeliveryState.SENDING,
        deliveries.c.worker.startswith(f"{instance}/", autoescape=True),
    )
    values = {"state": DeliveryState.PLANNED, "next_attempt": now, "worker": ""}
    return connection.execute(statement, values).rowcount


def of_documents(connection: Connection, document_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Deliveries of documents (no receipts), in the order they were planned."""
    return connection.execute(
        select(deliveries)
        .where(deliveries.c.document.in_(document_ids), deliveries.c.kind == MailKind.DOCUMENT)
        .order_by(deliveries.c.id)
    ).all()


def listing(
    connection: Connection,
    *,
    kind: str | None = MailKind.DOCUMENT,
    document: int | None = None,
    unit: str | None = None,
    state: str | None = None,
    limit: int | None = None,
) -> Sequence[AnyRow]:
    """Deliveries with their document's symbol, narrowed as asked."""
    statement = (
        select(deliveries, documents.c.symbol)
        .outerjoin(documents, documents.c.id == deliveries.c.document)
        .order_by(deliveries.c.id)
    )
    wanted = {"kind": kind, "document": document, "receiver": unit, "state": state}
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(deliveries.c[name] == value)
    return connection.execute(statement if limit is None else statement.limit(limit)).all()


def reschedule(connection: Connection, delivery: int, now: datetime) -> bool:
    """Send a failed, deferred or held delivery at once."""
    statement = update(deliveries).where(
        deliveries.c.id == delivery,
        deliveries.c.state.in_((DeliveryState.FAILED, DeliveryState.DEFERRED, DeliveryState.HELD)),
    )
    values = {"state": DeliveryState.PLANNED, "next_attempt": now, "finished_at": None, "error": ""}
    return connection.execute(statement, values).rowcount == 1


def next_due(connection: Connection) -> datetime | None:
    """When the next delivery is due, for the worker's sleep."""
    return connection.execute(
        select(deliveries.c.next_attempt).where(DUE).order_by(deliveries.c.next_attempt).limit(1)
    ).scalar()
