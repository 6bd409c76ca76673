"""Addresses that do not exist, with a way back; and what came back about a delivery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from rules.vocabulary import DeliveryState, Handling
from storage.engine import AnyRow
from storage.tables.deliveries import attempts, deliveries
from storage.tables.following import suppressions
from storage.upsert import upsert


def suppressed(connection: Connection, addresses: Collection[str]) -> dict[str, str]:
    """address -> why nothing goes there."""
    wanted = {address.casefold() for address in addresses}
    query = select(suppressions.c.address, suppressions.c.reason).where(suppressions.c.address.in_(wanted))
    return {row.address: row.reason for row in connection.execute(query)} if wanted else {}


def suppress(connection: Connection, address: str, reason: str, delivery: int | None, now: datetime) -> None:
    """Nothing goes to this address until it is lifted."""
    row = {"address": address.casefold(), "since": now, "reason": reason, "delivery": delivery}
    statement = upsert(connection, suppressions).on_conflict_do_nothing(index_elements=["address"])
    connection.execute(statement, row)


def lift(connection: Connection, address: str) -> bool:
    """The address is good again; False when it was not suppressed."""
    statement = delete(suppressions).where(suppressions.c.address == address.casefold())
    return connection.execute(statement).rowcount == 1


def listing(connection: Connection) -> Sequence[AnyRow]:
    """Every suppressed address, oldest first."""
    return connection.execute(
        select(suppressions).order_by(suppressions.c.since, suppressions.c.address)
    ).all()


def note(connection: Connection, row: AnyRow, outcome: str, text: str, now: datetime) -> None:
    """Keep what was told of a delivery without an attempt of ours."""
    values = {"delivery": row.id, "number": row.attempts, "channel": "report", "at": now}
    connection.execute(insert(attempts), {**values, "outcome": outcome, "text": text[:2000]})


def came_back(connection: Connection, row: AnyRow, error: str, now: datetime) -> bool:
    """A mail that a smarthost had taken failed after all; False when it is not on its way any more."""
    statement = update(deliveries).where(
        deliveries.c.id == row.id, deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.DEFERRED))
    )
    values = {"state": DeliveryState.FAILED, "error": error[:2000], "finished_at": now, "next_attempt": None}
    return connection.execute(statement, values).rowcount == 1


def arrived(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """A mail that a smarthost had taken is in the receiver's mailbox."""
    statement = update(deliveries).where(deliveries.c.id == row.id, deliveries.c.state == DeliveryState.SENT)
    values = {"state": DeliveryState.DELIVERED, "finished_at": now}
    if row.handling is None:
        values["handling"] = Handling.ARRIVED
    return connection.execute(statement, values).rowcount == 1


def readdress(connection: Connection, delivery: int, address: str, now: datetime) -> bool:
    """Send a failed, waiting or returned delivery to another address at once."""
    open_states = (DeliveryState.FAILED, DeliveryState.DEFERRED, DeliveryState.SENT, DeliveryState.HELD)
    statement = update(deliveries).where(deliveries.c.id == delivery, deliveries.c.state.in_(open_states))
    values = {
        "state": DeliveryState.PLANNED,
        "address": address,
        "next_attempt": now,
        "finished_at": None,
        "error": "",
    }
    return connection.execute(statement, values).rowcount == 1
