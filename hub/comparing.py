"""A case of the review queue beside the documents that it may be, and how alike the texts are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hub.akin import trait_of
from hub.desk.refused import Refused
from hub.texts import N_, _
from rules.identify.identity import alike
from rules.permission import EVERYTHING, View
from rules.records.twins import MOST_SUSPECTS, suspects
from rules.scoring import plain
from rules.vocabulary import WaitingList
from storage import documents, waiting
from storage.engine import AnyRow

FIELD_WORDS = {
    "symbol": N_("Number and symbol"),
    "date": N_("Date"),
    "issuer": N_("Issuer"),
    "type": N_("Type"),
    "subject": N_("Subject"),
    "signer": N_("Signer"),
    "urgency": N_("Urgency"),
    "recipients": N_("Recipients"),
    "files": N_("Files"),
    "text": N_("Text"),
}


def side_by_side(connection: Connection, case: int, view: View = EVERYTHING) -> dict[str, Any]:
    """What waits, and every document it may be that the viewer may see. Raises Refused."""
    found = next(
        (row for row in waiting.listing(connection, WaitingList.REVIEW, None, view) if row.id == case), None
    )
    row = (
        documents.get(connection, found.document)
        if found is not None and found.document is not None
        else None
    )
    if found is None or row is None:
        raise Refused(_("there is no review case {case}; see: vanthu review").format(case=case))
    waits = _values(connection, row)
    others = [_beside(connection, row, waits, other) for other in _may_be(connection, found, row, view)]
    return {
        "case": case,
        "document": row.id,
        "unit": found.unit,
        "reasons": found.detail.split(),
        "confidence": row.confidence,
        "letters": "" if row.symbol else row.handed.get("symbol_rest", ""),
        "fields": waits,
        "suspects": others,
    }


def _may_be(connection: Connection, found: AnyRow, row: AnyRow, view: View) -> Sequence[AnyRow]:
    """What the case names, and what looks like it now: a document may have come after the case was opened."""
    named = [int(item.partition(":")[2]) for item in found.suggestions if item.startswith("document:")]
    rows = documents.resembling(connection, row.issuer or "", row.unit, row.year, but=row.id)
    near = suspects(trait_of(row), [trait_of(other) for other in rows])
    wanted = list(dict.fromkeys((*named, *near)))[:MOST_SUSPECTS]
    seen = (
        {other.id: other for other in documents.listing(connection, ids=wanted, view=view)} if wanted else {}
    )
    return [seen[number] for number in wanted if number in seen]


def _beside(connection: Connection, row: AnyRow, waits: dict[str, Any], other: AnyRow) -> dict[str, Any]:
    fields = _values(connection, other)
    return {
        "document": other.id,
        "status": other.status,
        "fields": fields,
        "differs": [name for name in FIELD_WORDS if plain(_text(fields[name])) != plain(_text(waits[name]))],
        "text_alike": round(alike(row.fingerprint, other.fingerprint), 2) if _long(row, other) else None,
    }


def _long(row: AnyRow, other: AnyRow) -> bool:
    return bool(row.text_length and other.text_length)


def _values(connection: Connection, row: AnyRow) -> dict[str, Any]:
    files = documents.files_of(connection, documents.latest_version(connection, row.id).id)
    return {
        "symbol": row.symbol or None,
        "date": row.date.isoformat() if row.date is not None else None,
        "issuer": row.issuer_text or row.issuer or None,
        "type": row.type or None,
        "subject": row.subject or None,
        "signer": row.signer or None,
        "urgency": row.urgency,
        "recipients": [item["text"] for item in row.recipients if item["source"] == "block"],
        "files": [f"{file.name} ({file.sha256[:8]})" for file in files],
        "text": row.text_length,
    }


def _text(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value or "")
