"""What waits for a person: review for clerks, holds for coordinators, quarantine for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from rules.permission import EVERYTHING, View
from rules.vocabulary import WaitingList
from storage.access import of_units
from storage.engine import AnyRow
from storage.ready import Ready
from storage.tables.arrivals import arrivals, waiting
from storage.tables.documents import documents

_OPEN_FOR = Ready(
    select(waiting)
    .where(waiting.c.resolved_at.is_(None), waiting.c.document == bindparam("document"))
    .order_by(waiting.c.id)
)


def open_case(
    connection: Connection, kind: WaitingList, unit: str, reason: str, now: datetime, **values: Any
) -> int:
    """Ask a person; the case's id."""
    row = {"kind": kind, "unit": unit, "reason": reason, "opened_at": now, **values}
    return int(connection.execute(insert(waiting).returning(waiting.c.id), row).scalar_one())


def get(connection: Connection, case: int) -> AnyRow | None:
    """One case, or None."""
    return connection.execute(select(waiting).where(waiting.c.id == case)).first()


def ask_anew(connection: Connection, case: int, detail: str) -> None:
    """Other reasons for a case that stays open."""
    values = {"reason": detail.split(" ")[0], "detail": detail}
    connection.execute(update(waiting).where(waiting.c.id == case), values)


def resolve(connection: Connection, case: int, by: str, answer: str, now: datetime) -> bool:
    """Close a case; False when another was first (the first to act decides)."""
    statement = update(waiting).where(waiting.c.id == case, waiting.c.resolved_at.is_(None))
    values = {"resolved_at": now, "resolved_by": by, "answer": answer}
    return connection.execute(statement, values).rowcount == 1


def open_for(connection: Connection, *, document: int) -> Sequence[AnyRow]:
    """Open cases about a document."""
    return _OPEN_FOR.run(connection, {"document": document}).all()


def opened_since(connection: Connection, kind: WaitingList, since: datetime) -> int:
    """How many cases of a list were opened since then."""
    statement = select(func.count()).where(waiting.c.kind == kind, waiting.c.opened_at >= since)
    return int(connection.execute(statement).scalar_one())


def of_arrival(connection: Connection, kind: WaitingList, arrival: int) -> Sequence[AnyRow]:
    """The cases of one list about an arrival, also those that are closed, newest first."""
    statement = select(waiting).where(waiting.c.kind == kind, waiting.c.arrival == arrival)
    return connection.execute(statement.order_by(waiting.c.id.desc())).all()


def listing(
    connection: Connection, kind: WaitingList, unit: str | None = None, view: View = EVERYTHING
) -> Sequence[AnyRow]:
    """Open cases of one list with what they are about, oldest first."""
    statement = (
        select(
            waiting,
            documents.c.symbol,
            documents.c.subject,
            documents.c.issuer_text,
            arrivals.c.mail_from,
            arrivals.c.verdict,
            arrivals.c.subject.label("mail_subject"),
        )
        .outerjoin(documents, documents.c.id == waiting.c.document)
        .outerjoin(arrivals, arrivals.c.id == waiting.c.arrival)
        .where(waiting.c.kind == kind, waiting.c.resolved_at.is_(None), of_units(view, waiting.c.unit))
        .order_by(waiting.c.id)
    )
    if unit is not None:
        statement = statement.where(waiting.c.unit == unit)
    return connection.execute(statement).all()
