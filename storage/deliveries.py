"""The delivery ledger as queue: plan, claim what is due, record what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, insert, or_, select, update

from rules.permission import EVERYTHING, View
from rules.vocabulary import DeliveryState, MailKind
from storage import bell
from storage.access import visible
from storage.engine import AnyRow, Database
from storage.ready import Ready
from storage.tables.deliveries import DUE, attempts, deliveries, handling_events
from storage.tables.documents import documents
from storage.upsert import inserts

LEASE = timedelta(seconds=300)
MOST_CLAIMED = 64

# Statements of the hot path stand here ready-made, because building one costs more than running it.
_PLAN = Ready(
    {
        dialect: statement.on_conflict_do_nothing(index_elements=["key"]).returning(deliveries.c.id)
        for dialect, statement in inserts(deliveries).items()
    }
)
# ``DUE`` is the index's own text, so that it is used.
DUE_NOW = (
    select(deliveries.c.id)
    .where(DUE, deliveries.c.next_attempt <= bindparam("now"))
    .order_by(deliveries.c.next_attempt, deliveries.c.id)
    .limit(bindparam("most", type_=Integer))
)
_IS_DUE = Ready(DUE_NOW)
# a CTE, because PostgreSQL may run a sub-query in IN again for each row and go past its limit
_MINE = DUE_NOW.with_for_update(skip_locked=True).cte("mine")
_CLAIM = Ready(
    update(deliveries)
    .where(deliveries.c.id.in_(select(_MINE.c.id)))
    .values(
        state=DeliveryState.SENDING,
        worker=bindparam("by"),
        attempts=deliveries.c.attempts + 1,
        next_attempt=bindparam("lease"),
    )
    .returning(*deliveries.c)
)
_RECORD = Ready(
    update(deliveries)
    .where(deliveries.c.id == bindparam("this"))
    .values(
        state=bindparam("new_state"),
        worker="",
        channel=bindparam("by"),
        next_attempt=bindparam("again"),
        error=bindparam("why"),
        finished_at=bindparam("ended"),
        handling=func.coalesce(bindparam("code"), deliveries.c.handling),
    )
)
_TRY = Ready(insert(attempts))
_NOTE_HANDLING = Ready(insert(handling_events))
_OF_DOCUMENTS = select(deliveries).where(deliveries.c.kind == MailKind.DOCUMENT).order_by(deliveries.c.id)
_OF_ONE = Ready(_OF_DOCUMENTS.where(deliveries.c.document == bindparam("its_document")))


@dataclass(frozen=True, slots=True)
class Claimed:
    """Rows of the ledger that a worker must send now, in the order they were planned."""

    rows: tuple[AnyRow, ...] = ()


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
    """Add deliveries that are not planned yet (by key); the ids of the new ones."""
    if not rows:
        return []
    planned = sorted(row.id for row in _PLAN.run_all(connection, rows))
    if planned:
        bell.ring(connection)
    return planned


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether a delivery waits; asked before claiming, because an idle hub should not write."""
    return _IS_DUE.run(connection, {"now": now, "most": 1}).first() is not None


def claim_due(database: Database, worker: str, now: datetime, limit: int = MOST_CLAIMED) -> Claimed:
    """Due deliveries, claimed: the attempt is counted before anybody talks to anybody."""
    with database.transaction() as connection:
        return claim(connection, worker, now, limit)


def claim(connection: Connection, worker: str, now: datetime, limit: int = MOST_CLAIMED) -> Claimed:
    """The same at the end of a transaction that planned some, which saves a commit."""
    values = {"now": now, "most": limit, "by": worker, "lease": now + LEASE}
    return Claimed(tuple(sorted(_CLAIM.run(connection, values).all(), key=lambda row: row.id)))


def record(connection: Connection, results: Sequence[Result], now: datetime) -> None:
    """Write what became of attempts, with a row for each attempt."""
    values = [
        {
            "this": result.delivery,
            "new_state": result.state,
            "by": result.channel,
            "again": result.next_attempt,
            "why": "" if result.state in (DeliveryState.DELIVERED, DeliveryState.SENT) else result.text,
            "ended": now if result.next_attempt is None else None,
            "code": result.handling,
        }
        for result in results
    ]
    _RECORD.run_all(connection, values)
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
    _TRY.run_all(connection, rows)


def note_handling(
    connection: Connection, rows: Sequence[tuple[int, str]], actor: str, channel: str, now: datetime
) -> None:
    """Keep the moves of ``handling``: (delivery, code) each."""
    if rows:
        values = [
            {"delivery": delivery, "handling": code, "at": now, "actor": actor, "channel": channel}
            for delivery, code in rows
        ]
        _NOTE_HANDLING.run_all(connection, values)


def release(connection: Connection, holder: str, now: datetime) -> int:
    """Give back what a worker, or a former life of an instance with its workers, was sending; how many."""
    theirs = deliveries.c.worker.startswith(f"{holder}/", autoescape=True)
    statement = update(deliveries).where(
        deliveries.c.state == DeliveryState.SENDING, or_(deliveries.c.worker == holder, theirs)
    )
    values = {"state": DeliveryState.PLANNED, "next_attempt": now, "worker": ""}
    return connection.execute(statement, values).rowcount


def of_documents(connection: Connection, document_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Deliveries of documents (no receipts), in the order they were planned."""
    if len(document_ids) == 1:
        return _OF_ONE.run(connection, {"its_document": document_ids[0]}).all()
    return connection.execute(_OF_DOCUMENTS.where(deliveries.c.document.in_(document_ids))).all()


def listing(
    connection: Connection,
    *,
    kind: str | None = MailKind.DOCUMENT,
    document: int | None = None,
    unit: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    view: View = EVERYTHING,
) -> Sequence[AnyRow]:
    """Deliveries with their document's symbol, narrowed as asked."""
    statement = (
        select(deliveries, documents.c.symbol)
        .outerjoin(documents, documents.c.id == deliveries.c.document)
        .where(visible(view, deliveries.c.document))
        .order_by(deliveries.c.id)
    )
    wanted = {"kind": kind, "document": document, "receiver": unit, "state": state}
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(deliveries.c[name] == value)
    return connection.execute(statement if limit is None else statement.limit(limit)).all()


def put_back(connection: Connection, delivery: int, later: datetime) -> None:
    """A claimed delivery that was not tried after all waits, and its attempt is not counted."""
    statement = update(deliveries).where(
        deliveries.c.id == delivery, deliveries.c.state == DeliveryState.SENDING
    )
    values = {"state": DeliveryState.DEFERRED, "worker": "", "next_attempt": later}
    connection.execute(statement.values(attempts=deliveries.c.attempts - 1), values)


def reschedule(connection: Connection, delivery: int, now: datetime) -> bool:
    """Send a failed, deferred or held delivery at once."""
    statement = update(deliveries).where(
        deliveries.c.id == delivery,
        deliveries.c.state.in_((DeliveryState.FAILED, DeliveryState.DEFERRED, DeliveryState.HELD)),
    )
    values = {"state": DeliveryState.PLANNED, "next_attempt": now, "finished_at": None, "error": ""}
    return connection.execute(statement, values).rowcount == 1


def stop_passing_on(connection: Connection, arrival: int, now: datetime) -> int:
    """A mail between people that is locked goes to nobody any more; how many it had not reached yet."""
    statement = update(deliveries).where(
        deliveries.c.arrival == arrival,
        deliveries.c.kind == MailKind.POST,
        deliveries.c.state.in_((DeliveryState.PLANNED, DeliveryState.DEFERRED)),
    )
    values = {"state": DeliveryState.CANCELLED, "next_attempt": None, "finished_at": now}
    return connection.execute(statement, values).rowcount


def pass_on_after_all(connection: Connection, arrival: int, now: datetime) -> int:
    """A locked mail between people was released: it goes on its way."""
    statement = update(deliveries).where(
        deliveries.c.arrival == arrival,
        deliveries.c.kind == MailKind.POST,
        deliveries.c.state == DeliveryState.CANCELLED,
    )
    values = {"state": DeliveryState.PLANNED, "next_attempt": now, "finished_at": None}
    return connection.execute(statement, values).rowcount


def next_due(connection: Connection) -> datetime | None:
    """When the next delivery is due, for the worker's sleep."""
    return connection.execute(
        select(deliveries.c.next_attempt).where(DUE).order_by(deliveries.c.next_attempt).limit(1)
    ).scalar()
