"""Entries in the books: the only place of the hub that takes numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from rules.directory import Directory
from rules.identify.identity import folded_symbol, identity_key
from rules.identify.symbol import parse
from rules.records.numbering import format_number, given_symbol, series_of
from rules.text.fold import squash
from rules.vocabulary import BookMode, Direction
from storage import documents, registers
from storage.journal import Event
from storage.registers import BookKey, Line


class NumberSkips(Exception):
    """A borne number is not the next one of a hub-numbered book; the text is the one that is."""


class BackDated(Exception):
    """Dated before a document with a lower number, and nobody said why; the text is that date."""


def enter_outgoing(
    hub: Hub,
    connection: Connection,
    document: int,
    by: str,
    now: datetime,
    *,
    give_number: bool = False,
    rest: str = "",
    reason: str = "",
) -> Event:
    """The document's line in its issuer's outgoing book.

    Raises NumberTaken, NumberSkips, BackDated, BookClosed.

    A borne number is entered as the document bears it; the year is that of the
    document's date, and a line in an older year's book is marked late. ``rest`` is
    what is printed behind a number left blank ("/SNV-VP"). In a book that the hub numbers a borne number is
    the next one, one that was reserved, or one between two (01a); ``reason`` says why its date goes back.
    """
    row = documents.get(connection, document)
    if row is None:
        raise LookupError(f"document {document}")
    keeper = hub.directory.keeper(row.issuer) or row.unit
    if give_number:
        row = _numbered(hub, connection, row, keeper, now, rest)
    late = row.year < hub.local(now).year
    keeping = hub.directory.unit(keeper)
    counted = not late and keeping is not None and keeping.book_mode is BookMode.HUB
    mode = BookMode.HUB if counted else BookMode.BORNE
    key = BookKey(keeper, row.issuer, Direction.OUTGOING, row.series, row.year, mode)
    book = registers.open_book(connection, key)
    line = Line(document, row.symbol, squash(row.symbol), row.number, row.suffix, late)
    facts: dict[str, Any] = {"book": book, "number": row.number}
    if row.suffix:
        facts["suffix"] = row.suffix
    if give_number or not registers.counted(connection, book):
        entry = registers.enter(connection, book, line, now, by)
    else:
        entry = _enter_borne(connection, book, line, now, by)
        facts |= _backward(connection, book, row, reason, by, now)
    return Event("entered", f"document:{document}", {"entry": entry, **facts})


def _enter_borne(connection: Connection, book: int, line: Line, now: datetime, by: str) -> int:
    """A borne number in a book that the hub numbers leaves no gap: it was reserved, it stands beside one
    that is there (01a), or it is the next."""
    reserved = registers.reserved(connection, book, line.number, line.suffix)
    if reserved is not None:
        return registers.fill(connection, reserved, line, now, by)
    following = registers.next_number(connection, book)
    beside = bool(line.suffix) and line.number is not None and line.number < following
    if not beside and (line.suffix or line.number != registers.take_number(connection, book)):
        raise NumberSkips(str(following))
    return registers.enter(connection, book, line, now, by)


def _backward(
    connection: Connection, book: int, row: Any, reason: str, by: str, now: datetime
) -> dict[str, Any]:
    """A date before that of a lower number is an act of its own, with its reason."""
    before = registers.latest_date(connection, book, row.number)
    if before is None or row.date is None or row.date >= before:
        return {}
    if not reason:
        raise BackDated(f"{before:%d/%m/%Y}")
    values = {"old": before.isoformat(), "new": row.date.isoformat(), "reason": reason}
    registers.correct(connection, row.id, "back-dated", **values, by=by, at=now)
    return {"back_dated": True}


def reserve(connection: Connection, book: int, count: int, by: str, now: datetime) -> tuple[list[int], Event]:
    """The next numbers of a hub-numbered book, kept for documents that will bear them."""
    numbers = [registers.take_number(connection, book) for _number in range(count)]
    lines = [Line(None, format_number(number), f"reserved {number}", number) for number in numbers]
    entries = [registers.enter(connection, book, line, now, by) for line in lines]
    facts = {"first": numbers[0], "last": numbers[-1], "entries": entries}
    return numbers, Event("reserved", f"book:{book}", facts)


def symbol_for(hub: Hub, row: Any, number: int, day: date, *, suffix: str = "", rest: str = "") -> str:
    """As printed behind the blank, else as the type and the issuer want it. Raises ValueError."""
    printed = parse(f"{format_number(number, suffix)}{rest}") if rest else None
    if printed is not None and (printed.number, printed.suffix) == (number, suffix):
        return printed.text
    return given_symbol(
        number, row.type, _body(hub, row), year=day.year if row.normative else None, suffix=suffix
    )


def _numbered(hub: Hub, connection: Connection, row: Any, keeper: str, now: datetime, rest: str) -> Any:
    """Number and date from a hub-numbered book, in the transaction that registers (ND30 Art. 15.3)."""
    today = hub.local(now).date()
    series = series_of(row.type, row.normative, Direction.OUTGOING)
    key = BookKey(keeper, row.issuer, Direction.OUTGOING, series, today.year, BookMode.HUB)
    number = registers.take_number(connection, registers.open_book(connection, key))
    symbol = symbol_for(hub, row, number, today, rest=rest)
    documents.change(
        connection,
        row.id,
        number=number,
        symbol=symbol,
        symbol_key=folded_symbol(symbol),
        date=today,
        year=today.year,
        series=series,
        identity_key=identity_key(row.issuer, series, today, symbol),
    )
    return documents.get(connection, row.id)


def _body(hub: Hub, row: Any) -> str:
    """The issuer as symbols write it."""
    unit = hub.directory.unit(row.issuer)
    return unit.symbols[0] if unit is not None and unit.symbols else str(row.issuer).upper()


def accept_incoming(
    hub: Hub,
    connection: Connection,
    document: int,
    keepers: Sequence[str],
    by: str,
    now: datetime,
    own: Mapping[str, str] | None = None,
) -> tuple[dict[str, int], list[Event]]:
    """The document's line in each keeper's incoming book: entries by keeper, and what is new of them.

    A keeper has one line for a document however often it arrives (DOMAIN 1.2). ``own``:
    the series of those for whom a rule names a book.
    """
    entries = registers.accepted(connection, document)
    # In one order everywhere, so that two documents never wait for each other's books.
    missing = sorted({keeper for keeper in keepers if keeper not in entries})
    year, general = hub.local(now).year, series_of("", False, Direction.INCOMING)
    series = dict.fromkeys(missing, general) | dict(own or {})
    taken = [
        registers.take_next(connection, BookKey(keeper, keeper, Direction.INCOMING, series[keeper], year))
        for keeper in missing
    ]
    lines = {book: Line(document, format_number(number), str(number), number) for book, number in taken}
    made = registers.enter_all(connection, lines, now, by)
    events = []
    for keeper, (book, number) in zip(missing, taken, strict=True):
        entries[keeper] = entry = made[book]
        facts: dict[str, Any] = {"entry": entry, "book": book, "number": number, "keeper": keeper}
        events.append(Event("accepted", f"document:{document}", facts))
    return entries, events


def keeper_of(directory: Directory, party: str) -> str | None:
    """The unit in whose incoming book a party's documents stand; None for those outside."""
    return directory.keeper(party) if party in directory.units else None
