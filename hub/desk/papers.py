"""Electronic first, paper follows: who gets the paper, that it came, and what has not."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.texts import _
from rules.identify.identity import folded_symbol
from storage import deliveries, documents, journal, papers
from storage.journal import Event


def expect(hub: Hub, actor: str, *, document: int, units: list[str] | None = None) -> dict[str, Any]:
    """The paper of a document is sent after it, to these receivers or to all."""
    now = hub.now()
    with hub.database.transaction() as connection:
        if documents.get(connection, document) is None:
            raise Refused(_("there is no document {document}").format(document=document))
        receivers = [row.receiver for row in deliveries.of_documents(connection, [document])]
        unknown = [unit for unit in units or () if unit not in receivers]
        if unknown:
            raise Refused(_("{unit} did not get this document").format(unit=unknown[0]))
        count = papers.expect(connection, document, units or receivers, now)
        journal.append(connection, actor, [Event("paper-expected", f"document:{document}")], now)
    return {"document": document, "papers": count}


def came(hub: Hub, actor: str, *, unit: str, symbol: str, day: str = "") -> dict[str, Any]:
    """The paper is in the unit's hands; it is matched by number and date with what came over the network."""
    now, dated = hub.now(), _day(day) if day else None
    with hub.database.transaction() as connection:
        ways = (folded_symbol(text) for text in (symbol, symbol.upper()))  # as printed, as typed in haste
        found = next((rows for key in ways if (rows := papers.sent_to(connection, unit, key, dated))), ())
        if not found:
            raise Refused(
                _("{unit} got no document {symbol} over the network; register it as it is").format(
                    unit=unit, symbol=symbol
                )
            )
        if len(found) > 1:
            raise Refused(_("there are several; give the date: --date 2026-11-20"))
        fresh = papers.came(connection, found[0].id, unit, actor, now)
        journal.append(
            connection, actor, [Event("paper-came", f"document:{found[0].id}", {"unit": unit})], now
        )
    return {"document": found[0].id, "symbol": found[0].symbol, "fresh": fresh}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("{text} is no date; write it as 2026-11-23").format(text=text)) from error
