"""What a period's report counts, unit by unit: set-wise statements over registers, deliveries and look-ups.

Each function gives figures by unit code (or by party) for moments from ``start`` up to,
and without, ``end``. Never a query per unit: a province has a thousand of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, and_, case, distinct, exists, func, or_, select

from rules.vocabulary import BookMode, DeliveryState, Direction, DocumentStatus, Handling, MailKind
from storage.engine import AnyRow
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries, handling_events
from storage.tables.documents import documents
from storage.tables.following import assignments, papers
from storage.tables.machinery import access_events
from storage.tables.parties import mailboxes, posts
from storage.tables.registers import books, register_entries

NETWORK = ("smtp", "imap", "edxml", "web")
OVER = (DeliveryState.DELIVERED, DeliveryState.SENT)
LISTS_OF_WORK = ("assignments", "overdue", "progress", "board")
Counts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to, and without, ``end``; ``last`` is the last day in the organisation's zone."""

    start: datetime
    end: datetime
    last: date


def registered(connection: Connection, span: Span) -> Counts:
    """Entries by keeper: how many came and went, by which way, and how many lack a field."""
    incoming = books.c.direction == Direction.INCOMING
    outgoing = books.c.direction == Direction.OUTGOING
    lacking = or_(
        documents.c.subject == "",
        documents.c.date.is_(None),
        and_(documents.c.issuer.is_(None), documents.c.issuer_text == ""),
        and_(outgoing, or_(documents.c.symbol == "", documents.c.signer == "")),
    )
    return _by_unit(
        connection.execute(
            select(
                books.c.keeper.label("unit"),
                func.count().label("entries"),
                _count(incoming).label("incoming"),
                _count(and_(incoming, documents.c.source.in_(NETWORK))).label("incoming_network"),
                _count(and_(incoming, documents.c.source == "scanner")).label("incoming_scanned"),
                _count(and_(outgoing, documents.c.source == "scanner")).label("outgoing_scanned"),
                _count(lacking).label("incomplete"),
            )
            .select_from(_entries())
            .where(_in(span))
            .group_by(books.c.keeper)
        ).all()
    )


def outgoing(connection: Connection, span: Span) -> Counts:
    """Outgoing entries by keeper: over the network or on paper, network first, how soon."""
    rows = connection.execute(_outgoing_rows(span)).all()
    counts: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    minutes: dict[str, list[float]] = defaultdict(list)
    days: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        mine, sent = counts[row.unit], row.first_sent is not None
        mine["outgoing"] += 1
        mine["outgoing_network" if sent else "outgoing_paper"] += 1
        mine["outgoing_with_paper"] += row.paper_expected is not None
        if sent:
            mine["network_first"] += row.paper_came is None or row.first_sent <= row.paper_came
            waited = (row.first_sent - (row.signed_at or row.registered_at)).total_seconds() / 60
            minutes[row.unit].append(max(0.0, waited))
        if row.normative:
            mine["normative"] += 1
            mine["normative_sent"] += row.gazette_sent is not None
            if row.gazette_sent is not None and row.date is not None:
                days[row.unit].append(max(0, (row.gazette_sent.date() - row.date).days))
    for unit, values in minutes.items():
        counts[unit]["minutes_to_send"] = round(median(values), 1)
    for unit, values in days.items():
        counts[unit]["normative_days"] = round(sum(values) / len(values), 1)
    return counts


GAZETTE = ("gazette", "congbao", "ttth")


def _outgoing_rows(span: Span) -> Any:
    """One row an outgoing entry. Deliveries and papers are summed up first, because a document has many."""
    mine = select(register_entries.c.document).select_from(_entries()).where(_OUT, _in(span))
    to_gazette = case((deliveries.c.receiver.in_(GAZETTE), deliveries.c.finished_at))
    sent = (
        select(
            deliveries.c.document,
            func.min(deliveries.c.finished_at, type_=deliveries.c.finished_at.type).label("first_sent"),
            func.min(to_gazette, type_=deliveries.c.finished_at.type).label("gazette_sent"),
        )
        .where(
            deliveries.c.kind == MailKind.DOCUMENT,
            deliveries.c.state.in_(OVER),
            deliveries.c.document.in_(mine),
        )
        .group_by(deliveries.c.document)
        .subquery()
    )
    paper = (
        select(
            papers.c.document,
            func.min(papers.c.expected_at, type_=papers.c.expected_at.type).label("paper_expected"),
            func.min(papers.c.came_at, type_=papers.c.came_at.type).label("paper_came"),
        )
        .group_by(papers.c.document)
        .subquery()
    )
    joined = (
        _entries()
        .outerjoin(sent, sent.c.document == documents.c.id)
        .outerjoin(paper, paper.c.document == documents.c.id)
    )
    return (
        select(
            books.c.keeper.label("unit"),
            documents.c.id,
            documents.c.symbol,
            documents.c.normative,
            documents.c.date,
            documents.c.signed_at,
            register_entries.c.registered_at,
            sent.c.first_sent,
            sent.c.gazette_sent,
            paper.c.paper_expected,
            paper.c.paper_came,
        )
        .select_from(joined)
        .where(_OUT, _in(span))
    )


def gaps(connection: Connection, year: int) -> Counts:
    """Numbers of a year's books that stand in no entry, by keeper.

    A book that keeps borne numbers may begin anywhere, because the hub came in the middle of its year.
    """
    first = case((books.c.mode == BookMode.BORNE, func.min(register_entries.c.number)), else_=books.c.start)
    per_book = (
        select(
            books.c.keeper,
            (func.max(register_entries.c.number) - first + 1).label("span"),
            func.count(distinct(register_entries.c.number)).label("there"),
        )
        .join(register_entries, register_entries.c.book == books.c.id)
        .where(books.c.year == year, register_entries.c.number >= books.c.start)
        .group_by(books.c.id, books.c.keeper, books.c.start, books.c.mode)
        .subquery()
    )
    rows = connection.execute(
        select(per_book.c.keeper.label("unit"), func.sum(per_book.c.span - per_book.c.there).label("gaps"))
        .group_by(per_book.c.keeper)
    ).all()  # fmt: skip
    return _by_unit(rows)


def unregistered(connection: Connection, span: Span) -> Counts:
    """Documents that came in and that nobody has registered, by the unit whose clerk is asked."""
    return _by_unit(
        connection.execute(
            select(documents.c.unit, func.count().label("past_the_clerk"))
            .where(
                documents.c.created_at >= span.start,
                documents.c.created_at < span.end,
                documents.c.status == DocumentStatus.REVIEW,
            )
            .group_by(documents.c.unit)
        ).all()
    )


def overdue(connection: Connection, span: Span) -> Sequence[AnyRow]:
    """Deliveries past their due date at the end of the period and not done then: (unit, person, number)."""
    ended = exists().where(
        handling_events.c.delivery == deliveries.c.id,
        handling_events.c.handling.in_((Handling.DONE, Handling.REFUSED)),
        handling_events.c.at < span.end,
    )
    working = and_(
        assignments.c.delivery == deliveries.c.id,
        or_(assignments.c.ended_at.is_(None), assignments.c.ended_at >= span.end),
    )
    return connection.execute(
        select(
            deliveries.c.receiver.label("unit"),
            func.coalesce(assignments.c.person, "").label("person"),
            func.count(distinct(deliveries.c.id)).label("number"),
        )
        .outerjoin(assignments, working)
        .where(deliveries.c.kind == MailKind.DOCUMENT, deliveries.c.due_at < span.end, ~ended)
        .group_by(deliveries.c.receiver, assignments.c.person)
    ).all()


def access(connection: Connection, span: Span) -> Sequence[AnyRow]:
    """Look-ups and log-ins by person: (person, action, number)."""
    return connection.execute(
        select(access_events.c.actor.label("person"), access_events.c.action, func.count().label("number"))
        .where(access_events.c.at >= span.start, access_events.c.at < span.end)
        .group_by(access_events.c.actor, access_events.c.action)
    ).all()


def staff(connection: Connection, day: date) -> Sequence[AnyRow]:
    """Who is what on a day: (person, unit, role)."""
    return connection.execute(
        select(posts.c.person, posts.c.unit, posts.c.role).where(
            or_(posts.c.valid_from.is_(None), posts.c.valid_from <= day),
            or_(posts.c.valid_to.is_(None), posts.c.valid_to >= day),
        )
    ).all()


def mailbox_owners(connection: Connection, end: datetime) -> frozenset[str]:
    """People who have a mailbox that was issued before ``end``."""
    rows = connection.execute(
        select(mailboxes.c.party).where(
            mailboxes.c.created_at < end, mailboxes.c.state == "active", mailboxes.c.party.like("person:%")
        )
    ).scalars()
    return frozenset(party.removeprefix("person:") for party in rows)


def writers(connection: Connection, span: Span) -> frozenset[str]:
    """People who sent a mail through the hub in the period."""
    return frozenset(
        connection.execute(
            select(arrivals.c.person)
            .distinct()
            .where(
                arrivals.c.received_at >= span.start,
                arrivals.c.received_at < span.end,
                arrivals.c.person.is_not(None),
            )
        ).scalars()
    )


def scans(connection: Connection, span: Span) -> Sequence[AnyRow]:
    """Parcels from scanner folders: (account, number); an account is ``unit/folder``."""
    return connection.execute(
        select(arrivals.c.account, func.count().label("number"))
        .where(
            arrivals.c.source == "scanner",
            arrivals.c.received_at >= span.start,
            arrivals.c.received_at < span.end,
        )
        .group_by(arrivals.c.account)
    ).all()


def plans(connection: Connection, span: Span, centre: str) -> Counts:
    """Plans sent to the centre up to the end of the period, by keeper."""
    sent = exists().where(
        deliveries.c.document == documents.c.id,
        deliveries.c.receiver == centre,
        deliveries.c.created_at < span.end,
    )
    return _by_unit(
        connection.execute(
            select(books.c.keeper.label("unit"), func.count().label("plans"))
            .select_from(_entries())
            .where(_OUT, register_entries.c.registered_at < span.end, documents.c.type == "Kế hoạch", sent)
            .group_by(books.c.keeper)
        ).all()
    )


def missing_normative(connection: Connection, span: Span) -> Sequence[AnyRow]:
    """Normative documents of the period that no file of reached the gazette."""
    return [
        row for row in connection.execute(_outgoing_rows(span)) if row.normative and row.gazette_sent is None
    ]


def rows_behind(connection: Connection, span: Span, unit: str) -> Sequence[AnyRow]:
    """The entries that a unit's figures count, in the order of the books."""
    return connection.execute(
        select(
            books.c.direction,
            register_entries.c.label,
            documents.c.id.label("document"),
            documents.c.symbol,
            documents.c.subject,
            documents.c.source,
            documents.c.normative,
            register_entries.c.registered_at,
        )
        .select_from(_entries())
        .where(_in(span), books.c.keeper == unit)
        .order_by(books.c.direction, register_entries.c.id)
    ).all()


_OUT = books.c.direction == Direction.OUTGOING


def _entries() -> Any:
    """Valid lines of the books with their documents; narrowed by ``_in`` where the period counts."""
    return register_entries.join(books, books.c.id == register_entries.c.book).join(
        documents, documents.c.id == register_entries.c.document
    )


def _in(span: Span) -> Any:
    return and_(
        register_entries.c.registered_at >= span.start,
        register_entries.c.registered_at < span.end,
        register_entries.c.voided_at.is_(None),
    )


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _by_unit(rows: Sequence[AnyRow]) -> Counts:
    return {row.unit: {name: value for name, value in row._mapping.items() if name != "unit"} for row in rows}
