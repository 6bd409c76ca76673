"""Requests for help: a number, a state, and somebody of the Centre who takes care of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from storage.engine import AnyRow
from storage.tables.reporting import support_requests
from storage.upsert import upsert

OPEN, TAKEN, CLOSED = "open", "taken", "closed"


def open_request(
    connection: Connection,
    *,
    unit: str,
    asked_by: str,
    subject: str,
    text: str,
    now: datetime,
    form: int | None = None,
    arrival: int | None = None,
) -> int | None:
    """A new request's number; None when this form or mail has made one before."""
    row: dict[str, Any] = {"unit": unit, "asked_by": asked_by, "subject": subject, "text": text}
    row |= {"state": OPEN, "owner": "", "answer": "", "opened_at": now, "form": form, "arrival": arrival}
    statement = upsert(connection, support_requests).on_conflict_do_nothing()
    number = connection.execute(statement.returning(support_requests.c.id), row).scalar()
    return int(number) if number is not None else None


def get(connection: Connection, number: int) -> AnyRow | None:
    """The request with this number."""
    return connection.execute(select(support_requests).where(support_requests.c.id == number)).first()


def of_form(connection: Connection, form: int) -> AnyRow | None:
    """The request that a return has made."""
    return connection.execute(select(support_requests).where(support_requests.c.form == form)).first()


def change_text(connection: Connection, number: int, text: str) -> None:
    """A corrected return says it in other words."""
    connection.execute(update(support_requests).where(support_requests.c.id == number), {"text": text})


def listing(
    connection: Connection, *, unit: str = "", open_only: bool = True, before: datetime | None = None
) -> Sequence[AnyRow]:
    """Requests, the oldest first; ``before`` keeps those that were opened earlier."""
    query = select(support_requests).order_by(support_requests.c.opened_at, support_requests.c.id)
    if unit:
        query = query.where(support_requests.c.unit == unit)
    if open_only:
        query = query.where(support_requests.c.state != CLOSED)
    if before is not None:
        query = query.where(support_requests.c.opened_at < before)
    return connection.execute(query).all()


def take(connection: Connection, number: int, owner: str, now: datetime) -> bool:
    """Somebody takes care of it; False when it is closed."""
    statement = update(support_requests).where(
        support_requests.c.id == number, support_requests.c.state != CLOSED
    )
    values = {"state": TAKEN, "owner": owner, "taken_at": now}
    return connection.execute(statement, values).rowcount == 1


def close(connection: Connection, number: int, answer: str, now: datetime) -> bool:
    """It is done, with what was answered; False when it was closed before."""
    statement = update(support_requests).where(
        support_requests.c.id == number, support_requests.c.state != CLOSED
    )
    values = {"state": CLOSED, "answer": answer, "closed_at": now}
    return connection.execute(statement, values).rowcount == 1
