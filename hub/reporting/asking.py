"""Units are asked for their returns: forms with frozen figures, reminders to those who have not answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection

from hub.chat import planning
from hub.context import Hub
from hub.following import telling
from hub.reporting.asked import units_asked
from hub.reporting.freezing import frozen
from hub.reporting.kinds import kind_of
from hub.reporting.proposing import settle
from hub.texts import N_
from hub.transitions import tell
from rules.reporting.kinds import Act, Kind, Rung
from rules.reporting.ladder import answer_limit, closing, deadline
from rules.reporting.period import Period, named
from rules.vocabulary import Role, Urgency
from storage import journal, returns, steps
from storage.engine import AnyRow
from storage.journal import Event
from storage.steps import Claim

NOTICE = "return_asked"


def run(hub: Hub, step: Claim, worker: str) -> None:
    """One step of a ladder, for all its units. LookupError for a kind that is gone: the step is parked."""
    now, payload = hub.now(), step.payload
    kind, period = _subject(hub, payload)
    rung = _rung(kind, payload)
    first = _freeze(hub, kind, period) if rung.act is Act.FORM else {}
    with hub.database.transaction() as connection:
        told = 0
        if settle(connection, kind.code, payload, now):
            forms = (
                _ask(hub, connection, kind, period, first, now)
                if rung.act is Act.FORM
                else returns.missing(connection, kind.code, period.name)
            )
            told = sum(_tell_unit(hub, connection, form, rung, payload, now) for form in forms)
            facts = {"step": payload["step"], "units": told, "late": payload["late"]}
            event = Event("report-step", f"report:{kind.code}/{period.name}", facts)
            journal.append(connection, "hub", [event], now)
        steps.finish(connection, step)
    if told:
        text = N_("report {kind} {period}: {step} to {count} units")
        tell(text, kind=kind.code, period=period.name, step=payload["step"], count=told)
    hub.wake.ring()


def _subject(hub: Hub, payload: dict[str, Any]) -> tuple[Kind, Period]:
    kind = kind_of(hub, payload["kind"])
    period = named(payload["period"], kind.cut_off) if kind is not None else None
    if kind is None or period is None:
        raise LookupError(f"no report {payload['kind']} {payload['period']}")
    return kind, period


def _rung(kind: Kind, payload: dict[str, Any]) -> Rung:
    code = payload["step"].partition(".")[0]  # of the daily word to the missing: code.day
    return next(rung for rung in kind.ladder if rung.code == code)


def _freeze(hub: Hub, kind: Kind, period: Period) -> dict[str, dict[str, Any]]:
    """Outside the transaction that asks, because counting a province takes its time."""
    with hub.database.reading() as connection:
        units = units_asked(hub, kind, period.last)
        return dict(frozen(hub, connection, kind, period, units))


def _ask(
    hub: Hub,
    connection: Connection,
    kind: Kind,
    period: Period,
    first: dict[str, dict[str, Any]],
    now: datetime,
) -> Sequence[AnyRow]:
    local = hub.local(now)
    limit = answer_limit(kind, period, hub.calendar, local)
    due = deadline(kind, period, hub.calendar)
    last_day = due.day if limit == due.limit else hub.calendar.working_day_before(limit)
    ends = closing(kind, period, hub.calendar, lambda day: datetime.combine(day, time(), local.tzinfo))
    late_from = datetime.combine(limit, time(), local.tzinfo)
    return returns.ask(
        connection,
        kind.code,
        period.name,
        first,
        now=now,
        due_on=last_day,
        late_from=late_from,
        closes_at=max(ends, late_from),
    )


def _tell_unit(
    hub: Hub, connection: Connection, form: AnyRow, rung: Rung, payload: dict[str, Any], now: datetime
) -> bool:
    """One unit hears of one step, once; by mail, and its clerks by chat where they have one."""
    at = datetime.fromisoformat(payload["at"])
    if not returns.take_slot(
        connection, form.kind, form.period, form.unit, payload["step"], due_at=at, now=now,
        late=payload["late"],
    ):  # fmt: skip
        return False
    letter = {
        "notice": NOTICE,
        "form": form.id,
        "level": level_of(rung, payload["step"]),
        "late": payload["late"],
    }
    key = f"return.{form.id}.{payload['step']}"
    for address, leader in _readers(hub, form.unit, rung):
        told = {**letter, "leader": leader}
        telling.notify(hub, connection, f"{key}.{address}", address, told, now, urgent=True)
    clerks = [person.email for person in hub.directory.holding(form.unit, Role.CLERK, hub.today())]
    planning.plan(hub, connection, key, clerks, letter, None, Urgency.NORMAL, now)
    return True


def level_of(rung: Rung, step: str) -> str:
    """How a mail speaks: form, remind, last (the day itself) or missing."""
    if rung.act is Act.REMIND and rung.working_days_before == 1:
        return "last"
    return rung.act.value


def _readers(hub: Hub, unit: str, rung: Rung) -> Iterable[tuple[str, bool]]:
    """The unit's mailbox, and its leaders where the rung wants them; each address once."""
    found: dict[str, bool] = {}
    if "clerks" in rung.to:
        found.update(dict.fromkeys(telling.clerks_of(hub, unit), False))
    if "leaders" in rung.to:
        for address in telling.leaders_of(hub, unit):
            found.setdefault(address, True)
    return found.items()
