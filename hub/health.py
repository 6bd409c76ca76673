"""How the hub is: queues with their depth and age, what waits for people, the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from hub.context import Hub
from hub.fetching import health as fetching
from rules.values.fetching import SourceHealth
from storage import health

STUCK_SECONDS = 15 * 60.0  # work that is due for so long is taken up by nobody


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number of the hub, or several told apart by labels."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    values: tuple[tuple[tuple[str, ...], float], ...]


def troubles(hub: Hub) -> list[str]:
    """Why the hub cannot do its work now, one line each; empty when it can."""
    found = [f"disk: {hub.disk_fault}"] if hub.disk_fault else []
    try:
        with hub.database.reading() as connection:
            oldest = health.oldest_due(connection, hub.now())
    except DBAPIError:
        return [*found, "the database does not answer"]
    late = {name: age for name, age in oldest.items() if age > STUCK_SECONDS}
    return found + [f"{name}: work has been due for {age:.0f} s" for name, age in late.items()]


def gauges(hub: Hub) -> Sequence[Gauge]:
    """Every number, as it is now."""
    now = hub.now()
    with hub.database.reading() as connection:
        steps = health.steps(connection)
        ledger = health.ledger(connection)
        waiting = health.waiting(connection)
        oldest = health.oldest_due(connection, now)
        handling = health.handling(connection)
        tried = health.outcomes(connection, now)
        accounts = fetching.healths(hub, connection)
    room = os.statvfs(hub.data)
    return (
        Gauge("steps", "Steps of the stages by state.", ("stage", "state"), _labelled(steps)),
        Gauge("deliveries", "Deliveries by kind and state.", ("kind", "state"), _labelled(ledger)),
        Gauge("handling", "What the receivers did.", ("code",), _labelled(handling)),
        Gauge("waiting", "Cases that wait for a person.", ("list",), _labelled(waiting)),
        Gauge("oldest_due_seconds", "Age of the oldest due work.", ("queue",), _one(oldest)),
        Gauge("attempts_last_hour", "Attempts by outcome.", ("channel", "outcome"), _labelled(tried)),
        *_accounts(accounts, now),
        Gauge("disk_free_bytes", "Room for data.", (), (((), room.f_bavail * room.f_frsize),)),
    )


def remarks(hub: Hub) -> list[str]:
    """What does not keep the hub from its work, but somebody should know; one line each."""
    try:
        with hub.database.reading() as connection:
            accounts = fetching.healths(hub, connection)
    except DBAPIError:
        return []  # because troubles() says so
    return [f"mailbox {item.name}: {code}" for item in accounts for code in fetching.troubles_of(hub, item)]


def _accounts(accounts: Sequence[SourceHealth], now: datetime) -> tuple[Gauge, ...]:
    """The fetched mailboxes; none where there are none."""

    def each(value: Callable[[SourceHealth], float | None]) -> tuple[tuple[tuple[str, ...], float], ...]:
        found = [((item.name,), value(item)) for item in accounts]
        return tuple((label, number) for label, number in found if number is not None)

    def age(item: SourceHealth) -> float | None:
        return (now - item.last_success).total_seconds() if item.last_success else None

    label = ("account",)
    return (
        Gauge("source_up", "Whether fetching works.", label, each(lambda item: float(not item.trouble))),
        Gauge("source_success_age_seconds", "Since the last good look.", label, each(age)),
        Gauge("source_lag_seconds", "How long the last mail lay there.", label, each(lambda i: i.lag)),
        Gauge("source_waiting", "Mails seen and not taken yet.", label, each(lambda i: i.waiting)),
        Gauge("source_aside", "Mails that were set aside.", label, each(lambda i: i.aside)),
    )


def _labelled(rows: Sequence[tuple[str | int, ...]]) -> tuple[tuple[tuple[str, ...], float], ...]:
    return tuple((tuple(str(label) for label in row[:-1]), float(row[-1])) for row in rows)


def _one(values: dict[str, float]) -> tuple[tuple[tuple[str, ...], float], ...]:
    return tuple(((name,), value) for name, value in values.items())
