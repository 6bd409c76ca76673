"""Planned deliveries: rows of the ledger with their because, and the receivers' entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from hub.addresses import address_of
from hub.books import accept_incoming, keeper_of
from hub.context import Hub
from rules.records.numbering import own_series
from rules.values.routing import Receiver
from rules.vocabulary import Accept, DeliveryState, MailKind
from storage import deliveries, documents
from storage.engine import AnyRow
from storage.journal import Event

# What is urgent is due as if it had been planned earlier, so that it overtakes whatever waits
# (each level of ND30/2020 App. I III.2b overtakes the one below).
URGENT_LEAD = timedelta(hours=1)


def plan_one(hub: Hub, connection: Connection, row: AnyRow, receiver: Receiver, now: datetime) -> list[Event]:
    """Plan a delivery to one more receiver."""
    return plan_all(hub, connection, row, (receiver,), now)


def plan_all(
    hub: Hub, connection: Connection, row: AnyRow, receivers: Sequence[Receiver], now: datetime
) -> list[Event]:
    """Deliveries with their because, and the receivers' entries where they accept by themselves."""
    version = documents.latest_version(connection, row.id).id
    keepers = {item.party: _accepting_keeper(hub, row, item.party) for item in receivers}
    accepting = [keeper for keeper in keepers.values() if keeper is not None]
    series = {keepers[item.party] or "": own_series(item.book) for item in receivers if item.book}
    entries, events = accept_incoming(hub, connection, row.id, accepting, "hub", now, series)
    rows = [
        _delivery(hub, row, item, version, entries.get(keepers[item.party] or ""), now)
        for item in sorted(receivers, key=lambda item: item.party)
    ]
    if deliveries.plan(connection, rows):
        parties = [receiver.party for receiver in receivers]
        events.append(Event("deliveries-planned", f"document:{row.id}", {"parties": parties}))
    return events


def _accepting_keeper(hub: Hub, row: AnyRow, party: str) -> str | None:
    """The keeper in whose book the document is entered at once; None where nobody or a clerk accepts."""
    keeper = keeper_of(hub.directory, party)
    unit = hub.directory.unit(keeper) if keeper is not None else None
    if unit is None or unit.accept is not Accept.AUTO:
        return None
    if row.issuer is not None and keeper == keeper_of(hub.directory, row.issuer):
        return None  # because it stands in this keeper's outgoing book already
    return keeper


def _delivery(
    hub: Hub, row: AnyRow, receiver: Receiver, version: int, entry: int | None, now: datetime
) -> dict[str, Any]:
    address = address_of(hub, receiver.party)
    return {
        "key": f"d.{version}.{receiver.party}",
        "kind": MailKind.DOCUMENT,
        "document": row.id,
        "version": version,
        "receiver": receiver.party,
        "person": receiver.person,
        "role": receiver.role,
        "state": DeliveryState.PLANNED,
        "address": address.email if address is not None else "",
        "because": [msgspec.to_builtins(reason) for reason in receiver.because],
        "entry": entry,
        "letter": {"persons": list(receiver.persons)} if receiver.persons else {},
        "next_attempt": now - row.urgency * URGENT_LEAD,
        "due_at": _due(hub, receiver, now),
        "created_at": now,
    }


def _due(hub: Hub, receiver: Receiver, now: datetime) -> datetime | None:
    """The earliest one where a rule gives days and another hours."""
    start = hub.local(now)
    days, hours = receiver.due_days, receiver.due_hours
    moments = [hub.calendar.due(start, days=days)] if days is not None else []
    moments += [hub.calendar.due(start, hours=hours)] if hours is not None else []
    if receiver.due_open_hours is not None:
        moments.append(hub.calendar.after_open_hours(start, receiver.due_open_hours))
    return min(moments, default=None)
