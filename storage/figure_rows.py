"""The rows behind a unit's figures: the same conditions as ``storage.figures``, one row each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from rules.records.numbering import NORMATIVE, Gap, borne_gaps
from rules.records.numbering import gaps as gaps_of
from rules.vocabulary import BookMode, DocumentStatus, MailKind
from storage.engine import AnyRow
from storage.figures import (
    LACKING,
    LISTS_OF_WORK,
    LOOK_UPS,
    OUTGOING,
    OVER,
    Span,
    not_ended,
    sent_in,
    valid_entries,
    within,
    working_at,
)
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries
from storage.tables.documents import documents
from storage.tables.following import assignments
from storage.tables.machinery import access_events
from storage.tables.parties import mailboxes
from storage.tables.registers import books, register_entries

_AT_ONCE = 10_000  # rows held while books are looked through


def entries(connection: Connection, span: Span, keeper: str) -> Sequence[AnyRow]:
    """Every entry of a keeper's books, in their order, with what it lacks."""
    return connection.execute(
        select(
            books.c.direction,
            register_entries.c.label,
            register_entries.c.registered_at,
            documents.c.id.label("document"),
            documents.c.symbol,
            documents.c.subject,
            documents.c.source,
            LACKING.label("lacking"),
        )
        .select_from(valid_entries())
        .where(within(span), books.c.keeper == keeper)
        .order_by(books.c.direction, register_entries.c.id)
    ).all()


def gaps(connection: Connection, year: int) -> dict[str, dict[str, int]]:
    """How many numbers of a year's books stand in no entry, by keeper."""
    counts: Counter[str] = Counter()
    for book, gap in _missing(connection, books.c.year == year):
        counts[book.keeper] += gap.size
    return {keeper: {"gaps": missing} for keeper, missing in counts.items()}


def missing_numbers(connection: Connection, keeper: str, year: int) -> Iterator[tuple[AnyRow, Gap]]:
    """Numbers of a keeper's books that stand in no entry, by book."""
    return _missing(connection, and_(books.c.year == year, books.c.keeper == keeper))


def missing_normative_numbers(connection: Connection, year: int) -> Iterator[tuple[AnyRow, Gap]]:
    """The same of the books of normative documents, of every keeper."""
    return _missing(connection, and_(books.c.year == year, books.c.series.startswith(f"{NORMATIVE}/")))


def _missing(connection: Connection, which: ColumnElement[bool]) -> Iterator[tuple[AnyRow, Gap]]:
    """Book by book, because a province's year has a million entries."""
    of_book = [books.c[name] for name in ("id", "keeper", "issuer", "year", "series", "mode", "start")]
    rows = connection.execute(
        select(*of_book, register_entries.c.number.label("taken"), documents.c.type)
        .join(register_entries, register_entries.c.book == books.c.id)
        .join(documents, documents.c.id == register_entries.c.document)
        .where(which, register_entries.c.number >= books.c.start)
        .order_by(books.c.keeper, books.c.id),
        execution_options={"yield_per": _AT_ONCE},
    )
    for _book, lines in groupby(rows, key=attrgetter("id")):
        entered = list(lines)
        yield from ((entered[0], gap) for gap in _gaps(entered))


def _gaps(lines: Sequence[AnyRow]) -> tuple[Gap, ...]:
    if lines[0].mode != BookMode.BORNE:
        return gaps_of([line.taken for line in lines], lines[0].start)
    by_type: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        by_type[line.type].append(line.taken)
    return borne_gaps(by_type)


def unregistered(connection: Connection, span: Span, units: Collection[str]) -> Sequence[AnyRow]:
    """What came in and nobody has registered."""
    return connection.execute(
        select(documents.c.id, documents.c.symbol, documents.c.subject, documents.c.created_at)
        .where(
            documents.c.created_at >= span.start,
            documents.c.created_at < span.end,
            documents.c.status == DocumentStatus.REVIEW,
            documents.c.unit.in_(units),
        )
        .order_by(documents.c.id)
    ).all()


def plans(connection: Connection, span: Span, keeper: str, centre: str) -> Sequence[AnyRow]:
    """Plans that a keeper sent to the centre up to the end of the period."""
    sent = exists().where(
        deliveries.c.document == documents.c.id,
        deliveries.c.receiver == centre,
        deliveries.c.created_at < span.end,
    )
    return connection.execute(
        select(documents.c.id, documents.c.symbol, documents.c.subject, register_entries.c.registered_at)
        .select_from(valid_entries())
        .where(
            OUTGOING,
            books.c.keeper == keeper,
            register_entries.c.registered_at < span.end,
            documents.c.type == "Kế hoạch",
            sent,
        )
        .order_by(register_entries.c.id)
    ).all()


def look_ups(connection: Connection, span: Span, people: Collection[str]) -> Sequence[AnyRow]:
    """Look-ups of these people: (person, action, number, first, last)."""
    return _looked(connection, span, people, LOOK_UPS)


def looks_at_work(connection: Connection, span: Span, people: Collection[str]) -> Sequence[AnyRow]:
    """The same of lists of work only."""
    return _looked(connection, span, people, LISTS_OF_WORK)


def _looked(
    connection: Connection, span: Span, people: Collection[str], actions: Collection[str]
) -> Sequence[AnyRow]:
    at = access_events.c.at
    return connection.execute(
        select(
            access_events.c.actor.label("person"),
            access_events.c.action,
            func.count().label("number"),
            func.min(at, type_=at.type).label("first"),
        )
        .where(at >= span.start, at < span.end)
        .where(access_events.c.actor.in_(people), access_events.c.action.in_(actions))
        .group_by(access_events.c.actor, access_events.c.action)
        .order_by(access_events.c.actor, access_events.c.action)
    ).all()


def sent_by(connection: Connection, span: Span, people: Collection[str]) -> dict[str, int]:
    """How many mails each of these people handed in."""
    rows = connection.execute(
        select(arrivals.c.person, func.count())
        .where(sent_in(span), arrivals.c.person.in_(people))
        .group_by(arrivals.c.person)
    )
    return {person: int(number) for person, number in rows if person is not None}


def mailboxes_of(connection: Connection, end: datetime, people: Collection[str]) -> dict[str, datetime]:
    """Since when each of these people has a mailbox."""
    parties = [f"person:{person}" for person in people]
    rows = connection.execute(
        select(mailboxes.c.party, mailboxes.c.created_at).where(
            mailboxes.c.party.in_(parties), mailboxes.c.created_at < end, mailboxes.c.state == "active"
        )
    )
    return {party.removeprefix("person:"): since for party, since in rows}


def boards(connection: Connection, span: Span, units: Collection[str]) -> Sequence[AnyRow]:
    """Progress lists mailed to leaders, one row each."""
    return connection.execute(
        select(deliveries.c.id, deliveries.c.address, deliveries.c.finished_at)
        .where(
            deliveries.c.kind == MailKind.NOTICE,
            deliveries.c.key.like("board.%"),
            deliveries.c.state.in_(OVER),
            deliveries.c.finished_at >= span.start,
            deliveries.c.finished_at < span.end,
            deliveries.c.letter["unit"].as_string().in_(units),
        )
        .order_by(deliveries.c.id)
    ).all()


def scans(connection: Connection, span: Span, units: Collection[str]) -> Sequence[AnyRow]:
    """Parcels from the scanner folders of these units."""
    rows = connection.execute(
        select(arrivals.c.id, arrivals.c.account, arrivals.c.subject, arrivals.c.received_at)
        .where(
            arrivals.c.source == "scanner",
            arrivals.c.received_at >= span.start,
            arrivals.c.received_at < span.end,
        )
        .order_by(arrivals.c.id)
    ).all()
    return [row for row in rows if row.account.partition("/")[0] in units]


def late_work(connection: Connection, span: Span) -> Sequence[AnyRow]:
    """Deliveries past their due date at the end of the period, each with whoever works on it."""
    return connection.execute(
        select(
            deliveries.c.id,
            deliveries.c.receiver.label("unit"),
            func.coalesce(assignments.c.person, "").label("person"),
            deliveries.c.due_at,
            documents.c.symbol,
            documents.c.subject,
        )
        .join(documents, documents.c.id == deliveries.c.document)
        .outerjoin(assignments, working_at(span))
        .where(deliveries.c.kind == MailKind.DOCUMENT, deliveries.c.due_at < span.end, not_ended(span))
        .order_by(deliveries.c.due_at, deliveries.c.id)
    ).all()
