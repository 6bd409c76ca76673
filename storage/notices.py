"""How people want to be told, who stands in for them, and what waits for their digests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from rules.vocabulary import DeliveryState, MailKind
from storage.engine import AnyRow
from storage.tables.following import absences, digest_items, preferences
from storage.upsert import upsert


def row(
    key: str,
    receiver: str,
    address: str,
    letter: Mapping[str, Any],
    now: datetime,
    *,
    document: int | None = None,
    not_before: datetime | None = None,
) -> dict[str, Any]:
    """A notice as a row of the ledger, for ``deliveries.plan``; ``letter`` is what it is written from."""
    return {
        "key": key,
        "kind": MailKind.NOTICE,
        "document": document,
        "receiver": receiver,
        "state": DeliveryState.PLANNED,
        "address": address,
        "letter": dict(letter),
        "next_attempt": not_before or now,
        "created_at": now,
    }


def to_person(
    key: str, to: str, letter: Mapping[str, Any], now: datetime, document: int | None = None
) -> dict[str, Any]:
    """The same by mail to one person."""
    return row(key, f"person:{to}", to, letter, now, document=document)


def style_of(connection: Connection, address: str) -> str:
    """at_once, hourly or daily."""
    query = select(preferences.c.notices).where(preferences.c.person == address.casefold())
    return connection.execute(query).scalar() or "at_once"


def preference(connection: Connection, address: str) -> AnyRow | None:
    """What is kept of a person's wishes."""
    return connection.execute(select(preferences).where(preferences.c.person == address.casefold())).first()


def prefer(connection: Connection, address: str, **values: str) -> None:
    """Keep a wish."""
    row = {"person": address.casefold(), "notices": "at_once", "feed": "", **values}
    statement = upsert(connection, preferences)
    connection.execute(statement.on_conflict_do_update(index_elements=["person"], set_=values), row)


def owner_of_feed(connection: Connection, feed: str) -> str | None:
    """Whose calendar a secret opens."""
    if not feed:
        return None
    return connection.execute(select(preferences.c.person).where(preferences.c.feed == feed)).scalar()


def keep(
    connection: Connection,
    *,
    key: str,
    address: str,
    due_at: datetime,
    letter: dict[str, Any],
    document: int | None,
) -> None:
    """A notice for the reader's next digest; the same key again changes nothing."""
    row = {"key": key, "address": address, "due_at": due_at, "letter": letter, "document": document}
    connection.execute(upsert(connection, digest_items).on_conflict_do_nothing(index_elements=["key"]), row)


def readers_due(connection: Connection, now: datetime) -> Sequence[str]:
    """Whose digest is due."""
    query = select(digest_items.c.address).where(
        digest_items.c.sent_in.is_(None), digest_items.c.due_at <= now
    )
    return connection.execute(query.distinct().order_by(digest_items.c.address)).scalars().all()


def waiting_for(connection: Connection, address: str) -> Sequence[AnyRow]:
    """What waits for a reader, oldest first."""
    query = select(digest_items).where(digest_items.c.address == address, digest_items.c.sent_in.is_(None))
    return connection.execute(query.order_by(digest_items.c.id)).all()


def sent_in(connection: Connection, delivery: int) -> Sequence[AnyRow]:
    """What a digest holds."""
    query = select(digest_items).where(digest_items.c.sent_in == delivery)
    return connection.execute(query.order_by(digest_items.c.id)).all()


def mark_sent(connection: Connection, item_ids: Sequence[int], delivery: int) -> None:
    """These notices went out in this digest."""
    statement = update(digest_items).where(digest_items.c.id.in_(item_ids))
    connection.execute(statement, {"sent_in": delivery})


def be_away(connection: Connection, person: str, substitute: str, first: date, last: date, by: str) -> None:
    """Somebody stands in for a person on these days; what was said of the same days before is replaced."""
    come_back(connection, person, first, last)
    row = {"person": person.casefold(), "substitute": substitute, "first": first, "last": last}
    connection.execute(insert(absences), {**row, "entered_by": by})


def come_back(connection: Connection, person: str, first: date, last: date) -> int:
    """Forget absences that touch these days; how many."""
    statement = delete(absences).where(
        absences.c.person == person.casefold(), absences.c.first <= last, absences.c.last >= first
    )
    return connection.execute(statement).rowcount


def away(connection: Connection, day: date) -> Sequence[AnyRow]:
    """Absences that are not over on a day."""
    return connection.execute(
        select(absences).where(absences.c.last >= day).order_by(absences.c.first, absences.c.id)
    ).all()
