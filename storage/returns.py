"""Forms that units were asked for and what they handed in; slots that make each step happen once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from storage.engine import AnyRow
from storage.tables.reporting import report_forms, report_slots, returns
from storage.upsert import upsert

HANDED_IN, REPLACED, DRAFT = "handed_in", "replaced", "draft"
SENT, SKIPPED, ISSUED = "sent", "skipped", "issued"


# -- slots ----------------------------------------------------------------------------


def take_slot(
    connection: Connection,
    kind: str,
    period: str,
    unit: str,
    step: str,
    *,
    due_at: datetime,
    now: datetime,
    late: bool = False,
    outcome: str = SENT,
) -> bool:
    """Whether this step of this unit is done now, and for the first time; False when it was done before."""
    row = {"kind": kind, "period": period, "unit": unit, "step": step, "due_at": due_at, "done_at": now}
    statement = upsert(connection, report_slots).on_conflict_do_nothing(
        index_elements=["kind", "period", "unit", "step"]
    )
    made = connection.execute(
        statement.returning(report_slots.c.id), {**row, "late": late, "outcome": outcome}
    )
    return made.first() is not None


def slots(connection: Connection, kind: str, period: str, *, unit: str | None = "") -> Sequence[AnyRow]:
    """The steps done of a period as a whole (unit ""), of one unit, or of all (None)."""
    query = select(report_slots).where(report_slots.c.kind == kind, report_slots.c.period == period)
    if unit is not None:
        query = query.where(report_slots.c.unit == unit)
    return connection.execute(query.order_by(report_slots.c.id)).all()


# -- forms ----------------------------------------------------------------------------


def ask(
    connection: Connection,
    kind: str,
    period: str,
    forms: Mapping[str, Mapping[str, Any]],
    *,
    now: datetime,
    due_on: date,
    late_from: datetime,
    closes_at: datetime,
) -> list[AnyRow]:
    """Keep a form for each unit with its frozen figures; those that did not have one yet."""
    same = {"kind": kind, "period": period, "asked_at": now, "due_on": due_on}
    same |= {"late_from": late_from, "closes_at": closes_at}
    statement = upsert(connection, report_forms).on_conflict_do_nothing(
        index_elements=["kind", "period", "unit"]
    )
    made = []
    for unit, frozen in forms.items():
        row = {**same, "unit": unit, "frozen": dict(frozen)}
        found = connection.execute(statement.returning(*report_forms.c), row).first()
        if found is not None:
            made.append(found)
    return made


def form(connection: Connection, kind: str, period: str, unit: str) -> AnyRow | None:
    """The form of one unit."""
    query = select(report_forms).where(
        report_forms.c.kind == kind, report_forms.c.period == period, report_forms.c.unit == unit
    )
    return connection.execute(query).first()


def form_by_id(connection: Connection, identity: int) -> AnyRow | None:
    """The form with this id, as a signed address names it."""
    return connection.execute(select(report_forms).where(report_forms.c.id == identity)).first()


def newest_form(connection: Connection, kind: str, unit: str) -> AnyRow | None:
    """The form that a unit was asked for last."""
    query = select(report_forms).where(report_forms.c.kind == kind, report_forms.c.unit == unit)
    return connection.execute(query.order_by(report_forms.c.id.desc()).limit(1)).first()


# -- returns --------------------------------------------------------------------------


def hand_in(
    connection: Connection,
    form: int,
    answers: Mapping[str, Any],
    *,
    by: str,
    channel: str,
    now: datetime,
    arrival: int | None = None,
) -> int:
    """A further version, which counts from now on; its number. The earlier ones stay."""
    last = connection.execute(select(func.max(returns.c.version)).where(returns.c.form == form)).scalar()
    said = returns.c.form == form
    connection.execute(delete(returns).where(said, returns.c.state == DRAFT))
    connection.execute(update(returns).where(said), {"state": REPLACED})
    version = int(last or 0) + 1
    row = {"form": form, "version": version, "state": HANDED_IN, "answers": dict(answers)}
    connection.execute(insert(returns), {**row, "by": by, "at": now, "channel": channel, "arrival": arrival})
    return version


def latest(connection: Connection, form: int) -> AnyRow | None:
    """The version of a form that counts; None when nothing was handed in."""
    query = select(returns).where(returns.c.form == form, returns.c.state == HANDED_IN)
    return connection.execute(query).first()


def versions(connection: Connection, form: int) -> Sequence[AnyRow]:
    """Everything that was handed in for a form, the oldest first."""
    return connection.execute(select(returns).where(returns.c.form == form).order_by(returns.c.version)).all()


def draft(connection: Connection, form: int) -> AnyRow | None:
    """What was said and is not whole yet."""
    query = select(returns).where(returns.c.form == form, returns.c.state == DRAFT)
    return connection.execute(query).first()


def keep_draft(
    connection: Connection, form: int, answers: Mapping[str, Any], *, by: str, channel: str, now: datetime
) -> None:
    """Keep it as version 0 until a whole return comes."""
    row = {"form": form, "version": 0, "state": DRAFT, "answers": dict(answers)}
    row |= {"by": by, "at": now, "channel": channel, "arrival": None}
    statement = upsert(connection, returns).values(row)
    changed = {name: statement.excluded[name] for name in ("state", "answers", "by", "at", "channel")}
    connection.execute(statement.on_conflict_do_update(index_elements=["form", "version"], set_=changed))


def of_period(connection: Connection, kind: str, period: str) -> Sequence[AnyRow]:
    """One row for each unit that was asked, whether it has answered or not.

    (unit, form, frozen, asked_at, due_on, late_from, closes_at, version, answers, by, at, channel,
    first_at): ``version`` and what follows are None while nothing was handed in; ``first_at`` is when
    the first version came, and before ``late_from`` it was in time.
    """
    first = (
        select(returns.c.form, func.min(returns.c.at, type_=returns.c.at.type).label("first_at"))
        .where(returns.c.state != DRAFT)
        .group_by(returns.c.form)
        .subquery()
    )
    counts = and_(returns.c.form == report_forms.c.id, returns.c.state == HANDED_IN)
    said = (returns.c.version, returns.c.answers, returns.c.by, returns.c.at, returns.c.channel)
    asked = [column for column in report_forms.c if column.name not in ("id", "kind", "period")]
    return connection.execute(
        select(report_forms.c.id.label("form"), *asked, *said, first.c.first_at)
        .outerjoin(returns, counts)
        .outerjoin(first, first.c.form == report_forms.c.id)
        .where(report_forms.c.kind == kind, report_forms.c.period == period)
        .order_by(report_forms.c.unit)
    ).all()


def missing(connection: Connection, kind: str, period: str) -> Sequence[AnyRow]:
    """The forms of a period for which nothing has come."""
    counts = (returns.c.form == report_forms.c.id, returns.c.state == HANDED_IN)
    handed = select(returns.c.id).where(*counts).exists()
    query = select(report_forms).where(report_forms.c.kind == kind, report_forms.c.period == period, ~handed)
    return connection.execute(query.order_by(report_forms.c.unit)).all()
