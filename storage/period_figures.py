"""Frozen figures of periods, and the reports issued about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.engine import AnyRow
from storage.tables.figures import period_figures, report_issues
from storage.upsert import upsert


def freeze(
    connection: Connection, period: str, facts: Mapping[str, Mapping[str, Any]], now: datetime
) -> None:
    """Keep the counts of each unit; what was kept before stays as it is."""
    rows = [
        {"period": period, "unit": unit, "facts": dict(counts), "readings": {}, "frozen_at": now}
        for unit, counts in facts.items()
    ]
    if rows:
        statement = upsert(connection, period_figures).on_conflict_do_nothing(
            index_elements=["period", "unit"]
        )
        connection.execute(statement, rows)


def frozen(connection: Connection, period: str) -> Sequence[AnyRow]:
    """What was kept of a period, a row for each unit."""
    return connection.execute(select(period_figures).where(period_figures.c.period == period)).all()


def report(
    connection: Connection, period: str, readings: Mapping[str, Mapping[str, Any]], now: datetime
) -> None:
    """Keep the figures as they are reported."""
    rows = [{"its_unit": unit, "said": dict(figures)} for unit, figures in readings.items()]
    statement = (
        update(period_figures)
        .where(period_figures.c.period == period, period_figures.c.unit == bindparam("its_unit"))
        .values(readings=bindparam("said", type_=period_figures.c.readings.type), reported_at=now)
    )
    if rows:
        connection.execute(statement, rows)


def reported(connection: Connection, periods: Sequence[str]) -> Sequence[AnyRow]:
    """The figures of some periods as they were reported: (period, unit, readings)."""
    columns = (period_figures.c.period, period_figures.c.unit, period_figures.c.readings)
    return connection.execute(
        select(*columns).where(
            period_figures.c.period.in_(periods), period_figures.c.reported_at.is_not(None)
        )
    ).all()


def begun(connection: Connection, kind: str, period: str, part: str) -> AnyRow | None:
    """The report that was begun for this slot, if one was."""
    query = select(report_issues).where(
        report_issues.c.kind == kind, report_issues.c.period == period, report_issues.c.part == part
    )
    return connection.execute(query).first()


def keep_number(
    connection: Connection,
    kind: str,
    period: str,
    part: str,
    *,
    book: int,
    number: int,
    symbol: str,
    dated: date,
    late: bool,
    now: datetime,
) -> None:
    """Its number is taken and kept for it. IntegrityError when the slot has one."""
    row = {"kind": kind, "period": period, "part": part, "book": book, "number": number}
    row |= {"symbol": symbol, "dated": dated, "late": late, "begun_at": now}
    connection.execute(insert(report_issues), row)


def issued(connection: Connection, issue: int, document: int) -> bool:
    """The report stands in the book; False when it stood there before."""
    statement = update(report_issues).where(report_issues.c.id == issue, report_issues.c.document.is_(None))
    return connection.execute(statement, {"document": document}).rowcount == 1


def issues(connection: Connection, kind: str = "", period: str = "") -> Sequence[AnyRow]:
    """Reports that were begun or issued, the newest first."""
    query = select(report_issues).order_by(report_issues.c.id.desc())
    if kind:
        query = query.where(report_issues.c.kind == kind)
    if period:
        query = query.where(report_issues.c.period == period)
    return connection.execute(query).all()
