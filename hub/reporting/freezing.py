"""The form of each unit as it stands at the cut-off: the hub's own figures, and what does not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting.counting import count
from rules.reporting.kinds import Asked, Kind
from rules.reporting.period import Period, before
from storage import returns

# What a unit said last time and what seldom changes; counts are asked anew each time.
KEPT = frozenset({Asked.TEXT, Asked.YES, Asked.CHOICE})


def frozen(
    hub: Hub, connection: Connection, kind: Kind, period: Period, units: Sequence[str]
) -> Mapping[str, dict[str, Any]]:
    """By unit and field code; a field that nobody can fill in is left out."""
    counted = _counted(hub, connection, kind, period, units)
    earlier = {
        row.unit: row.answers
        for row in returns.of_period(connection, kind.code, before(period).name)
        if row.answers is not None
    }
    return {unit: _of(kind, counted.get(unit, {}), earlier.get(unit, {})) for unit in units}


def _counted(
    hub: Hub, connection: Connection, kind: Kind, period: Period, units: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    if not any(field.measure for field in kind.fields):
        return {}
    return {unit: facts.derived() for unit, facts in count(hub, connection, period, units).items()}


def _of(kind: Kind, counted: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in kind.fields:
        value = counted.get(field.measure) if field.measure else None
        if value is None and field.kind in KEPT:
            value = earlier.get(field.code)
        if value is not None:
            found[field.code] = value
    return found
