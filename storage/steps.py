"""The durable queue: one stage's work on one subject, claimed atomically, tried a few times, then parked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, literal, or_, select, update

from rules.vocabulary import StepState
from storage import bell
from storage.engine import AnyRow, Database
from storage.ready import Ready
from storage.tables.machinery import OPEN, steps
from storage.upsert import upsert

LEASE = timedelta(seconds=120)
MOST_TRIES = 3
MOST_STARTS = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """A step that is this worker's until the lease ends."""

    id: int
    stage: str
    subject: int
    tries: int
    starts: int
    payload: dict[str, Any]
    slot: str | None = None


# Statements of the hot path stand here ready-made, because building one costs more than running it.
_ADD = Ready(insert(steps).returning(steps.c.id))
_REMOVE = Ready(delete(steps).where(steps.c.id == bindparam("step")))


def due_now(stages: Sequence[str]) -> Select[int]:
    """The step of these stages that is due first."""
    return (
        select(steps.c.id)
        # ``OPEN`` is the index's own text, so that it is used.
        .where(
            OPEN, steps.c.due_at <= bindparam("now"), steps.c.stage.in_([literal(name) for name in stages])
        )
        .order_by(steps.c.due_at, steps.c.id)
        .limit(1)
    )


@lru_cache(maxsize=32)
def _is_due(stages: tuple[str, ...]) -> Ready:
    return Ready(due_now(stages))


@lru_cache(maxsize=32)
def _claim(stages: tuple[str, ...]) -> Ready:
    return Ready(
        update(steps)
        .where(steps.c.id == due_now(stages).with_for_update(skip_locked=True).scalar_subquery())
        .values(
            state=StepState.RUNNING,
            worker=bindparam("by"),
            due_at=bindparam("lease"),
            starts=steps.c.starts + 1,
        )
        .returning(
            steps.c.id,
            steps.c.stage,
            steps.c.subject,
            steps.c.tries,
            steps.c.starts,
            steps.c.payload,
            steps.c.slot,  # the value: RETURNING computed IS NOT NULL wrongly on SQLite 3.40
        )
    )


def enqueue(
    connection: Connection,
    stage: str,
    subject: int,
    now: datetime,
    *,
    payload: dict[str, Any] | None = None,
    worker: str = "",
) -> Claim:
    """Add a step in the caller's transaction.

    With ``worker`` it is born claimed, so that the worker goes on with it at
    once and one commit is saved.
    """
    row = {
        "stage": stage,
        "subject": subject,
        "state": StepState.RUNNING if worker else StepState.READY,
        "due_at": now + LEASE if worker else now,
        "worker": worker,
        "starts": 1 if worker else 0,
        "payload": payload or {},
        "created_at": now,
    }
    identity = _ADD.run(connection, row).scalar_one()
    if not worker:
        bell.ring(connection)
    return Claim(identity, stage, subject, 0, 1, payload or {})


def enqueue_once(
    connection: Connection,
    stage: str,
    slot: str,
    now: datetime,
    subject: int = 0,
    payload: dict[str, Any] | None = None,
) -> bool:
    """Add the step of a slot unless the slot was ever used; False when it was."""
    row = {
        "stage": stage,
        "subject": subject,
        "slot": slot,
        "state": StepState.READY,
        "due_at": now,
        "payload": payload or {},
        "created_at": now,
    }
    statement = upsert(connection, steps).on_conflict_do_nothing(index_elements=["slot"])
    if connection.execute(statement.returning(steps.c.id), row).first() is None:
        return False
    bell.ring(connection)
    return True


def park(connection: Connection, stage: str, error: str, now: datetime, payload: dict[str, Any]) -> int:
    """A step that is born parked: it stands for something outside that a person may have tried again."""
    row = {"stage": stage, "subject": 0, "state": StepState.PARKED, "due_at": now, "worker": "", "starts": 0}
    row |= {"error": error[:2000], "payload": payload, "created_at": now}
    return int(_ADD.run(connection, row).scalar_one())


def slot_known(connection: Connection, slot: str) -> bool:
    """Whether this slot was ever used."""
    return connection.execute(select(steps.c.id).where(steps.c.slot == slot)).first() is not None


def is_due(connection: Connection, stages: Sequence[str], now: datetime) -> bool:
    """Whether a step waits; asked before claiming, because an idle hub should not write."""
    return _is_due(tuple(stages)).run(connection, {"now": now}).first() is not None


def claim(database: Database, stages: Sequence[str], worker: str, now: datetime) -> Claim | None:
    """The next due step, claimed; a claimed one is due again when its lease ends."""
    with database.transaction() as connection:
        return claim_within(connection, stages, worker, now)


def claim_within(connection: Connection, stages: Sequence[str], worker: str, now: datetime) -> Claim | None:
    """The same at the end of a transaction that wrote something else, which saves a commit."""
    values = {"now": now, "by": worker, "lease": now + LEASE}
    row = _claim(tuple(stages)).run(connection, values).first()
    return None if row is None else Claim(*row)


def finish(connection: Connection, step: Claim) -> None:
    """The step is done, in the same transaction as what it did. A slot stays used."""
    if step.slot is not None:
        connection.execute(update(steps).where(steps.c.id == step.id), {"state": StepState.DONE})
    else:
        _REMOVE.run(connection, {"step": step.id})


def fail(database: Database, step: Claim, error: str, now: datetime, *, final: bool = False) -> bool:
    """Count a failed try; the third (or a final one) parks the step for a person. True when parked."""
    parked = final or step.tries + 1 >= MOST_TRIES or step.starts >= MOST_STARTS
    values = {
        "state": StepState.PARKED if parked else StepState.READY,
        "tries": step.tries + 1,
        "error": error[:2000],
        "due_at": now + timedelta(seconds=2 ** (step.tries + 1)),
        "worker": "",
    }
    with database.transaction() as connection:
        connection.execute(update(steps).where(steps.c.id == step.id), values)
    return parked


def postpone(database: Database, step: Claim, error: str, due_at: datetime) -> None:
    """Try again later without counting a try, because the fault is not the step's (disk, database)."""
    values = {"state": StepState.READY, "error": error[:2000], "due_at": due_at, "worker": ""}
    with database.transaction() as connection:
        connection.execute(update(steps).where(steps.c.id == step.id), values)


def prolong(database: Database, step: Claim, now: datetime) -> None:
    """A step that takes long stays its worker's."""
    mine = (steps.c.id == step.id, steps.c.state == StepState.RUNNING)
    with database.transaction() as connection:
        connection.execute(update(steps).where(*mine), {"due_at": now + LEASE})


def pass_on(database: Database, step: Claim, stage: str, due_at: datetime) -> None:
    """The step as another stage's, for the workers of that."""
    values = {"stage": stage, "state": StepState.READY, "due_at": due_at, "worker": "", "starts": 0}
    with database.transaction() as connection:
        connection.execute(update(steps).where(steps.c.id == step.id), values)
        bell.ring(connection)


def release(connection: Connection, holder: str, now: datetime) -> int:
    """Give back what a worker, or a former life of an instance with its workers, had claimed; how many."""
    theirs = steps.c.worker.startswith(f"{holder}/", autoescape=True)
    statement = update(steps).where(steps.c.state == StepState.RUNNING, or_(steps.c.worker == holder, theirs))
    return connection.execute(statement, {"state": StepState.READY, "due_at": now, "worker": ""}).rowcount


def parked(connection: Connection) -> Sequence[AnyRow]:
    """Steps that wait for the operator."""
    return connection.execute(
        select(steps).where(steps.c.state == StepState.PARKED).order_by(steps.c.id)
    ).all()


def revive(connection: Connection, step: int, now: datetime) -> bool:
    """Let a parked step try again from the start."""
    values = {"state": StepState.READY, "tries": 0, "starts": 0, "due_at": now}
    statement = update(steps).where(steps.c.id == step, steps.c.state == StepState.PARKED)
    return connection.execute(statement, values).rowcount == 1


def drop(connection: Connection, step: int) -> bool:
    """Give a parked step up; the row stays as a proof."""
    statement = update(steps).where(steps.c.id == step, steps.c.state == StepState.PARKED)
    return connection.execute(statement, {"state": StepState.DROPPED}).rowcount == 1


def depth(connection: Connection) -> dict[str, int]:
    """How many steps stand in each state."""
    rows = connection.execute(
        select(steps.c.state, func.count().label("number")).group_by(steps.c.state)
    ).all()
    return {row.state: row.number for row in rows}
