"""Append-only, hash-chained record of every decision: ids and hashes, never content.

A purge of content therefore never breaks the chain, and the head mailed out
daily shows a tail that was cut (PROMISES, rule 11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from storage.engine import AnyRow
from storage.ready import Ready
from storage.tables.machinery import journal, journal_head
from storage.upsert import upsert

GENESIS = "0" * 64
_ADD = Ready(insert(journal))
_MOVE_HEAD = Ready(
    update(journal_head)
    .where(
        journal_head.c.sequence == bindparam("from_sequence"), journal_head.c.hash == bindparam("from_hash")
    )
    .values(sequence=bindparam("to"), hash=bindparam("to_hash"))
)
_HEAD = select(journal_head.c.sequence, journal_head.c.hash)
_LOCKED_HEAD = _HEAD.with_for_update()
# where this process left the chain of a SQLite database, which nobody else writes: a guess that saves a query
_LAST_KNOWN: WeakKeyDictionary[Engine, Head] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Event:
    """One decision: what happened to which subject, with the ids it rests on."""

    name: str
    subject: str  # "document:12", "arrival:3", ...
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of the chain."""

    sequence: int
    hash: str


def append(connection: Connection, actor: str, events: Sequence[Event], now: datetime) -> Head:
    """Add events to the chain in the caller's transaction; as late in it as possible,
    because on PostgreSQL the head's row lock orders all writers until they commit.
    """
    rows, link = _moved_from_the_last_known(connection, actor, events, now)
    if link is None:
        start = _locked_head(connection)
        rows, link = _linked(start, actor, events, now)
        _MOVE_HEAD.run(connection, _step(start, link))
    if rows:
        _ADD.run_all(connection, rows)
    if connection.dialect.name == "sqlite":
        _LAST_KNOWN[connection.engine] = link
    return link


def _moved_from_the_last_known(
    connection: Connection, actor: str, events: Sequence[Event], now: datetime
) -> tuple[list[dict[str, Any]], Head | None]:
    """The head moved on from where this process left it, without reading it first; None where it was
    not there any more (a transaction was undone, another process wrote): the update says so itself.
    """
    start = _LAST_KNOWN.get(connection.engine)
    if start is None:
        return [], None
    rows, link = _linked(start, actor, events, now)
    moved = _MOVE_HEAD.run(connection, _step(start, link)).rowcount == 1
    return (rows, link) if moved else ([], None)


def _linked(
    link: Head, actor: str, events: Sequence[Event], now: datetime
) -> tuple[list[dict[str, Any]], Head]:
    """The rows that follow this link, and the last of them."""
    rows = []
    for event in events:
        row = {
            "sequence": link.sequence + 1,
            "at": now,
            "actor": actor,
            "event": event.name,
            "subject": event.subject,
            "facts": event.facts,
            "previous": link.hash,
        }
        row["hash"] = link_hash(row)
        link = Head(link.sequence + 1, str(row["hash"]))
        rows.append(row)
    return rows, link


def _step(start: Head, end: Head) -> dict[str, Any]:
    return {"from_sequence": start.sequence, "from_hash": start.hash, "to": end.sequence, "to_hash": end.hash}


def link_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the canonical form of an entry and the hash before it."""
    canonical = [
        row["sequence"],
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["actor"],
        row["event"],
        row["subject"],
        row["facts"],
        row["previous"],
    ]
    return hashlib.sha256(msgspec.json.encode(canonical, order="sorted")).hexdigest()


def head(connection: Connection) -> Head:
    """The last link, or the genesis."""
    row = connection.execute(_HEAD).first()
    return Head(0, GENESIS) if row is None else Head(row.sequence, row.hash)


def walk(connection: Connection, after: int = 0) -> Iterator[AnyRow]:
    """All entries in order."""
    statement = select(journal).where(journal.c.sequence > after).order_by(journal.c.sequence)
    yield from connection.execute(statement, execution_options={"yield_per": 2000})


def _locked_head(connection: Connection) -> Head:
    row = connection.execute(_LOCKED_HEAD).first()
    if row is None:
        genesis = {"id": 1, "sequence": 0, "hash": GENESIS}
        connection.execute(upsert(connection, journal_head).on_conflict_do_nothing(), genesis)
        row = connection.execute(_LOCKED_HEAD).one()  # perhaps another first writer's, by now committed
    return Head(row.sequence, row.hash)
