"""What is known that a document may be: what it is compared with, and what looks like it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from hub.candidate import OCR, Candidate
from rules.records.admission import ACTING
from rules.records.twins import Trait, suspects
from rules.text.fold import fold
from rules.vocabulary import DocumentStatus, SenderVerdict
from storage import documents
from storage.engine import AnyRow


def known(connection: Connection, candidate: Candidate) -> list[Trait]:
    """Documents with the same number, key or bytes."""
    trait, columns = candidate.trait, candidate.columns
    rows = documents.akin(
        connection,
        identity_key=trait.identity_key,
        sha256=trait.main_sha256,
        issuer=columns["issuer"] or "",
        year=columns["year"],
        symbol_key=columns["symbol_key"],
    )
    found = [trait_of(row) for row in rows if _counts(connection, candidate, row)]
    if trait.scanned and not trait.number_key:  # a clerk may have said already which document this scan is
        ids = {other.id for other in found}
        held = [row for row in documents.holding(connection, trait.main_sha256) if row.id not in ids]
        found += [replace(trait_of(row), main_sha256=trait.main_sha256) for row in held]
    return found


def looks_like(connection: Connection, candidate: Candidate) -> tuple[int, ...]:
    """Numbered documents whose text is nearly that of one without a number, which a clerk is asked about."""
    if candidate.trait.number_key or not candidate.admission.reasons:
        return ()
    columns = candidate.columns
    rows = documents.resembling(
        connection, columns["issuer"] or "", candidate.admission.unit, columns["year"]
    )
    return suspects(candidate.trait, [trait_of(row) for row in rows])


def trait_of(row: AnyRow) -> Trait:
    """What a stored document is compared by."""
    number_key = f"{row.issuer or ''}|{row.year}|{row.symbol_key}" if row.symbol_key else ""
    said = (row.fingerprint, row.text_length, row.id, fold(row.subject))
    recalled, scanned = row.status == DocumentStatus.RECALLED, row.found_at.get("text") == OCR
    return Trait(row.identity_key, number_key, row.main_sha256, *said, recalled, scanned)


def _counts(connection: Connection, candidate: Candidate, row: AnyRow) -> bool:
    """What a stranger sent and nobody looked at is nothing to one who is known, unless it brings no more
    than he brings: else anybody could take a number's place, or slip a file into another's document."""
    waits = row.status == DocumentStatus.REVIEW and row.sender_verdict != SenderVerdict.AUTHENTICATED
    better = candidate.columns["sender_verdict"] is SenderVerdict.AUTHENTICATED
    if not (waits and (better or (candidate.acting and row.sender_verdict not in ACTING))):
        return True
    version = documents.latest_version(connection, row.id).id
    held = {file.sha256 for file in documents.files_of(connection, version)}
    return held <= {file.columns["sha256"] for file in candidate.files}
