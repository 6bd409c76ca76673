"""A figure is opened: the rows behind one measure of one unit, and which of them count.

For a share the rows that count add up to its value and all rows to its denominator; a yes-or-no shows
its evidence. Rows are read as the books stand now; a figure that was frozen earlier keeps its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting.counting import CENTRE, span_of
from hub.texts import N_
from rules.compliance.answers import Asked, Submission
from rules.compliance.facts import Facts
from rules.compliance.measures import BY_CODE
from rules.reporting.period import Period
from rules.vocabulary import Direction, Role
from storage import figure_rows, figures
from storage.engine import AnyRow


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a figure. ``kind`` and ``why`` are sentences for ``hub.texts``."""

    kind: str
    id: str
    text: str
    counted: bool
    why: str = ""
    at: datetime | None = None


ENTRY, OUT, CAME = N_("entry"), N_("outgoing document"), N_("document in review")
MISSING, PERSON, PLAN = N_("missing number"), N_("person"), N_("plan")
LOOK_UP, LIST, SCAN = N_("look-up"), N_("progress list mailed"), N_("scan")
ANSWER, APPLICATION = N_("answer in the return"), N_("application")
OVER, PAPER = N_("over the network or as a scan"), N_("on paper only")
LACKING, WHOLE = N_("a field is empty"), N_("complete")
FILED, UNFILED = N_("the file reached the gazette"), N_("no file reached the gazette")
UNSAID = N_("not answered")


class Opened:
    """What the rows are read from: one unit, with those whose books it keeps, in one period."""

    def __init__(self, hub: Hub, connection: Connection, period: Period, unit: str, said: Submission) -> None:
        self.hub, self.connection, self.unit, self.said = hub, connection, unit, said
        self.period, self.span = period, span_of(hub, period)
        self.units = frozenset((unit, *hub.directory.kept_by(unit)))

    @cached_property
    def posts(self) -> Sequence[AnyRow]:
        """Who is what in the unit at the end of the period."""
        mine = figures.staff(self.connection, self.span.last)
        return [row for row in mine if (self.hub.directory.keeper(row.unit) or row.unit) == self.unit]

    def people(self, role: Role | None = None) -> list[str]:
        """Addresses of the staff, or of those with one role."""
        return sorted({row.person for row in self.posts if role is None or row.role == role})

    @cached_property
    def entries(self) -> Sequence[AnyRow]:
        return figure_rows.entries(self.connection, self.span, self.unit)

    @cached_property
    def outgoing(self) -> Sequence[AnyRow]:
        return figures.outgoing_rows(self.connection, self.span, self.unit)


def opened(
    hub: Hub, connection: Connection, period: Period, unit: str, code: str, said: Submission
) -> list[Row]:
    """The rows behind a measure. KeyError for a measure that nobody knows."""
    return list(_ROWS[code](Opened(hub, connection, period, unit, said)))


def _exchanged(of: Opened) -> Iterable[Row]:
    sent = {row.id for row in of.outgoing if row.first_sent is not None}
    for row in of.entries:
        came = row.direction == Direction.INCOMING
        over = row.source in (*figures.NETWORK, figures.SCANNER) if came else row.document in sent
        yield _entry(row, over, OVER if over else PAPER)


def _officer(of: Opened) -> Iterable[Row]:
    yield from (_person(of, email, True) for email in of.people(Role.ADMINISTRATOR))
    yield from _answer(of, "O06", Asked.OFFICER)


def _plan(of: Opened) -> Iterable[Row]:
    for row in figure_rows.plans(of.connection, of.span, of.unit, CENTRE):
        yield Row(PLAN, str(row.id), _titled(row), True, "", row.registered_at)


def _one_point(of: Opened) -> Iterable[Row]:
    yield from (_entry(row, True) for row in of.entries)
    for row in figure_rows.unregistered(of.connection, of.span, of.units):
        yield Row(CAME, str(row.id), _titled(row), False, "", row.created_at)


def _complete(of: Opened) -> Iterable[Row]:
    yield from (_entry(row, not row.lacking, LACKING if row.lacking else WHOLE) for row in of.entries)
    for book, gap in figure_rows.missing_numbers(of.connection, of.unit, of.period.last.year):
        for number in range(gap.first, gap.last + 1):
            yield Row(MISSING, str(number), f"{book.issuer} · {book.series} · {book.year}", False)


def _normative(of: Opened) -> Iterable[Row]:
    for row in of.outgoing:
        if row.normative:
            filed = row.gazette_sent is not None
            yield _out(row, filed, FILED if filed else UNFILED, row.gazette_sent)


def _published(of: Opened) -> Iterable[Row]:
    yield from (row for row in _normative(of) if row.counted)
    yield from _answer(of, "O16", Asked.PUBLISHED)


def _applications(of: Opened) -> Iterable[Row]:
    for at, asked in (("1", Asked.ECONOMY), ("3", Asked.PORTAL)):
        answer = of.said.answers.get(asked)
        why = UNSAID if answer is None and of.said.asked else ""
        yield Row(APPLICATION, at, APPLICATIONS[at], bool(answer), why)
    yield Row(APPLICATION, "2", APPLICATIONS["2"], bool(of.entries))


def _looked_up(of: Opened) -> Iterable[Row]:
    yield from (_entry(row, True) for row in of.entries)
    yield from _looks(of, figure_rows.look_ups(of.connection, of.span, of.people()))


def _followed(of: Opened) -> Iterable[Row]:
    leaders = of.people(Role.LEADER)
    yield from _looks(of, figure_rows.looks_at_work(of.connection, of.span, leaders))
    for row in figure_rows.boards(of.connection, of.span, of.units):
        yield Row(LIST, str(row.id), row.address, True, "", row.finished_at)


def _mailboxes(of: Opened) -> Iterable[Row]:
    people = of.people()
    since = figure_rows.mailboxes_of(of.connection, of.span.end, people)
    sent = figure_rows.sent_by(of.connection, of.span, people)
    for email in people:
        if email not in since:
            yield _person(of, email, False, N_("no mailbox"))
        else:
            used = sent.get(email, 0) > 0
            yield _person(of, email, used, N_("sent mail") if used else N_("sent nothing"))


def _network_first(of: Opened) -> Iterable[Row]:
    for row in of.outgoing:
        first = figures.is_network_first(row)
        why = N_("the network first") if first else N_("paper first")
        yield _out(row, first, why if row.first_sent else PAPER, row.first_sent)


def _electronic_only(of: Opened) -> Iterable[Row]:
    for row in of.outgoing:
        alone = figures.is_electronic_only(row)
        why = N_("no paper behind it") if alone else N_("paper follows")
        yield _out(row, alone, why if row.first_sent else PAPER, row.first_sent)


def _scanner(of: Opened) -> Iterable[Row]:
    for row in figure_rows.scans(of.connection, of.span, of.units):
        yield Row(SCAN, str(row.id), f"{row.account} {row.subject}".strip(), True, "", row.received_at)
    yield from _answer(of, "O26", Asked.SCANNER)


def _returned(of: Opened) -> Iterable[Row]:
    if of.said.asked:
        day = of.said.received
        text = f"{day:%d/%m/%Y}" if day is not None else "–"
        yield Row(N_("return"), of.period.name, text, of.said.in_time)


def _asking(code: str, asked: Asked) -> Callable[[Opened], Iterable[Row]]:
    return lambda of: _answer(of, code, asked)


def _answer(of: Opened, code: str, asked: Asked) -> Iterable[Row]:
    """The unit's own word; it counts when it alone makes the measure kept."""
    if of.said.asked:
        answer = of.said.answers.get(asked)
        good = BY_CODE[code].compute(Facts(), of.said).value > 0
        text = "–" if answer is None else str(answer)
        yield Row(ANSWER, asked.value, text, good, UNSAID if answer is None else "")


def _looks(of: Opened, rows: Sequence[AnyRow]) -> Iterable[Row]:
    for row in rows:
        yield Row(LOOK_UP, row.person, f"{row.action} × {row.number}", True, "", row.first)


def _entry(row: AnyRow, counted: bool, why: str = "") -> Row:
    text = f"{row.label} · {_titled(row)}"
    return Row(ENTRY, str(row.document), text, counted, why, row.registered_at)


def _out(row: AnyRow, counted: bool, why: str, at: datetime | None) -> Row:
    return Row(OUT, str(row.id), _titled(row), counted, why, at or row.registered_at)


def _person(of: Opened, email: str, counted: bool, why: str = "") -> Row:
    known = of.hub.directory.person(email)
    return Row(PERSON, email, known.name if known is not None else email, counted, why)


def _titled(row: AnyRow) -> str:
    return f"{row.symbol} {row.subject}".strip()


APPLICATIONS: Mapping[str, str] = {
    "1": N_("socio-economic information"),
    "2": N_("documents and work dossiers"),
    "3": N_("web pages for management"),
}
_ROWS: Mapping[str, Callable[[Opened], Iterable[Row]]] = {
    "O03": _exchanged,
    "O06": _officer,
    "O09": _plan,
    "O13": _one_point,
    "O14": _complete,
    "O15": _normative,
    "O16": _published,
    "O17": _applications,
    "O20": _looked_up,
    "O21": _followed,
    "O22": _mailboxes,
    "O23": _asking("O23", Asked.DRAFTS),
    "O24": _asking("O24", Asked.DEGREE),
    "O25": _network_first,
    "O26": _scanner,
    "O27": _electronic_only,
    "O29": _asking("O29", Asked.LINE),
    "O30": _returned,
}


def plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For --json and tables."""
    return [
        {
            "kind": row.kind,
            "id": row.id,
            "text": row.text,
            "counted": row.counted,
            "why": row.why,
            "at": row.at.isoformat() if row.at is not None else None,
        }
        for row in rows
    ]
