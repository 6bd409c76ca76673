"""What the journal says was entered and planned must still stand in the tables as it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from storage.tables.deliveries import deliveries
from storage.tables.registers import register_entries
from storage.verify.survey import Survey

ENTERED = ("entered", "accepted")
PLANNED = "deliveries-planned"


def check_events(survey: Survey, events: Sequence[dict[str, Any]]) -> None:
    """Entries with their book, number and document; deliveries with their document and receiver."""
    _check_entries(survey, [event for event in events if event["event"] in ENTERED])
    _check_deliveries(survey, [event for event in events if event["event"] == PLANNED])


def _check_entries(survey: Survey, events: Sequence[dict[str, Any]]) -> None:
    wanted = {event["facts"].get("entry"): event for event in events if event["facts"].get("entry")}
    if not wanted:
        return
    columns = register_entries.c
    statement = select(columns.id, columns.book, columns.number, columns.document)
    with survey.database.reading() as connection:
        rows = connection.execute(statement.where(columns.id.in_(wanted))).all()
    found = {row.id: (row.book, row.number, f"document:{row.document}") for row in rows}
    for entry, event in wanted.items():
        said = (event["facts"].get("book"), event["facts"].get("number"), event["subject"])
        if entry not in found:
            survey.error("entry-missing", f"entry:{entry}", event["subject"])
        elif found[entry] != said:
            survey.error("entry-changed", f"entry:{entry}", f"{found[entry]} != {said}")


def _check_deliveries(survey: Survey, events: Sequence[dict[str, Any]]) -> None:
    wanted = set(_promised(events))
    if not wanted:
        return
    columns = deliveries.c
    statement = select(columns.document, columns.receiver)
    with survey.database.reading() as connection:
        among = columns.document.in_({document for document, _party in wanted})
        found = {(row.document, row.receiver) for row in connection.execute(statement.where(among))}
    for document, party in sorted(wanted - found):
        survey.error("delivery-missing", f"document:{document}", party)


def _promised(events: Iterable[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    for event in events:
        kind, _colon, number = event["subject"].partition(":")
        if kind == "document" and number.isdecimal():
            yield from ((int(number), party) for party in event["facts"].get("parties", ()))
