"""Counts over the queues, for whoever watches the hub."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from rules.vocabulary import MailKind, StepState
from storage.tables.arrivals import waiting as cases
from storage.tables.deliveries import DUE, attempts, deliveries
from storage.tables.machinery import OPEN
from storage.tables.machinery import steps as step_rows

Counts = Sequence[tuple[str | int, ...]]
HOUR = timedelta(hours=1)


def steps(connection: Connection) -> Counts:
    """(stage, state, how many), without what is done."""
    stage, state = step_rows.c.stage, step_rows.c.state
    query = select(stage, state, func.count()).where(state.not_in((StepState.DONE, StepState.DROPPED)))
    return [tuple(row) for row in connection.execute(query.group_by(stage, state))]


def ledger(connection: Connection) -> Counts:
    """(kind, state, how many)."""
    kind, state = deliveries.c.kind, deliveries.c.state
    return [tuple(row) for row in connection.execute(select(kind, state, func.count()).group_by(kind, state))]


def handling(connection: Connection) -> Counts:
    """(code, how many) of documents' deliveries."""
    code = func.coalesce(deliveries.c.handling, "")
    query = select(code, func.count()).where(deliveries.c.kind == MailKind.DOCUMENT)
    return [tuple(row) for row in connection.execute(query.group_by(code))]


def waiting(connection: Connection) -> Counts:
    """(list, how many open cases)."""
    query = select(cases.c.kind, func.count()).where(cases.c.resolved_at.is_(None))
    return [tuple(row) for row in connection.execute(query.group_by(cases.c.kind))]


def outcomes(connection: Connection, now: datetime) -> Counts:
    """(channel, outcome, how many) of the attempts of the last hour."""
    channel, outcome = attempts.c.channel, attempts.c.outcome
    query = select(channel, outcome, func.count()).where(attempts.c.at > now - HOUR)
    return [tuple(row) for row in connection.execute(query.group_by(channel, outcome))]


def oldest_due(connection: Connection, now: datetime) -> dict[str, float]:
    """Seconds for which the oldest due work of each queue has waited; 0 when nothing waits."""
    step = connection.execute(select(func.min(step_rows.c.due_at)).where(OPEN)).scalar()
    letter = connection.execute(select(func.min(deliveries.c.next_attempt)).where(DUE)).scalar()
    return {"steps": _age(step, now), "deliveries": _age(letter, now)}


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
