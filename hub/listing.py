"""What the listings show: plain values by the names that ``--json`` promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.words import because_words
from rules.directory import Directory
from rules.permission import EVERYTHING, View
from rules.vocabulary import WaitingList
from storage import arrivals, deliveries, documents, labels, registers, steps, waiting
from storage.engine import AnyRow

MAY_BRING = ("list", "auto-submitted", "vacation", "null-sender", "receipt")  # a document, by mistake


def units(directory: Directory, domain: str) -> list[dict[str, Any]]:
    """code, name, kind, parent, intake of every unit."""
    return [
        {
            "code": unit.code,
            "name": unit.name,
            "kind": unit.kind.value,
            "parent": unit.parent,
            "parents": [
                {"parent": p.unit, "valid_from": _iso(p.valid_from), "valid_to": _iso(p.valid_to)}
                for p in unit.parents
            ],
            "intake": f"vanthu.{unit.code}@{domain}",
            "email": unit.email,
            "valid_from": _iso(unit.valid_from),
            "valid_to": _iso(unit.valid_to),
            "keeper": directory.keeper(unit.code),
            "successor": unit.successor,
        }
        for unit in directory.units.values()
    ]


def groups(directory: Directory, day: date) -> list[dict[str, Any]]:
    """code, name, kinds, dates of every group, and the parties it stands for on this day."""
    return [
        {
            "code": group.code,
            "name": group.name,
            "kinds": [kind.value for kind in group.kinds],
            "valid_from": _iso(group.valid_from),
            "valid_to": _iso(group.valid_to),
            "members": list(directory.expand(group.code, day)),
            "count": len(directory.expand(group.code, day)),
        }
        for group in directory.groups.values()
    ]


def staff(directory: Directory) -> list[dict[str, Any]]:
    """name, unit, roles, email: one row for each unit in which a person holds posts."""
    roles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for post in directory.posts:
        roles[post.person.casefold(), post.unit].append(post.role.value)
    return [
        {
            "name": directory.people[email].name,
            "unit": unit,
            "roles": found,
            "email": directory.people[email].email,
        }
        for (email, unit), found in roles.items()
        if email in directory.people
    ]


def document_rows(connection: Connection, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """Documents with files, entries and the units they went to."""
    ids = [row.id for row in rows]
    files: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in documents.files_of_all(connection, ids):
        files[item.document].append(
            {
                "name": item.name,
                "sha256": item.sha256,
                "media_type": item.media_type,
                "role": item.role,
                "state": item.state,
                "antivirus": item.antivirus,
                "warnings": item.warnings.split(),
            }
        )
    entries: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in registers.entries_of(connection, ids):
        entries[item.document].append(_entry(item))
    receivers: dict[int, list[str]] = defaultdict(list)
    for item in deliveries.of_documents(connection, ids):
        receivers[item.document].append(item.receiver)
    words = labels.of_documents(connection, ids)
    return [
        {**_document(row, files[row.id], entries[row.id], receivers[row.id]), "labels": words.get(row.id, [])}
        for row in rows
    ]


def _entry(item: AnyRow) -> dict[str, Any]:
    return {
        "unit": item.keeper,
        "book": f"{item.direction}/{item.issuer}/{item.series}/{item.year}",
        "direction": item.direction,
        "year": item.year,
        "number": item.number,
        "label": item.label,
        "late": item.late,
        "id": item.id,
    }


def _document(
    row: AnyRow, files: list[dict[str, Any]], entries: list[dict[str, Any]], receivers: list[str]
) -> dict[str, Any]:
    return {
        "id": row.id,
        "symbol": row.symbol or None,
        "date": _iso(row.date),
        "place": row.place or None,
        "issuer": row.issuer or row.issuer_text or None,
        "issuer_text": row.issuer_text or None,
        "type": row.type or None,
        "subject": row.subject or None,
        "signer": row.signer or None,
        "urgency": row.urgency,
        "recipients": _entries(row, "block"),
        "addressees": _entries(row, "addressee"),
        "units": list(dict.fromkeys(code for code in receivers if ":" not in code)),
        "files": files,
        "direction": row.direction,
        "status": row.status,
        "source": row.source,
        "verdict": row.sender_verdict or None,
        "confidence": row.confidence,
        "entries": entries,
    }


def _entries(row: AnyRow, source: str) -> list[dict[str, Any]]:
    """The entries of one block as written, with the parties they were understood to be."""
    return [
        {"text": item["text"], "parties": item["parties"]}
        for item in row.recipients
        if item["source"] == source
    ]


def delivery_rows(rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """The ledger, one value a delivery."""
    return [
        {
            "id": row.id,
            "document": row.document,
            "symbol": row.symbol or None,
            "unit": row.receiver,
            "state": row.state,
            "handling": row.handling,
            "channel": row.channel,
            "because": because_words(row.because),
            "attempts": row.attempts,
            "next_attempt": row.next_attempt.isoformat() if row.next_attempt is not None else None,
            "kind": row.kind,
            "role": row.role,
            "address": row.address,
            "due": row.due_at.isoformat() if row.due_at is not None else None,
            "error": row.error or None,
        }
        for row in rows
    ]


def cases(
    connection: Connection, kind: WaitingList, unit: str | None = None, view: View = EVERYTHING
) -> list[dict[str, Any]]:
    """What waits on one list. Quarantine shows no content."""
    return [
        {
            "id": row.id,
            "unit": row.unit,
            "reason": row.reason,
            "detail": row.detail,
            "suggestions": row.suggestions,
            "document": row.document,
            "arrival": row.arrival,
            "delivery": row.delivery,
            "symbol": row.symbol,
            "subject": None if kind is WaitingList.QUARANTINE else row.subject or row.mail_subject,
            "sender": row.mail_from,
            "verdict": row.verdict,
            "opened_at": row.opened_at.isoformat(),
        }
        for row in waiting.listing(connection, kind, unit, view)
    ]


def aside(connection: Connection, most: int) -> list[dict[str, Any]]:
    """Mail of programs that may bring a document all the same."""
    return [
        {
            "arrival": row.id,
            "received_at": row.received_at.isoformat(),
            "sender": row.mail_from,
            "subject": row.subject,
            "why": row.outcome,
        }
        for row in arrivals.set_aside(connection, MAY_BRING, most)
    ]


def parked(connection: Connection) -> list[dict[str, Any]]:
    """Steps that wait for the operator."""
    return [
        {"id": row.id, "stage": row.stage, "subject": row.subject, "tries": row.tries, "error": row.error}
        for row in steps.parked(connection)
    ]


def _iso(day: Any) -> str | None:
    return day.isoformat() if day is not None else None
