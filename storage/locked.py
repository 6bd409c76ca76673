"""Rows of what is locked away: emptied of content, released again, or their bytes purged for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from rules.vocabulary import ArrivalState, DocumentStatus
from storage import search
from storage.engine import AnyRow
from storage.tables.arrivals import arrival_documents, arrivals
from storage.tables.documents import blobs, document_versions, documents, files

_NO_CONTENT = {
    "issuer_text": "", "parent_issuer_text": "", "symbol": "", "symbol_key": "", "place": "", "subject": "",
    "signer": "", "signer_title": "", "recipients": [], "handed": {}, "confidence": {}, "found_at": {},
    "identity_key": "", "fingerprint": 0, "text_length": 0,
}  # fmt: skip
LOCKED = (ArrivalState.QUARANTINE, ArrivalState.REFUSED)


def waiting_documents(connection: Connection, arrival: int) -> Sequence[int]:
    """Documents of this arrival that have no number yet, because a clerk is still asked."""
    statement = (
        select(documents.c.id)
        .join(arrival_documents, arrival_documents.c.document == documents.c.id)
        .where(arrival_documents.c.arrival == arrival, documents.c.status == DocumentStatus.REVIEW)
    )
    return connection.execute(statement).scalars().all()


def empty(connection: Connection, document: int) -> None:
    """Take the content out of a document's rows and out of the text index; the row stays as a proof."""
    values = {**_NO_CONTENT, "status": DocumentStatus.REFUSED}
    connection.execute(update(documents).where(documents.c.id == document), values)
    search.read_anew(connection, document, "", "", "")
    versions = select(document_versions.c.id).where(document_versions.c.document == document)
    connection.execute(update(files).where(files.c.version.in_(versions)), {"name": "-"})


def same_bytes(connection: Connection, sha256: str) -> Sequence[AnyRow]:
    """Every arrival of these bytes."""
    return connection.execute(
        select(arrivals).where(arrivals.c.sha256 == sha256).order_by(arrivals.c.id)
    ).all()


def hashes(connection: Connection, arrived: Iterable[int]) -> set[str]:
    """The SHA-256 of the files that emptied documents of these arrivals brought."""
    statement = (
        select(files.c.sha256)
        .join(document_versions, document_versions.c.id == files.c.version)
        .join(documents, documents.c.id == document_versions.c.document)
        .join(arrival_documents, arrival_documents.c.document == documents.c.id)
        .where(
            arrival_documents.c.arrival.in_(list(arrived)), documents.c.status == DocumentStatus.REFUSED,
            documents.c.identity_key == "",
        )
    )  # fmt: skip
    return set(connection.execute(statement).scalars())


def in_use(connection: Connection, wanted: Iterable[str]) -> Sequence[int]:
    """Documents in force whose files have these bytes: they must be refused first, or are no secret."""
    statement = (
        select(documents.c.id)
        .join(document_versions, document_versions.c.document == documents.c.id)
        .join(files, files.c.version == document_versions.c.id)
        .where(files.c.sha256.in_(list(wanted)), documents.c.status != DocumentStatus.REFUSED)
        .distinct()
        .order_by(documents.c.id)
    )
    return connection.execute(statement).scalars().all()


def purge(connection: Connection, arrived: Sequence[AnyRow], wanted: Iterable[str], now: datetime) -> None:
    """Note that the bytes are gone; of the arrivals only times, addresses and hashes stay.

    Their dedupe keys change, because the same parcel sent once more must be seen again.
    """
    connection.execute(update(blobs).where(blobs.c.sha256.in_(list(wanted))), {"purged_at": now})
    for row in arrived:
        values = {
            "state": ArrivalState.REFUSED,
            "outcome": "purged",
            "subject": "",
            "message_id": "",
            "envelope": {**row.envelope, "file_name": ""},
            "exchange": {},
        }
        if not row.dedupe_key.startswith("purged:"):
            values["dedupe_key"] = f"purged:{row.id}:{row.dedupe_key}"
        connection.execute(update(arrivals).where(arrivals.c.id == row.id), values)
