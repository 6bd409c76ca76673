"""The first mail in a new mailbox, and other notices about a mailbox; the words are in templates/mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from rules.vocabulary import DeliveryState, MailKind
from storage import deliveries


def greet(hub: Hub, connection: Connection, addresses: Sequence[str], now: datetime) -> None:
    """A welcome mail for each."""
    rows = [notice_row(f"welcome-{address}", address, {"notice": "welcome"}, now) for address in addresses]
    for start in range(0, len(rows), 200):
        deliveries.plan(connection, rows[start : start + 200])


def notice_row(key: str, to: str, letter: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A notice of the ledger to one mailbox."""
    return {
        "key": key,
        "kind": MailKind.NOTICE,
        "receiver": f"person:{to}",
        "state": DeliveryState.PLANNED,
        "address": to,
        "letter": letter,
        "next_attempt": now,
        "created_at": now,
    }
