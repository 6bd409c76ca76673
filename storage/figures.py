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

from sqlalchemy import Connection, and_, case, exists, func, or_, select

from rules.vocabulary import DeliveryState, Direction, DocumentStatus, Handling, MailKind
from storage.engine import AnyRow
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries, handling_events
from storage.tables.documents import documents
from storage.tables.following import assignments, papers
from storage.tables.machinery import access_events
from storage.tables.parties import mailboxes, posts
from storage.tables.registers import books, register_entries

NETWORK = ("smtp", "imap", "edxml", "web", "hub")
SCANNER = "scanner"
OVER = (DeliveryState.DELIVERED, DeliveryState.SENT)
LISTS_OF_WORK = ("assignments", "overdue")
# What counts as looking a document up; log-ins, queues and the journal do not.
LOOK_UPS: tuple[str, ...] = ("documents", "search", "track", "deliveries", "paper")
LOOK_UPS += ("registers.list", "registers.export", *LISTS_OF_WORK)
INCOMING = books.c.direction == Direction.INCOMING
OUTGOING = books.c.direction == Direction.OUTGOING
# Fields that the law wants of every line (ND30/2020 App. IV), as far as each book has them.
LACKING = or_(
    documents.c.subject == "",
    documents.c.date.is_(None),
    and_(documents.c.issuer.is_(None), documents.c.issuer_text == ""),
    and_(OUTGOING, or_(documents.c.symbol == "", documents.c.signer == "")),
)
Counts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to, and without, ``end``; ``last`` is the last day in the organisation's zone."""

    start: datetime
    end: datetime
    last: date


def registered(connection: Connection, span: Span) -> Counts:
    """Entries by keeper: how many came and went, by which way, and how many lack a field."""
    return _by_unit(
        connection.execute(
            select(
                books.c.keeper.label("unit"),
                func.count().label("entries"),
                _count(INCOMING).label("incoming"),
                _count(and_(INCOMING, documents.c.source.in_(NETWORK))).label("incoming_network"),
                _count(and_(INCOMING, documents.c.source == SCANNER)).label("incoming_scanned"),
                _count(and_(OUTGOING, documents.c.source == SCANNER)).label("outgoing_scanned"),
                _count(LACKING).label("incomplete"),
            )
            .select_from(valid_entries())
            .where(within(span))
            .group_by(books.c.keeper)
        ).all()
    )


def outgoing(connection: Connection, span: Span) -> Counts:
    """Outgoing entries by keeper: over the network or on paper, network first, how soon."""
    rows = outgoing_rows(connection, span)
    counts: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    minutes: dict[str, list[float]] = defaultdict(list)
    days: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        mine, sent = counts[row.unit], row.first_sent is not None
        mine["outgoing"] += 1
        mine["outgoing_network" if sent else "outgoing_paper"] += 1
        mine["outgoing_with_paper"] += row.paper_expected is not None
        mine["electronic_only"] += is_electronic_only(row)
        mine["network_first"] += is_network_first(row)
        if (waited := minutes_to_send(row)) is not None:
            minutes[row.unit].append(waited)
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


def minutes_to_send(row: AnyRow) -> float | None:
    """From signing, or where nobody knows when that was from registering, to the first sending."""
    if row.first_sent is None:
        return None
    seconds = (row.first_sent - (row.signed_at or row.registered_at)).total_seconds()
    return max(0.0, float(seconds) / 60)


def is_network_first(row: AnyRow) -> bool:
    """Somebody had it over the network before any paper came."""
    return row.first_sent is not None and (row.paper_came is None or row.first_sent <= row.paper_came)


def is_electronic_only(row: AnyRow) -> bool:
    """Somebody had it over the network, and no paper followed or was announced."""
    return row.first_sent is not None and row.paper_expected is None


def outgoing_rows(connection: Connection, span: Span, unit: str = "") -> Sequence[AnyRow]:
    """One row an outgoing entry, of one keeper if asked."""
    narrowed = _outgoing_rows(span).where(books.c.keeper == unit) if unit else _outgoing_rows(span)
    return connection.execute(narrowed).all()


def _outgoing_rows(span: Span) -> Any:
    """Deliveries and papers are summed up first, because a document has many."""
    mine = select(register_entries.c.document).select_from(valid_entries()).where(OUTGOING, within(span))
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
        valid_entries()
        .outerjoin(sent, sent.c.document == documents.c.id)
        .outerjoin(paper, paper.c.document == documents.c.id)
    )
    return (
        select(
            books.c.keeper.label("unit"),
            documents.c.id,
            documents.c.symbol,
            documents.c.subject,
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
        .where(OUTGOING, within(span))
    )


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
    """Deliveries past their due date at the end of the period and not done then: (unit, number)."""
    return connection.execute(
        select(deliveries.c.receiver.label("unit"), func.count().label("number"))
        .where(deliveries.c.kind == MailKind.DOCUMENT, deliveries.c.due_at < span.end, not_ended(span))
        .group_by(deliveries.c.receiver)
    ).all()


def not_ended(span: Span) -> Any:
    """Deliveries that were neither done nor refused at the end of the period, nor cancelled."""
    ended = exists().where(
        handling_events.c.delivery == deliveries.c.id,
        handling_events.c.handling.in_((Handling.DONE, Handling.REFUSED)),
        handling_events.c.at < span.end,
    )
    return and_(deliveries.c.state != DeliveryState.CANCELLED, ~ended)


def working_at(span: Span) -> Any:
    """Assignments of a delivery that stood at the end of the period."""
    return and_(
        assignments.c.delivery == deliveries.c.id,
        assignments.c.assigned_at < span.end,
        or_(assignments.c.ended_at.is_(None), assignments.c.ended_at >= span.end),
    )


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
    sent = select(arrivals.c.person).distinct().where(sent_in(span))
    return frozenset(connection.execute(sent).scalars())


def sent_in(span: Span) -> Any:
    """Mails that people handed in."""
    return and_(
        arrivals.c.received_at >= span.start,
        arrivals.c.received_at < span.end,
        arrivals.c.person.is_not(None),
    )


def boards(connection: Connection, span: Span) -> Sequence[AnyRow]:
    """Progress lists mailed to leaders: (unit, address, number)."""
    unit = deliveries.c.letter["unit"].as_string()
    return connection.execute(
        select(unit.label("unit"), deliveries.c.address, func.count().label("number"))
        .where(
            deliveries.c.kind == MailKind.NOTICE,
            deliveries.c.key.like("board.%"),
            deliveries.c.state.in_(OVER),
            deliveries.c.finished_at >= span.start,
            deliveries.c.finished_at < span.end,
        )
        .group_by(unit, deliveries.c.address)
    ).all()


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
            .select_from(valid_entries())
            .where(
                OUTGOING, register_entries.c.registered_at < span.end, documents.c.type == "Kế hoạch", sent
            )
            .group_by(books.c.keeper)
        ).all()
    )


def normative_rows(connection: Connection, span: Span) -> Sequence[AnyRow]:
    """Normative documents of the period, with the moment at which a file of each reached the gazette."""
    return connection.execute(_outgoing_rows(span).where(documents.c.normative)).all()


def valid_entries() -> Any:
    """Valid lines of the books with their documents; narrowed by ``within`` where the period counts."""
    return register_entries.join(books, books.c.id == register_entries.c.book).join(
        documents, documents.c.id == register_entries.c.document
    )


def within(span: Span) -> Any:
    """Entries that count in this period."""
    return and_(
        register_entries.c.registered_at >= span.start,
        register_entries.c.registered_at < span.end,
        register_entries.c.voided_at.is_(None),
    )


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _by_unit(rows: Sequence[AnyRow]) -> Counts:
    return {row.unit: {name: value for name, value in row._mapping.items() if name != "unit"} for row in rows}
