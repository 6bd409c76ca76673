"""Why a document went where it went: the decision as it was made, what all but held, and why not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.cases import Case, case
from hub.context import Hub, parsed
from hub.texts import because
from hub.words import because_words
from rules.identify.identity import folded_symbol
from rules.permission import EVERYTHING, View
from rules.routing.decide import PublishedSet, decide, layers
from rules.routing.explain import near_misses, why_not
from rules.routing.look import Look
from rules.values.routing import Because, Decision
from rules.vocabulary import MailKind
from storage import deliveries, documents, rule_sets

MOST_NEAR = 20


def find_document(hub: Hub, connection: Connection, text: str, view: View = EVERYTHING) -> Case | None:
    """A document that the viewer sees, by its number in the list or by its number and symbol, the newest of
    several."""
    if text.isdecimal() and len(text) < 16:
        return case(hub, connection, int(text), view)
    rows = documents.listing(connection, symbol=folded_symbol(text), limit=1, view=view)
    return case(hub, connection, rows[0].id) if rows else None


def why(hub: Hub, connection: Connection, found: Case, unit: str = "") -> dict[str, Any]:
    """Every receiver with its reasons; who was left out or waits; rules that all but held. With ``unit``
    only what is to be said of that receiver."""
    sets, day = _then(hub, connection, found)
    look = Look(found.facts, hub.directory, day)
    decision = decide(found.facts, found.resolved, sets, hub.directory, day, look=look)
    asked = [published for layer in layers(found.facts, sets, hub.directory) for published in layer]
    near = [asdict(miss) for miss in near_misses(asked, look, decision.trace)]
    return {
        "document": found.document,
        "symbol": found.symbol,
        "subject": found.subject,
        "receivers": [
            row for row in _receivers(hub, connection, found, decision) if unit in ("", row["unit"])
        ],
        "removed": [
            {"unit": item.party, "because": because(item.because)}
            for item in decision.removed
            if unit in ("", item.party)
        ],
        "held": [] if unit else [{"text": item.text, "reason": item.reason} for item in decision.held],
        "hold": decision.hold,
        "refuse": decision.refuse,
        "rules": list(decision.trace),
        "near": [] if unit else near[:MOST_NEAR],
    }


def why_not_unit(hub: Hub, connection: Connection, found: Case, unit: str) -> dict[str, Any]:
    """Why this party did not get it."""
    sets, day = _then(hub, connection, found)
    look = Look(found.facts, hub.directory, day)
    decision = decide(found.facts, found.resolved, sets, hub.directory, day, look=look)
    asked = [published for layer in layers(found.facts, sets, hub.directory) for published in layer]
    answer = why_not(unit, decision, asked, look, hub.directory)
    plain = {**asdict(answer), "because": [_in_words(reason) for reason in answer.because]}
    return {"document": found.document, "symbol": found.symbol, **plain}


def _in_words(reason: Because | str) -> str:
    return reason if isinstance(reason, str) else because(reason)


def _then(hub: Hub, connection: Connection, found: Case) -> tuple[tuple[PublishedSet, ...], date]:
    """The sets in force when it was routed, and that day; today's where it has not been."""
    if found.routed_at is None:
        return hub.snapshot().rules, hub.today()
    rows = rule_sets.in_force(connection, found.routed_at)
    sets = tuple(
        PublishedSet(parsed(row.source, row.version), row.version, row.scope or None) for row in rows
    )
    return sets, hub.local(found.routed_at).date()


def _receivers(hub: Hub, connection: Connection, found: Case, decision: Decision) -> list[dict[str, Any]]:
    """As the ledger keeps them; as they would be where nothing is planned yet."""
    rows = [
        row for row in deliveries.of_documents(connection, [found.document]) if row.kind == MailKind.DOCUMENT
    ]
    if rows:
        return [
            {
                "unit": row.receiver,
                "role": row.role,
                "because": because_words(row.because),
                "due": row.due_at.isoformat() if row.due_at else None,
            }
            for row in rows
        ]
    return [
        {
            "unit": item.party,
            "role": item.role,
            "because": "; ".join(because(reason) for reason in item.because),
            "due": None,
        }
        for item in decision.receivers
    ]
