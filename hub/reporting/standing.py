"""How a kind of report stands: who was asked, who has answered, what was done and what comes next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting.kinds import collected
from rules.reporting.kinds import Act, Kind
from rules.reporting.ladder import current, deadline, planned
from rules.reporting.period import Period, after, named
from storage import returns


def standing(
    hub: Hub, connection: Connection, *, period: str = "", units: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Each collected kind with its newest period, or the one named; ``units``: only these are shown."""
    return [
        _of_kind(hub, connection, kind, found, units)
        for kind in collected(hub)
        if (found := _period(hub, connection, kind, period)) is not None
    ]


def _period(hub: Hub, connection: Connection, kind: Kind, name: str) -> Period | None:
    """The one that is named, else the newest for which something was done, else the one that comes."""
    if name:
        found = named(name, kind.cut_off)
        return found if found is not None and found.every is kind.every else None
    newest = current(kind, hub.today())[-1]
    return newest if returns.slots(connection, kind.code, newest.name) else after(newest)


def _of_kind(
    hub: Hub, connection: Connection, kind: Kind, period: Period, units: Collection[str] | None
) -> dict[str, Any]:
    rows = [_unit_row(hub, row) for row in returns.of_period(connection, kind.code, period.name)]
    shown = [row for row in rows if units is None or row["unit"] in units]
    return {
        "kind": kind.code,
        "period": period.name,
        "due": deadline(kind, period, hub.calendar).day.isoformat(),
        "asked": len(rows),
        "in_time": sum(row["state"] == "in_time" for row in rows),
        "late": sum(row["state"] == "late" for row in rows),
        "missing": sum(row["state"] == "missing" for row in rows),
        "units": shown,
        "steps": _steps(hub, connection, kind, period),
    }


def _unit_row(hub: Hub, row: Any) -> dict[str, Any]:
    came = hub.local(row.first_at) if row.first_at is not None else None
    state = "missing" if came is None else ("in_time" if row.first_at < row.late_from else "late")
    return {
        "unit": row.unit,
        "name": hub.directory.party_name(row.unit),
        "state": state,
        "version": row.version,
        "received": came.isoformat() if came is not None else None,
        "by": row.by,
        "channel": row.channel,
    }


def _steps(hub: Hub, connection: Connection, kind: Kind, period: Period) -> list[dict[str, Any]]:
    """What the ladder did, and what it will do; the daily word to the missing as often as it was said."""
    done = returns.slots(connection, kind.code, period.name)
    found = [
        {
            "step": slot.step,
            "at": hub.local(slot.due_at).isoformat(),
            "done": hub.local(slot.done_at).isoformat(),
            "late": slot.late,
            "outcome": slot.outcome,
        }
        for slot in done
    ]
    known = {slot.step for slot in done}
    zone = hub.zone
    rungs = planned(kind, period, hub.calendar, lambda day: datetime.combine(day, time(), zone))
    open_ = [item for item in rungs if item.rung.code not in known and item.rung.act is not Act.MISSING]
    return found + [
        {"step": item.rung.code, "at": item.at.isoformat(), "done": None, "late": False, "outcome": ""}
        for item in open_
    ]
