"""Figures of a period for every unit that reports, from a handful of set-wise statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from rules.compliance.facts import Facts, facts_of
from rules.reporting.period import Period
from rules.vocabulary import Role
from storage import figure_rows, figures
from storage.figures import Span

CENTRE = "ttth"
LOGIN = "log-in"  # of a mailbox


def span_of(hub: Hub, period: Period) -> Span:
    """The period's moments: days begin in the organisation's zone."""
    start = datetime.combine(period.first, time(), hub.zone)
    end = datetime.combine(period.cut_off, time(), hub.zone)
    return Span(start, end, period.last)


def reporting_units(hub: Hub, day: date) -> list[str]:
    """Who is measured: units where the hub is deployed on that day, which keep books of their own."""
    return [
        code
        for code, unit in hub.directory.units.items()
        if hub.directory.valid(code, day)
        and unit.keeps_books
        and unit.deployed_since is not None
        and unit.deployed_since <= day
    ]


def count(hub: Hub, connection: Connection, period: Period, units: Sequence[str]) -> dict[str, Facts]:
    """What the hub knows of each unit in this period."""
    span = span_of(hub, period)
    found: dict[str, dict[str, Any]] = {unit: {} for unit in units}
    for part in (
        figures.registered(connection, span),
        figures.outgoing(connection, span),
        figure_rows.gaps(connection, period.last.year),
        figures.plans(connection, span, CENTRE),
    ):
        for unit, values in part.items():
            if unit in found:
                found[unit].update(values)
    _add(hub, found, "past_the_clerk", _pairs(figures.unregistered(connection, span), "past_the_clerk"))
    late: Counter[str] = Counter()
    for row in figures.overdue(connection, span):
        late[row.unit] += row.number
    _add(hub, found, "overdue", late)
    _add(hub, found, "scans", _scans(connection, span))
    mailed: Counter[str] = Counter()
    for row in figures.boards(connection, span):
        mailed[row.unit] += row.number
    _add(hub, found, "boards", mailed)
    _people(hub, connection, span, found)
    return {unit: facts_of(values) for unit, values in found.items()}


def _people(hub: Hub, connection: Connection, span: Span, found: Mapping[str, dict[str, Any]]) -> None:
    """Staff, mailboxes, use and look-ups: people are counted at the unit that reports for theirs."""
    staff: dict[str, set[str]] = defaultdict(set)
    leaders: set[str] = set()
    administrators: Counter[str] = Counter()
    for row in figures.staff(connection, span.last):
        unit = hub.directory.keeper(row.unit) or row.unit
        staff[unit].add(row.person)
        administrators[unit] += row.role == Role.ADMINISTRATOR
        if row.role == Role.LEADER:
            leaders.add(row.person)
    owners, users = figures.mailbox_owners(connection, span.end), figures.writers(connection, span)
    lookups: Counter[str] = Counter()
    logins: Counter[str] = Counter()
    of_leaders: Counter[str] = Counter()
    for row in figures.access(connection, span):
        if row.action == LOGIN:
            logins[row.person] += row.number
        elif row.action in figures.LOOK_UPS:
            lookups[row.person] += row.number
        if row.person in leaders and row.action in figures.LISTS_OF_WORK:
            of_leaders[row.person] += row.number
    for unit, values in found.items():
        people = staff.get(unit, set())
        values["staff"] = len(people)
        values["mailboxes"] = len(people & owners)
        values["active"] = len(people & owners & users)
        values["administrators"] = administrators[unit]
        for name, counter in (("lookups", lookups), ("logins", logins), ("leader_lookups", of_leaders)):
            values[name] = sum(counter[person] for person in people)


def _scans(connection: Connection, span: Span) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for row in figures.scans(connection, span):
        found[row.account.partition("/")[0]] += row.number
    return found


def _pairs(part: figures.Counts, name: str) -> dict[str, int]:
    return {unit: values[name] for unit, values in part.items()}


def _add(hub: Hub, found: Mapping[str, dict[str, Any]], name: str, counts: Mapping[str, int]) -> None:
    """Counts of rooms and of units without books stand at the unit that keeps their books."""
    for unit, number in counts.items():
        keeper = unit if unit in found else hub.directory.keeper(unit) or unit
        if keeper in found:
            found[keeper][name] = found[keeper].get(name, 0) + number
