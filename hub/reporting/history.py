"""Figures of a period are kept once: counts at the cut-off, the rest as it was reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting.counting import count, reporting_units
from rules.compliance.facts import Facts, facts_of
from rules.compliance.measures import Reading
from rules.reporting.period import Every, Period, before, ending_in, named
from storage import period_figures, steps
from storage.steps import Claim

STAGE = "figures"
MONTHS = 12
Readings = Mapping[str, Reading]


def facts_for(hub: Hub, connection: Connection, period: Period) -> dict[str, Facts]:
    """Counts of every unit: as they were kept, else as they stand now."""
    kept = period_figures.frozen(connection, period.name)
    if kept:
        return {row.unit: facts_of(row.facts) for row in kept}
    return count(hub, connection, period, reporting_units(hub, period.last))


def freeze(hub: Hub, period: Period) -> dict[str, Facts]:
    """The same, kept from now on once the period is over.

    Counted outside the transaction that keeps it, because counting a large province takes seconds.
    """
    with hub.database.reading() as connection:
        found = facts_for(hub, connection, period)
    now = hub.now()
    if hub.local(now).date() >= period.cut_off:
        kept = {unit: asdict(facts) for unit, facts in found.items()}
        with hub.database.transaction() as connection:
            period_figures.freeze(connection, period.name, kept, now)
    return found


def keep(connection: Connection, period: Period, reported: Mapping[str, Readings], now: datetime) -> None:
    """The figures as the report says them."""
    rows = {unit: {code: _plain(r) for code, r in readings.items()} for unit, readings in reported.items()}
    period_figures.report(connection, period.name, rows, now)


def earlier(connection: Connection, period: Period) -> dict[str, dict[str, Readings]]:
    """What the eleven periods before said: period -> unit -> readings; one without a report is absent."""
    rows = period_figures.reported(connection, names_before(period))
    found: dict[str, dict[str, Readings]] = defaultdict(dict)
    for row in rows:
        found[row.period][row.unit] = {code: Reading(*numbers) for code, numbers in row.readings.items()}
    return found


def names_before(period: Period) -> list[str]:
    """The eleven periods before, the oldest first."""
    names: list[str] = []
    at = period
    for _month in range(MONTHS - 1):
        at = before(at)
        names.append(at.name)
    return names[::-1]


def _plain(reading: Reading) -> list[float]:
    return [reading.value, reading.of, reading.unanswered]


# -- by the clock ---------------------------------------------------------------------


def propose(hub: Hub, connection: Connection, now: datetime) -> bool:
    """Once a period is over its counts are kept, whether anybody reports or not."""
    over = last_over(hub, now)
    return steps.enqueue_once(connection, STAGE, f"{STAGE}/{over}", now, payload={"period": over})


def last_over(hub: Hub, now: datetime) -> str:
    """The newest month whose last day has passed."""
    today = hub.local(now).date()
    found = ending_in(Every.MONTH, today.year, today.month)
    assert found is not None  # because a month ends in every month
    return found.name if found.cut_off <= today else before(found).name


def run(hub: Hub, step: Claim, worker: str) -> None:
    """Keep the counts of one period."""
    period = named(step.payload["period"])
    if period is None:
        raise LookupError(f"period {step.payload['period']}")
    freeze(hub, period)
    with hub.database.transaction() as connection:
        steps.finish(connection, step)
