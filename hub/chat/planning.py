"""Chat notices as rows of the ledger, beside the mails: to linked people, outside quiet hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from rules.quiet import earliest
from rules.vocabulary import Role, Urgency
from storage import chats, deliveries, notices
from storage.engine import AnyRow

SCHEME = "telegram:"  # of an address in the ledger


def plan(
    hub: Hub,
    connection: Connection,
    key: str,
    people: Sequence[str],
    letter: Mapping[str, Any],
    document: int | None,
    urgency: Urgency,
    now: datetime,
) -> None:
    """The notice to those of ``people`` who have linked a chat; nothing where there is no bot."""
    if not hub.config.chat.telegram_token_file or not people:
        return
    linked = chats.chats_of(connection, people)
    rows = [
        notices.row(
            f"{key}.chat.{person}",
            f"person:{person}",
            f"{SCHEME}{chat}",
            letter,
            now,
            document=document,
            not_before=_when(hub, urgency, now),
        )
        for person, chat in linked.items()
    ]
    if rows:
        deliveries.plan(connection, rows)


def arrived(hub: Hub, connection: Connection, row: AnyRow, urgency: Urgency, now: datetime) -> None:
    """A document came to a unit: its clerks hear of it."""
    unit = hub.directory.keeper(row.receiver) if row.receiver in hub.directory.units else None
    if unit is None:
        return
    clerks = [person.email for person in hub.directory.holding(unit, Role.CLERK, hub.today())]
    letter = {"notice": "arrived", "delivery": row.id}
    plan(hub, connection, f"arrived.{row.id}", clerks, letter, row.document, urgency, now)


def _when(hub: Hub, urgency: Urgency, now: datetime) -> datetime:
    chat = hub.config.chat
    hours = (time.fromisoformat(chat.quiet_from), time.fromisoformat(chat.quiet_to))
    return earliest(hub.local(now), *hours, urgency).astimezone(now.tzinfo)
