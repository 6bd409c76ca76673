"""A small hub's worth of rows and files, whole and without faults."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rules.values.arrival import Envelope, Spooled
from rules.vocabulary import (
    ArrivalState,
    BookMode,
    DeliveryState,
    Direction,
    DocumentStatus,
    FileRole,
    Handling,
    MailKind,
    SenderVerdict,
)
from storage import arrivals, deliveries, documents, journal, registers, search
from storage.blobs import BlobStore
from storage.deliveries import Result
from storage.engine import Database
from storage.journal import Event
from storage.registers import BookKey, Line

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEXTS = ("issuer_text", "parent_issuer_text", "type", "series", "symbol_key", "suffix", "place")
TEXTS += ("signer", "signer_title", "source", "sender", "sender_verdict")


def fill(database: Database, blobs: BlobStore, count: int = 5, first: int = 1) -> list[int]:
    """Documents that came in, were entered, routed to two units and delivered; their ids."""
    return [_one(database, blobs, number) for number in range(first, first + count)]


def _one(database: Database, blobs: BlobStore, number: int) -> int:
    raw, main = f"mail {number} ".encode() * 50, f"document {number} ".encode() * 80
    mail, file = blobs.put(raw), blobs.put(main)
    with database.transaction() as connection:
        arrival = arrivals.record(connection, _spooled(number, mail, len(raw)))
        assert arrival is not None
        document, version = documents.add(connection, _columns(number, file), arrival, NOW)
        columns = {"sha256": file, "name": "a.pdf", "media_type": "application/pdf", "size": len(main)}
        documents.add_file(connection, version, {**columns, "role": FileRole.MAIN}, NOW)
        search.index(connection, document, f"{number}/SNV", f"subject {number}", "body")
        arrivals.link(connection, arrival, document, "registered")
        arrivals.settle(connection, arrival, ArrivalState.REGISTERED)
        events = _entered(connection, document, number)
        planned = _planned(connection, document, version)
        events.append(
            Event("deliveries-planned", f"document:{document}", {"parties": ["sotaichinh", "ttth"]})
        )
        results = [
            Result(delivery, 1, "maildir", DeliveryState.DELIVERED, Handling.ARRIVED, "maildir", None)
            for delivery in planned
        ]
        deliveries.record(connection, results, NOW)
        journal.append(connection, "hub", events, NOW)
    return document


def _entered(connection: Any, document: int, number: int) -> list[Event]:
    """The line of its own number in the outgoing book, and of the hub's number in the receiver's."""
    outgoing = BookKey("sonoivu", "sonoivu", Direction.OUTGOING, "", 2026, BookMode.BORNE)
    book = registers.open_book(connection, outgoing)
    entry = registers.enter(connection, book, Line(document, f"{number}/SNV", str(number), number), NOW, "an")
    facts = {"entry": entry, "book": book, "number": number}
    incoming = registers.open_book(
        connection, BookKey("sotaichinh", "sotaichinh", Direction.INCOMING, "", 2026)
    )
    taken = registers.take_number(connection, incoming)
    accepted = registers.enter(
        connection, incoming, Line(document, str(taken), str(taken), taken), NOW, "hub"
    )
    more = {"entry": accepted, "book": incoming, "number": taken, "keeper": "sotaichinh"}
    return [
        Event("entered", f"document:{document}", facts),
        Event("accepted", f"document:{document}", more),
    ]


def _planned(connection: Any, document: int, version: int) -> list[int]:
    rows = [
        {
            "key": f"d.{version}.{party}",
            "kind": MailKind.DOCUMENT,
            "document": document,
            "version": version,
            "receiver": party,
            "state": DeliveryState.PLANNED,
            "letter": {},
            "next_attempt": NOW,
            "created_at": NOW,
        }
        for party in ("sotaichinh", "ttth")
    ]
    return deliveries.plan(connection, rows)


def _spooled(number: int, sha256: str, size: int) -> Spooled:
    envelope = Envelope(
        source="smtp",
        account="listener",
        received_at=NOW,
        mail_from=f"an{number}@binhlam.example",
        recipients=("congvan@binhlam.example",),
        verdict=SenderVerdict.AUTHENTICATED,
    )
    return Spooled(
        hashlib.sha256(str(number).encode()).hexdigest()[:20], envelope, sha256, size, Path("spool")
    )


def _columns(number: int, main: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(TEXTS, ""),
        "direction": Direction.OUTGOING,
        "status": DocumentStatus.ROUTED,
        "unit": "sonoivu",
        "issuer": "sonoivu",
        "symbol": f"{number}/SNV",
        "subject": f"subject {number}",
        "main_sha256": main,
        "number": number,
        "year": 2026,
    }
