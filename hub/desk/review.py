"""The review queue: the unit's clerk says what the hub was unsure about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub.books import BackDated, NumberSkips, enter_outgoing, symbol_for
from hub.context import Hub
from hub.desk.refused import Refused
from hub.receipts import plan_receipt
from hub.texts import _
from rules.identify.identity import folded_symbol, identity_key
from rules.identify.symbol import normative
from rules.identify.symbol import parse as parse_symbol
from rules.records.numbering import series_of
from rules.text.fold import fold
from rules.text.gate import clean
from rules.vocabulary import ArrivalState, BookMode, Direction, DocumentStatus, Urgency, WaitingList
from storage import arrivals, documents, journal, registers, search, steps, waiting
from storage.engine import AnyRow
from storage.journal import Event
from storage.registers import BookClosed, NumberTaken

FIELDS = ("symbol", "date", "place", "issuer", "type", "subject", "signer", "urgency", "direction", "unit")
LONGEST = 2000
CHOSEN = re.compile(r"0*([1-9]\d{0,4})([a-zđ]?)")
DATE_UNREAD = "date-unread"  # a reason of a case
VERSIONED = (DocumentStatus.REGISTERED, DocumentStatus.ROUTED, DocumentStatus.HELD)


def accept(
    hub: Hub,
    actor: str,
    *,
    case: int,
    fields: Mapping[str, str] | None = None,
    number: str = "",
    reason: str = "",
) -> dict[str, Any]:
    """Register what waits, with the clerk's corrections; routing goes on from here.

    ``number``: as 12 or 12a, for a document that left it blank; ``reason``: why its date goes back.
    A mail to several units waits at each of them: the first registers it, every one takes it for itself.
    """
    now = hub.now()
    with hub.database.transaction() as connection:
        found, row = open_case(connection, case)
        if row.status != DocumentStatus.REVIEW:
            return _taken_too(hub, connection, found, row, fields or {}, actor, now)
        changes = _changes(hub, row, fields or {})
        _correct(connection, row, changes, actor, now)
        if number:
            _choose_number(hub, connection, found, number)
        row = _completed(hub, connection, row)
        others = _resolve(connection, found, row, actor, "accepted", now)
        documents.change(connection, row.id, status=DocumentStatus.REGISTERED, registered_at=now)
        events = [Event("accepted-in-review", f"document:{row.id}", {"case": case})]
        if row.direction == Direction.OUTGOING:
            events.append(_enter(hub, connection, row, actor, now, clean(reason, LONGEST)))
        if found.arrival is not None:
            arrivals.settle(connection, found.arrival, ArrivalState.REGISTERED, outcome="registered")
        payload = {**row.handed, "receivers": _receivers(hub, row, found.unit if others else "")}
        steps.enqueue(connection, "route", row.id, now, payload=payload)
        journal.append(connection, actor, events, now)
    hub.wake.ring()
    return {"document": row.id, "symbol": row.symbol}


def read_again(hub: Hub, actor: str, *, case: int) -> dict[str, Any]:
    """Read the files of what waits once more, because OCR was not there before or has become better."""
    now = hub.now()
    with hub.database.transaction() as connection:
        found, row = open_case(connection, case)
        if found.arrival is None:
            raise Refused(_("case {case} has no files that could be read again").format(case=case))
        if row.status != DocumentStatus.REVIEW:
            raise Refused(
                _("document {document} is registered already; accept it as it is").format(document=row.id)
            )
        steps.enqueue(connection, "register", found.arrival, now, payload={"again": row.id})
        facts = {"case": case, "arrival": found.arrival}
        journal.append(connection, actor, [Event("read-again", f"document:{row.id}", facts)], now)
    hub.wake.ring()
    return {"document": row.id}


def _taken_too(
    hub: Hub,
    connection: Connection,
    found: AnyRow,
    row: AnyRow,
    fields: Mapping[str, str],
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Another unit registered it already: this one gets it as well, as it stands."""
    if fields:
        raise Refused(
            _("document {document} is registered already; accept it as it is").format(document=row.id)
        )
    _close(connection, found.id, actor, "accepted", now)
    wanted = {"receivers": _receivers(hub, row, found.unit), "addressed": [], "further": True}
    payload = {"arrival": found.arrival, "answer_to": "", **wanted}
    steps.enqueue(connection, "route", row.id, now, payload=payload)
    event = Event("accepted-in-review", f"document:{row.id}", {"case": found.id})
    journal.append(connection, actor, [event], now)
    hub.wake.ring()
    return {"document": row.id, "symbol": row.symbol}


def refuse(hub: Hub, actor: str, *, case: int, reason: str) -> dict[str, Any]:
    """Refuse what waits, with a reason that the sender is told. It never takes a number.

    A mail to several units is refused for this one; for good, when no other is left to decide.
    """
    reason = clean(reason, LONGEST)
    if not reason:
        raise Refused(_("a refusal needs a reason"))
    now = hub.now()
    with hub.database.transaction() as connection:
        found, row = open_case(connection, case)
        _close(connection, case, actor, f"refused: {reason}", now)
        last = row.status == DocumentStatus.REVIEW and not _open_reviews(connection, row.id)
        if last:
            documents.change(connection, row.id, status=DocumentStatus.REFUSED)
        if last and found.arrival is not None:
            arrivals.settle(connection, found.arrival, ArrivalState.REFUSED, outcome=reason)
            if row.handed.get("answer_to"):
                to = row.handed["answer_to"]
                plan_receipt(hub, connection, "refused", found.arrival, row.id, to, now, reason=reason)
        journal.append(connection, actor, [Event("refused", f"document:{row.id}", {"case": case})], now)
    hub.wake.ring()
    return {"document": row.id}


def version(hub: Hub, actor: str, *, case: int, of: int = 0, reason: str = "") -> dict[str, Any]:
    """What waits is new content of a registered document: its next version, sent to the receivers again.

    Without ``of`` it is the document that the case itself suggests.
    """
    now = hub.now()
    with hub.database.transaction() as connection:
        found, row = open_case(connection, case)
        standing = _standing(connection, found, row, of)
        number = documents.take_over(connection, standing.id, row, found.arrival, now, clean(reason, LONGEST))
        search.read_anew(
            connection, standing.id, standing.symbol, row.subject, search.text_of(connection, row.id)
        )
        resolve_all(connection, row, actor, f"version {number} of document {standing.id}", now)
        documents.change(connection, row.id, status=DocumentStatus.VERSION)
        if found.arrival is not None:
            arrivals.settle(connection, found.arrival, ArrivalState.REGISTERED, outcome="version")
            arrivals.link(connection, found.arrival, standing.id, "version")
        payload = {**row.handed, "receivers": _receivers(hub, standing, ""), "version": number}
        steps.enqueue(connection, "route", standing.id, now, payload=payload)
        facts = {"version": number, "case": case, "from": row.id}
        journal.append(connection, actor, [Event("new-version", f"document:{standing.id}", facts)], now)
    hub.wake.ring()
    return {"document": standing.id, "symbol": standing.symbol, "version": number}


def _standing(connection: Connection, found: AnyRow, row: AnyRow, of: int) -> AnyRow:
    """The registered document that gets the new version: of the same issuer and in the same unit's book."""
    wanted = of or suggested(found)
    if not wanted:
        raise Refused(_("say of which document it is a new version: --of NO"))
    standing = _again(connection, wanted)
    if standing.status not in VERSIONED:
        raise Refused(
            _("document {document} is not in force; it gets no new version").format(document=wanted)
        )
    if (standing.unit, standing.issuer) != (row.unit, row.issuer):
        raise Refused(
            _("document {document} is of another issuer or in another unit's book").format(document=wanted)
        )
    return standing


def suggested(found: AnyRow) -> int:
    """The document that a case itself names first; 0 where it names none."""
    named = (int(item.partition(":")[2]) for item in found.suggestions if item.startswith("document:"))
    return next(named, 0)


def open_case(connection: Connection, case: int) -> tuple[AnyRow, AnyRow]:
    """A case that nobody has decided, and the document it is about. Raises Refused."""
    found = waiting.get(connection, case)
    if found is None or found.kind != WaitingList.REVIEW:
        raise Refused(_("there is no review case {case}; see: vanthu review").format(case=case))
    if found.resolved_at is not None:
        raise Refused(_("{by} has decided case {case} already").format(by=found.resolved_by, case=case))
    row = documents.get(connection, found.document) if found.document is not None else None
    if row is None:
        raise Refused(_("case {case} has no document").format(case=case))
    return found, row


def _open_reviews(connection: Connection, document: int) -> list[AnyRow]:
    cases = waiting.open_for(connection, document=document)
    return [item for item in cases if item.kind == WaitingList.REVIEW]


def _close(connection: Connection, case: int, actor: str, answer: str, now: datetime) -> None:
    if not waiting.resolve(connection, case, actor, answer, now):
        raise Refused(_("somebody else has just decided case {case}").format(case=case))


def _resolve(
    connection: Connection, found: AnyRow, row: AnyRow, actor: str, answer: str, now: datetime
) -> bool:
    """Close this unit's case; whether other units still decide for themselves, as of an incoming document."""
    others = [item for item in _open_reviews(connection, row.id) if item.unit != found.unit]
    if row.direction == Direction.OUTGOING or not others:
        resolve_all(connection, row, actor, answer, now)
        return bool(others and row.direction != Direction.OUTGOING)
    _close(connection, found.id, actor, answer, now)
    return True


def resolve_all(connection: Connection, row: AnyRow, actor: str, answer: str, now: Any) -> None:
    """Close every case about a document."""
    for item in waiting.open_for(connection, document=row.id):
        _close(connection, item.id, actor, answer, now)


def _changes(hub: Hub, row: AnyRow, fields: Mapping[str, str]) -> dict[str, Any]:
    """The clerk's values, checked, as columns."""
    changes: dict[str, Any] = {}
    for name, text in fields.items():
        if name not in FIELDS:
            raise Refused(
                _("there is no field {name}; fields: {known}").format(name=name, known=", ".join(FIELDS))
            )
        changes[name] = _value(hub, name, clean(text, LONGEST))
    symbol = parse_symbol(changes.get("symbol", row.symbol) or "")
    if changes.get("symbol") and symbol is None:
        raise Refused(
            _("{symbol} is no number and symbol; write it as 12/QĐ-UBND").format(symbol=changes["symbol"])
        )
    if symbol is not None:
        changes |= {"number": symbol.number, "suffix": symbol.suffix}
    day = changes.get("date", row.date)
    if day is not None:
        changes["year"] = day.year
    changes["normative"] = normative(symbol, changes.get("type", row.type), day)
    return changes


def _value(hub: Hub, name: str, text: str) -> Any:
    if name == "date":
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise Refused(_("{text} is no date; write it as 2026-11-23").format(text=text)) from error
    if name == "urgency":
        if text not in {str(int(level)) for level in Urgency}:
            raise Refused(_("urgency is a number from 0 to 4"))
        return int(text)
    if name in ("issuer", "unit") and not _is_party(hub, text):
        raise Refused(_("there is no unit {unit}").format(unit=text))
    if name == "direction" and text not in {str(way) for way in Direction}:
        raise Refused(_("direction is outgoing or incoming"))
    return text


def _is_party(hub: Hub, code: str) -> bool:
    directory = hub.directory
    return code in directory.units or directory.body(code) is not None


def _correct(connection: Connection, row: AnyRow, changes: Mapping[str, Any], actor: str, now: Any) -> None:
    """Set the columns; each change of a clerk is a row of its own."""
    for name in FIELDS:
        if name in changes and changes[name] != getattr(row, name):
            old, new = str(getattr(row, name) or ""), str(changes[name])
            registers.correct(connection, row.id, name, old, new, reason="review", by=actor, at=now)
    if changes:
        documents.change(connection, row.id, **changes)


def _completed(hub: Hub, connection: Connection, row: AnyRow) -> AnyRow:
    """The row after corrections, with its keys made anew; refused while something needed is missing."""
    row = _again(connection, row.id)
    if row.direction == Direction.OUTGOING:
        keeper = hub.directory.keeper(row.issuer or "")
        unit = hub.directory.unit(keeper) if keeper is not None else None
        if unit is None:
            raise Refused(_("an outgoing document needs an issuer of this organisation; use --issuer CODE"))
        needed = ["type", "subject"] + ([] if unit.book_mode is BookMode.HUB else ["symbol", "date"])
        missing = [name for name in needed if not getattr(row, name)]
        documents.change(connection, row.id, unit=unit.code)
    else:
        missing = [] if row.subject else ["subject"]
    if missing:
        options = ", ".join(f"--{name}" for name in missing)
        raise Refused(
            _("still missing: {fields}; give them as {options}").format(
                fields=", ".join(missing), options=options
            )
        )
    series = series_of(row.type, row.normative, Direction.OUTGOING)
    columns: dict[str, Any] = {
        "series": series,
        "symbol_key": folded_symbol(row.symbol) if row.symbol else "",
    }
    if row.symbol:
        columns["identity_key"] = identity_key(
            row.issuer or fold(row.issuer_text), series, row.date, row.symbol
        )
    documents.change(connection, row.id, **columns)
    return _again(connection, row.id)


def _again(connection: Connection, document: int) -> AnyRow:
    row = documents.get(connection, document)
    if row is None:
        raise Refused(_("there is no document {document}").format(document=document))
    return row


def _choose_number(hub: Hub, connection: Connection, found: AnyRow, number: str) -> None:
    """The clerk's number for a document that left it blank, or whose number nobody could read: 12 or 12a."""
    row = _again(connection, found.document)
    match = CHOSEN.fullmatch(number.strip())
    rest = row.handed.get("symbol_rest", "")
    if match is None or row.symbol or not (row.issuer or rest):
        raise Refused(
            _(
                "{number} is no number for it; write 12 or 12a, for a document that left its number blank"
            ).format(number=number)
        )
    if row.date is None and DATE_UNREAD in found.detail.split():
        raise Refused(_("say its date too: one stands on the scan, and it could not be read"))
    day = row.date or hub.today()
    try:
        symbol = symbol_for(hub, row, int(match[1]), day, suffix=match[2], rest=rest)
    except ValueError as error:
        raise Refused(
            _("no number can be given: {error}; correct it with --type").format(error=error)
        ) from error
    columns = {"symbol": symbol, "number": int(match[1]), "suffix": match[2], "date": day, "year": day.year}
    documents.change(connection, row.id, **columns)


def _enter(hub: Hub, connection: Connection, row: AnyRow, actor: str, now: datetime, reason: str) -> Event:
    rest = row.handed.get("symbol_rest", "")
    blank = not row.symbol
    try:
        return enter_outgoing(
            hub, connection, row.id, actor, now, give_number=blank, rest=rest, reason=reason
        )
    except (NumberTaken, NumberSkips, BackDated, BookClosed, ValueError) as error:
        raise Refused(_why_not(error)) from error


def _why_not(error: Exception) -> str:
    """Why a book does not take it, and what to do."""
    if isinstance(error, NumberTaken):
        return _("the number {number} stands in the book already; correct it with --symbol").format(
            number=error
        )
    if isinstance(error, NumberSkips):
        return _(
            "the hub numbers this book, and its next number is {number}; correct it with --symbol"
        ).format(number=error)
    if isinstance(error, BackDated):
        return _("a lower number is dated {day}, later than this one; say why with --reason").format(
            day=error
        )
    if isinstance(error, BookClosed):
        return _("the book {book} is closed").format(book=error)
    return _("no number can be given: {error}; correct it with --type").format(error=error)


def _receivers(hub: Hub, row: AnyRow, unit: str) -> list[str]:
    """Incoming documents go to whom they were handed, for one unit to those whose books it keeps;
    a document turned incoming, to its unit."""
    if row.direction == Direction.OUTGOING:
        return []
    handed = list(row.handed.get("receivers", ())) or [row.unit]
    return [party for party in handed if not unit or (hub.directory.keeper(party) or party) == unit]
