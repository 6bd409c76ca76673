"""Telling the sender's system what a receiver here did with its document (QCVN 102:2016, status messages)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.context import Hub
from hub.exchange.organs import SCHEME, party_of
from rules.vocabulary import Handling
from storage import arrivals, deliveries, notices
from storage.engine import AnyRow


def plan_statuses(
    hub: Hub,
    connection: Connection,
    delivery: AnyRow,
    moves: Sequence[Handling],
    reason: str,
    now: datetime,
) -> None:
    """A status message for each move, once, where the document came as a package."""
    if not hub.config.exchange.organ_id or delivery.document is None:
        return
    came = [row for row in arrivals.of_document(connection, delivery.document) if row.exchange]
    if not came:
        return
    sent = came[0].exchange
    rows = [
        notices.row(
            f"status.{delivery.id}.{move.value}",
            party_of(hub, sent["organ"]) or f"{SCHEME}{sent['organ']}",
            f"{SCHEME}{sent['organ']}",
            {
                "notice": "edxml_status",
                "handling": move.value,
                "unit": delivery.receiver,
                "reason": reason,
                "at": now.isoformat(),
                **sent,
            },
            now,
            document=delivery.document,
        )
        for move in moves
    ]
    deliveries.plan(connection, rows)
