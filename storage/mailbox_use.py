"""How much mailboxes are used: log-ins are counted, what was sent and received stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from rules.mailboxes.usage import Use
from rules.vocabulary import DeliveryState
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries
from storage.tables.machinery import access_events
from storage.tables.mailboxes import mailbox_months
from storage.tables.parties import mailboxes
from storage.upsert import upsert


def count_logins(
    connection: Connection, month: str, counts: Mapping[str, tuple[int, datetime]], protocol: str = "mail"
) -> None:
    """Mailbox -> (log-ins, the last of them)."""
    for mailbox, (number, last) in counts.items():
        row = {"mailbox": mailbox, "month": month, "logins": number, "last_login": last}
        again = {"logins": mailbox_months.c.logins + number, "last_login": last}
        statement = upsert(connection, mailbox_months)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["mailbox", "month"], set_=again), row
        )
    rows = [
        {"at": last, "actor": mailbox, "action": "log-in", "subject": protocol}
        for mailbox, (_number, last) in counts.items()
    ]
    if rows:
        connection.execute(insert(access_events), rows)


def last_logins(connection: Connection) -> dict[str, datetime]:
    """When each mailbox was opened last."""
    query = select(mailbox_months.c.mailbox, func.max(mailbox_months.c.last_login))
    found = connection.execute(query.group_by(mailbox_months.c.mailbox))
    return {row[0]: row[1] for row in found if row[1] is not None}


def uses(connection: Connection, month: str, begin: datetime, end: datetime) -> list[Use]:
    """Every mailbox in one month: log-ins, mails handed in, mails delivered."""
    query = select(mailbox_months.c.mailbox, mailbox_months.c.logins).where(mailbox_months.c.month == month)
    logins = _counts(connection, query)
    sent, received = _sent(connection, begin, end), _received(connection, begin, end)
    boxes: Iterable[str] = connection.execute(select(mailboxes.c.address)).scalars()
    return [Use(box, logins.get(box, 0), sent.get(box, 0), received.get(box, 0)) for box in sorted(boxes)]


def _sent(connection: Connection, begin: datetime, end: datetime) -> dict[str, int]:
    query = (
        select(arrivals.c.person, func.count())
        .where(arrivals.c.received_at >= begin, arrivals.c.received_at < end, arrivals.c.person.is_not(None))
        .group_by(arrivals.c.person)
    )
    return _counts(connection, query)


def _received(connection: Connection, begin: datetime, end: datetime) -> dict[str, int]:
    query = (
        select(deliveries.c.address, func.count())
        .where(
            deliveries.c.finished_at >= begin,
            deliveries.c.finished_at < end,
            deliveries.c.state == DeliveryState.DELIVERED,
        )
        .group_by(deliveries.c.address)
    )
    return _counts(connection, query)


def _counts(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}
