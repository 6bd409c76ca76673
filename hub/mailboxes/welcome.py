"""The first mail in a new mailbox, and other notices about a mailbox; the words are in templates/mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.context import Hub
from storage import deliveries, notices


def greet(hub: Hub, connection: Connection, addresses: Sequence[str], now: datetime) -> None:
    """A welcome mail for each."""
    rows = [
        notices.to_person(f"welcome-{address}", address, {"notice": "welcome"}, now) for address in addresses
    ]
    for start in range(0, len(rows), 200):
        deliveries.plan(connection, rows[start : start + 200])
