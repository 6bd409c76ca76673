"""What became of documents, for the listings: the life of one, who works on what, what is late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.words import because_words
from rules.identify.identity import folded_symbol
from rules.permission import EVERYTHING, View
from rules.progress import Progress, progress
from rules.vocabulary import Direction
from storage import arrivals, deliveries, documents, handling, registers
from storage.engine import AnyRow


def track(hub: Hub, connection: Connection, symbol: str, view: View = EVERYTHING) -> list[dict[str, Any]]:
    """Every document with this number and symbol (or ``#id``), with its whole life."""
    if symbol.startswith("#") and symbol[1:].isdecimal():
        rows = documents.listing(connection, ids=[int(symbol[1:])], view=view)
    else:
        rows = documents.listing(connection, symbol=folded_symbol(symbol), view=view)
        if not rows:  # as typed in haste, in small letters
            rows = documents.listing(connection, symbol=folded_symbol(symbol.upper()), view=view)
    return [_life(hub, connection, row) for row in rows]


def _life(hub: Hub, connection: Connection, row: AnyRow) -> dict[str, Any]:
    sent = deliveries.of_documents(connection, [row.id])
    ids = [item.id for item in sent]
    events, tries, work = _by_delivery(connection, ids)
    entries = registers.entries_of(connection, [row.id])
    labels = {entry.id: entry.label for entry in entries}
    issued = [e.label for e in entries if e.direction == Direction.OUTGOING]
    return {
        "document": row.id,
        "symbol": row.symbol or None,
        "subject": row.subject,
        "issuer": row.issuer or row.issuer_text or None,
        "status": row.status,
        "date": row.date.isoformat() if row.date is not None else None,
        "arrived": [iso(item.received_at) for item in arrivals.of_document(connection, row.id)],
        "registered": iso(row.registered_at),
        "routed": iso(row.routed_at),
        "entry": issued[0] if issued else None,
        "deliveries": [
            {
                "id": item.id,
                "unit": item.receiver,
                "name": hub.directory.party_name(item.receiver, hub.local(item.created_at).date()),
                "role": item.role,
                "state": item.state,
                "handling": item.handling,
                "number": labels.get(item.entry),
                "due": iso(item.due_at),
                "because": because_words(item.because),
                "attempts": tries[item.id],
                "events": events[item.id],
                "assignments": work[item.id],
            }
            for item in sent
        ],
    }


def _by_delivery(connection: Connection, ids: Sequence[int]) -> tuple[Any, Any, Any]:
    events: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for event in handling.events_of(connection, ids):
        events[event.delivery].append(
            {
                "handling": event.handling,
                "at": iso(event.at),
                "actor": event.actor,
                "channel": event.channel,
                "reason": event.reason or None,
            }
        )
    tries: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in handling.attempts_of(connection, ids):
        said = {"outcome": item.outcome, "text": item.text, "channel": item.channel}
        tries[item.delivery].append({"number": item.number, "at": iso(item.at), **said})
    work: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in handling.assignments_of(connection, ids):
        work[item.delivery].append(
            {
                "person": item.person,
                "opinion": item.opinion or None,
                "due": iso(item.due_at),
                "assigned": iso(item.assigned_at),
                "by": item.assigned_by,
                "ended": iso(item.ended_at),
                "outcome": item.outcome or None,
            }
        )
    return events, tries, work


def assignments(
    hub: Hub,
    connection: Connection,
    *,
    unit: str = "",
    person: str = "",
    days: int = 30,
    view: View = EVERYTHING,
) -> list[dict[str, Any]]:
    """Each specialist's work: open, due soon, overdue, done in time, done late (of the last ``days``)."""
    now = hub.now()
    rows = handling.all_assignments(
        connection, person=person or None, since=now - timedelta(days=days), view=view
    )
    return [
        {
            "person": row.person,
            "name": hub.directory.party_name(f"person:{row.person}"),
            "unit": row.receiver,
            "delivery": row.delivery,
            "document": row.document,
            "symbol": row.symbol or None,
            "subject": row.subject,
            "number": row.label,
            "opinion": row.opinion or None,
            "assigned": iso(row.assigned_at),
            "due": iso(row.due_at),
            "ended": iso(row.ended_at),
            "progress": progress(row.due_at, row.ended_at, now).value,
        }
        for row in rows
        if not unit or unit in (row.receiver, *hub.directory.above(row.receiver))
    ]


def counts(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The board: one line a person with how much stands where."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        nothing = dict.fromkeys((item.value for item in Progress), 0)
        line = found.setdefault(row["person"], {"person": row["person"], "name": row["name"], **nothing})
        line[row["progress"]] += 1
    return sorted(found.values(), key=lambda line: (-line[Progress.OVERDUE], line["name"]))


def overdue(
    hub: Hub, connection: Connection, unit: str = "", view: View = EVERYTHING
) -> list[dict[str, Any]]:
    """Deliveries past their due date, and arrived ones that nobody has received for a working day."""
    now = hub.now()
    late = handling.unfinished(connection, due_before=now, view=view)
    yesterday = hub.calendar.working_day_before(hub.today())
    idle_since = datetime.combine(yesterday, hub.local(now).time(), hub.zone)
    idle = handling.not_received(connection, idle_since, view)
    rows = [_late(hub, row, "due") for row in late] + [_late(hub, row, "not-received") for row in idle]
    return [row for row in rows if not unit or row["unit"] == unit]


def _late(hub: Hub, row: AnyRow, why: str) -> dict[str, Any]:
    since = row.due_at if why == "due" else row.finished_at
    return {
        "delivery": row.id,
        "document": row.document,
        "symbol": row.symbol or None,
        "subject": row.subject,
        "unit": row.receiver,
        "handling": row.handling,
        "why": why,
        "due": iso(row.due_at),
        "since": iso(since),
        "days": (hub.today() - hub.local(since).date()).days,
    }


def iso(moment: Any) -> str | None:
    """A moment for --json."""
    return moment.isoformat() if moment is not None else None
