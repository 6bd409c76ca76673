"""Due dates are chased, digests and the leaders' weekly board go out: steps that the clock proposes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from hub import tracking
from hub.context import Hub
from hub.following import paper_mail, telling
from rules.chasing import Chase, chase, not_received, office_hours
from storage import deliveries, handling, notices, steps
from storage.engine import AnyRow
from storage.steps import Claim

CHASE, DIGEST, BOARD = "chase", "digest", "board"


def propose(hub: Hub, connection: Connection, now: datetime) -> bool:
    """Every office hour the due dates and digests; on the week's first working day the boards and papers."""
    local = hub.local(now)
    if not office_hours(local, hub.calendar):
        return False
    hour = f"{local:%Y-%m-%dT%H}"
    year, week, _day = local.isocalendar()
    weekly = f"{year}-W{week:02d}"
    slots = ((CHASE, hour), (DIGEST, hour), (BOARD, weekly), (paper_mail.STAGE, weekly))
    new = [steps.enqueue_once(connection, stage, f"{stage}/{slot}", now) for stage, slot in slots]
    return any(new)


def run_chase(hub: Hub, step: Claim, worker: str) -> None:
    """Remind of what is due, once a level; what nobody received, too."""
    now = hub.now()
    with hub.database.transaction() as connection:
        for row in handling.unfinished(connection):
            level = chase(hub.local(row.due_at), hub.local(now), hub.calendar)
            if level is not None:
                key = f"reminder.{row.id}.{level.value}.{hub.local(row.due_at).date().isoformat()}"
                _remind(hub, connection, row, level, key, now)
        for row in handling.not_received(connection, now):
            level = not_received(hub.local(row.finished_at), hub.local(now), hub.calendar)
            if level is not None:
                _remind(hub, connection, row, level, f"unreceived.{row.id}.{level.value}", now, idle=True)
        steps.finish(connection, step)
    hub.wake.ring()


def _remind(
    hub: Hub,
    connection: Connection,
    row: AnyRow,
    level: Chase,
    key: str,
    now: datetime,
    *,
    idle: bool = False,
) -> None:
    letter = {
        "notice": "reminder",
        "delivery": row.id,
        "level": "not_received" if idle else level.value,
        "due": row.due_at.isoformat() if row.due_at is not None else "",
    }
    for address in _chased(hub, connection, row, level):
        telling.notify(
            hub, connection, f"{key}.{address}", address, letter, now, document=row.document, urgent=True
        )


def _chased(hub: Hub, connection: Connection, row: AnyRow, level: Chase) -> list[str]:
    """Whoever works on it, or the clerks; then the leader; then the coordinators."""
    if row.receiver not in hub.directory.units:
        return []
    if level is Chase.COORDINATOR:
        return telling.coordinators(hub)
    clerks = telling.clerks_of(hub, row.receiver)
    if level is Chase.LEADER:
        return telling.leaders_of(hub, row.receiver) or clerks
    work = handling.assignments_of(connection, [row.id])
    return list(dict.fromkeys(item.person for item in work if item.ended_at is None)) or clerks


def run_digest(hub: Hub, step: Claim, worker: str) -> None:
    """One mail to each reader with what has waited."""
    now = hub.now()
    with hub.database.transaction() as connection:
        for address in notices.readers_due(connection, now):
            items = [item.id for item in notices.waiting_for(connection, address)]
            key = f"digest.{items[-1]}.{address}"
            row = notices.to_person(key, address, {"notice": "digest"}, now)
            for delivery in deliveries.plan(connection, [row]):
                notices.mark_sent(connection, items, delivery)
        steps.finish(connection, step)
    hub.wake.ring()


def run_board(hub: Hub, step: Claim, worker: str) -> None:
    """To the leaders of each unit: how the specialists' work stands (the directive's target 1b)."""
    now = hub.now()
    with hub.database.transaction() as connection:
        units = {row["unit"] for row in tracking.assignments(hub, connection, days=7)}
        rows = [
            notices.to_person(
                f"{step.slot}.{unit}.{to}".replace("/", "."), to, {"notice": "board", "unit": unit}, now
            )
            for unit in sorted(units)
            for to in telling.leaders_of(hub, unit)
        ]
        if rows:
            deliveries.plan(connection, rows)
        steps.finish(connection, step)
    hub.wake.ring()
