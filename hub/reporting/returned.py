"""What units have said in their returns and asked for, as the measures and the report want it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection

from hub.context import Hub
from rules.compliance.answers import UNASKED, Submission
from rules.reporting.period import Period
from storage import returns
from storage.engine import AnyRow

__all__ = ["UNASKED", "answers"]
KIND = "compliance"  # the directive's own kind of report


def answers(hub: Hub, connection: Connection, period: Period) -> Mapping[str, Submission]:
    """By unit; a unit that was not asked is not in it."""
    rows = returns.of_period(connection, KIND, period.name)
    return {row.unit: _submission(hub, row) for row in rows}


def _submission(hub: Hub, row: AnyRow) -> Submission:
    """In time is what came first, because corrections until the closing do not make a unit late."""
    if row.first_at is None:
        return Submission(asked=True)
    said = {code: answer for code, answer in row.answers.items() if answer is not None and answer != ""}
    came = hub.local(row.first_at).date()
    last_day = hub.local(row.late_from - timedelta(seconds=1)).date()
    late = max(1, (came - last_day).days) if row.first_at >= row.late_from else 0
    return Submission(said, asked=True, received=came, days_late=late)
