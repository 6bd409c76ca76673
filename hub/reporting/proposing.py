"""What the ladders of all kinds want now, as steps: the clock proposes, a slot's unique key says once."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting.kinds import collected
from rules.reporting.kinds import Act, Kind
from rules.reporting.ladder import Move, current, moves, planned
from rules.reporting.period import Period, named
from storage import returns, settings, steps

ASK = "report-ask"  # forms and reminders, to units
ISSUE = "report-issue"  # the report and its supplement, to the board
COLLECT = "report-collect"  # of a kind that is a table
TABLE = "figures"  # its template
TO_UNITS = frozenset({Act.FORM, Act.REMIND, Act.MISSING})
SINCE = "reports_since."


def propose(hub: Hub, connection: Connection, now: datetime) -> bool:
    """Enqueue each step that is due, of a few periods at most; True when there was a new one."""
    new = False
    for kind in collected(hub):
        for period in _periods(hub, connection, kind, hub.local(now)):
            for move in moves_now(hub, connection, kind, period, now):
                new = _enqueue(connection, kind, period, move, now) or new
    return new


def moves_now(
    hub: Hub, connection: Connection, kind: Kind, period: Period, now: datetime
) -> tuple[Move, ...]:
    """What this period's ladder wants now, after what was done."""
    done = {slot.step: slot.done_at for slot in returns.slots(connection, kind.code, period.name)}
    form = next(rung.code for rung in kind.ladder if rung.act is Act.FORM)
    asked = hub.local(done[form]) if form in done else None
    return moves(kind, period, hub.calendar, hub.local(now), done.keys(), asked)


def settle(connection: Connection, kind: str, payload: dict[str, object], now: datetime) -> bool:
    """Take the slots of a step and of those that it stands for; False when it was done before."""
    period, late = str(payload["period"]), bool(payload["late"])
    at = datetime.fromisoformat(str(payload["at"]))
    skipped = payload["skipped"]
    if not returns.take_slot(
        connection, kind, period, "", str(payload["step"]), due_at=at, now=now, late=late
    ):
        return False
    for step in skipped if isinstance(skipped, list) else ():
        returns.take_slot(
            connection, kind, period, "", step, due_at=at, now=now, late=late, outcome=returns.SKIPPED
        )
    return True


def _periods(hub: Hub, connection: Connection, kind: Kind, local: datetime) -> list[Period]:
    """The periods that are collected: from the configured one on, else from when the hub first looked."""
    found = current(kind, local.date())
    first = named(hub.config.reports.first) if hub.config.reports.first else None
    if first is not None:
        return [period for period in found if period.due_month >= first.due_month]
    since = _since(connection, kind, local)
    return [period for period in found if _form_day(hub, kind, period, local) >= since]


def _since(connection: Connection, kind: Kind, local: datetime) -> date:
    """The day on which this kind was looked at first: what was due earlier is not asked for."""
    known = settings.get(connection, f"{SINCE}{kind.code}")
    if known is None:
        known = local.date().isoformat()
        settings.put(connection, f"{SINCE}{kind.code}", known)
    return date.fromisoformat(known)


def _form_day(hub: Hub, kind: Kind, period: Period, local: datetime) -> date:
    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), local.tzinfo)

    return planned(kind, period, hub.calendar, midnight)[0].at.date()


def _enqueue(connection: Connection, kind: Kind, period: Period, move: Move, now: datetime) -> bool:
    payload = {
        "kind": kind.code,
        "period": period.name,
        "step": move.step,
        "act": move.rung.act.value,
        "at": move.at.isoformat(),
        "late": move.late,
        "skipped": list(move.skipped),
    }
    at_the_end = COLLECT if kind.template == TABLE else ISSUE
    stage = ASK if move.rung.act in TO_UNITS else at_the_end
    slot = f"report/{kind.code}/{period.name}/{move.step}"
    return steps.enqueue_once(connection, stage, slot, now, payload=payload)
