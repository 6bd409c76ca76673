"""Stored documents as the rules see them, for trying, testing and explaining rules; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

from sqlalchemy import Connection

from hub.context import Hub
from hub.facts import facts_of
from rules.directory import Directory
from rules.identify.recipients import resolve
from rules.permission import EVERYTHING, View
from rules.values.reading import RecipientEntry
from rules.values.routing import Facts, ResolvedEntry
from rules.vocabulary import Direction
from storage import documents
from storage.engine import AnyRow

BATCH = 500


@dataclass(frozen=True, slots=True)
class Case:
    """One registered document. An incoming one is seen as by the unit in whose book it first stood."""

    document: int
    symbol: str
    subject: str
    facts: Facts
    resolved: tuple[ResolvedEntry, ...]
    routed_at: datetime | None


def cases(hub: Hub, connection: Connection, rows: Iterator[AnyRow], day: date) -> Iterator[Case]:
    """The documents of these rows (``documents.with_texts``); ``day`` stands in for a missing date."""
    resolver = _Resolver(hub.directory, day)
    while batch := list(islice(rows, BATCH)):
        files = documents.file_facts(connection, [row.id for row in batch])
        for row in batch:
            size, names = files.get(row.id, (0, ()))
            moment, addressed = hub.local(row.routed_at or row.created_at), row.handed.get("addressed", ())
            facts = facts_of(hub, row, row.text or "", names, size, addressed, moment)
            resolved = resolver.resolved(row, facts) if facts.direction is Direction.OUTGOING else ()
            yield Case(row.id, row.symbol, row.subject, facts, resolved, row.routed_at)


def case(hub: Hub, connection: Connection, document: int, view: View = EVERYTHING) -> Case | None:
    """One document, None when it is not registered or the viewer does not see it."""
    rows = documents.with_texts(connection, ids=(document,), view=view)
    return next(cases(hub, connection, rows, hub.today()), None)


class _Resolver:
    """Recipient blocks, each different one read once: a month holds few of them."""

    def __init__(self, directory: Directory, day: date) -> None:
        self._directory = directory
        self._day = day
        self._once = lru_cache(maxsize=5_000)(self._resolve)

    def resolved(self, row: AnyRow, facts: Facts) -> tuple[ResolvedEntry, ...]:
        sides: dict[str, list[RecipientEntry]] = {"block": [], "addressee": []}
        for item, entry in zip(row.recipients, facts.recipients, strict=True):
            sides.setdefault(item["source"], []).append(entry)
        block, addressees = tuple(sides["block"]), tuple(sides["addressee"])
        day = row.date or self._day
        if any(entry.kind == "reference" for entry in block):  # "Như Điều 3" looks into the text
            return resolve(block, addressees, self._directory, day, text=facts.text)
        return self._once(block, addressees, day)

    def _resolve(
        self, block: tuple[RecipientEntry, ...], addressees: tuple[RecipientEntry, ...], day: date
    ) -> tuple[ResolvedEntry, ...]:
        return resolve(block, addressees, self._directory, day)
