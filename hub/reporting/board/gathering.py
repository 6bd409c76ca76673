"""What the report says beside the measures: returns, normative documents, late work, requests for help."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting.compliance import Compliance, compliance
from hub.reporting.counting import span_of
from rules.compliance.answers import Submission
from rules.reporting.period import Period
from storage import figure_rows, figures
from storage.figures import Span

OLD_REQUEST = 7  # days after which an open request stands in the report


@dataclass(frozen=True, slots=True)
class LateWork:
    """One specialist's documents past their due date; ``person`` is empty where nobody was assigned."""

    unit: str
    person: str
    number: int
    oldest: date


@dataclass(frozen=True, slots=True)
class Normative:
    """One unit's normative documents, and those of which no file came, by number and symbol."""

    unit: str
    issued: int
    received: int
    without_file: tuple[str, ...]
    gaps: tuple[str, ...]  # numbers that stand in no entry of its normative books


@dataclass(frozen=True, slots=True)
class Request:
    """A unit's request for help that is open."""

    number: int
    unit: str
    subject: str
    days: int
    owner: str


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything the board's report is made of."""

    report: Compliance
    missing: tuple[str, ...]  # units by name that have not handed in
    late: tuple[tuple[str, int], ...]  # name, days
    silent: tuple[str, ...]  # handed in neither this time nor the time before
    normative: tuple[Normative, ...]
    minutes: float | None  # median of all documents from signing to sending
    late_work: tuple[LateWork, ...]
    requests: tuple[Request, ...]
    printed: datetime


Answers = Mapping[str, Submission]


def gather(
    hub: Hub,
    connection: Connection,
    period: Period,
    answers: Answers,
    answers_before: Answers,
    requests: Sequence[Request] = (),
) -> Whole:
    """Read all of it; ``answers`` are the returns of this period and of the one before."""
    report = compliance(hub, connection, period, answers)
    span, name = span_of(hub, period), hub.directory.party_name
    silent = {unit for unit, said in answers.items() if said.asked and said.received is None}
    before = {unit for unit, said in answers_before.items() if said.asked and said.received is None}
    late = [(name(unit), said.days_late) for unit, said in answers.items() if said.days_late > 0]
    return Whole(
        report,
        missing=tuple(sorted(map(name, silent))),
        late=tuple(sorted(late, key=lambda item: (-item[1], item[0]))),
        silent=tuple(sorted(map(name, silent & before))),
        normative=_normative(hub, connection, span),
        minutes=_minutes(connection, span),
        late_work=_late_work(hub, connection, span),
        requests=tuple(requests),
        printed=hub.local(hub.now()),
    )


def _minutes(connection: Connection, span: Span) -> float | None:
    waited = [figures.minutes_to_send(row) for row in figures.outgoing_rows(connection, span)]
    known = [minutes for minutes in waited if minutes is not None]
    return round(median(known), 1) if known else None


def _normative(hub: Hub, connection: Connection, span: Span) -> tuple[Normative, ...]:
    issued: Counter[str] = Counter()
    without: dict[str, list[str]] = defaultdict(list)
    for row in figures.normative_rows(connection, span):
        issued[row.unit] += 1
        if row.gazette_sent is None:
            without[row.unit].append(row.symbol)
    gaps: dict[str, list[str]] = defaultdict(list)
    for book, gap in figure_rows.missing_normative_numbers(connection, span.last.year):
        numbers = f"{gap.first}" if gap.size == 1 else f"{gap.first}–{gap.last}"
        gaps[book.keeper].append(f"{numbers} ({book.series.partition('/')[2]})")
    return tuple(
        Normative(
            hub.directory.party_name(unit),
            issued[unit],
            issued[unit] - len(without[unit]),
            tuple(sorted(without[unit])),
            tuple(gaps[unit]),
        )
        for unit in sorted({*issued, *gaps}, key=hub.directory.party_name)
    )


def _late_work(hub: Hub, connection: Connection, span: Span) -> tuple[LateWork, ...]:
    found: dict[tuple[str, str], list[date]] = defaultdict(list)
    for row in figure_rows.late_work(connection, span):
        found[row.unit, row.person].append(hub.local(row.due_at).date())
    lines = [
        LateWork(hub.directory.party_name(unit), _called(hub, person), len(days), min(days))
        for (unit, person), days in found.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.number, line.unit, line.person)))


def _called(hub: Hub, email: str) -> str:
    person = hub.directory.person(email) if email else None
    return person.name if person is not None else email
