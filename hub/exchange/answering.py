"""Telling the sender's system what a receiver here did with its document (QCVN 102:2016, status messages)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.context import Hub
from hub.exchange.organs import SCHEME, party_of
from rules.vocabulary import DeliveryState, Handling, MailKind
from storage import arrivals, deliveries
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
        {
            "key": f"status.{delivery.id}.{move.value}",
            "kind": MailKind.NOTICE,
            "document": delivery.document,
            "receiver": party_of(hub, sent["organ"]) or f"{SCHEME}{sent['organ']}",
            "state": DeliveryState.PLANNED,
            "address": f"{SCHEME}{sent['organ']}",
            "letter": {
                "notice": "edxml_status",
                "handling": move.value,
                "unit": delivery.receiver,
                "reason": reason,
                "at": now.isoformat(),
                **sent,
            },
            "next_attempt": now,
            "created_at": now,
        }
        for move in moves
    ]
    deliveries.plan(connection, rows)
