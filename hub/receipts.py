"""Mails to the sender of a document, as rows of the delivery ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from rules.vocabulary import DeliveryState, MailKind
from storage import deliveries


def plan_receipt(
    hub: Hub,
    connection: Connection,
    kind: str,
    arrival: int,
    document: int,
    to: str,
    now: datetime,
    **facts: Any,
) -> None:
    """One receipt for one arrival of one document; planning it again changes nothing.

    ``kind`` is ``registered``, ``review``, ``known`` or ``refused``; ``facts``
    are the few values its letter needs beside the document's own.
    """
    row = {
        "key": f"receipt.{arrival}.{document}.{kind}",
        "kind": MailKind.RECEIPT,
        "document": document,
        "version": None,
        "arrival": arrival,
        "receiver": f"person:{to}",
        "state": DeliveryState.PLANNED,
        "address": to,
        "letter": {"receipt": kind, **facts},
        "next_attempt": now,
        "created_at": now,
    }
    deliveries.plan(connection, [row])
