"""Rows against rows: nothing that was begun is without the row that carries it on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, exists, func, literal, select

from rules.vocabulary import (
    ArrivalState,
    DeliveryState,
    Direction,
    DocumentStatus,
    MailKind,
    StepState,
    WaitingList,
)
from storage.tables.arrivals import arrivals, waiting
from storage.tables.deliveries import attempts, deliveries
from storage.tables.documents import blobs, document_texts, documents, files
from storage.tables.machinery import steps
from storage.tables.registers import register_entries
from storage.verify.survey import Severity, Survey

COUNTED = (arrivals, documents, files, deliveries, steps)
IN_FORCE = (DocumentStatus.REGISTERED, DocumentStatus.ROUTED)


@dataclass(frozen=True, slots=True)
class Look:
    """One question to the database; each row it gives (id, text) is a finding."""

    severity: Severity
    kind: str
    subject: str
    statement: Select[Any]


def check_rows(survey: Survey) -> None:
    """Each look is one statement, so that it sees one moment also while the hub runs."""
    looks = [*_bytes(), *_unfinished(), *_ledger()]
    for done, look in enumerate(looks, 1):
        report = survey.error if look.severity == "error" else survey.question
        with survey.database.reading() as connection:
            for identity, text in connection.execute(look.statement):
                report(look.kind, f"{look.subject}:{identity}", text)
        survey.progress(done, len(looks), "rows")
    with survey.database.reading() as connection:
        for table in COUNTED:
            survey.counts[table.name] = (
                connection.execute(select(func.count()).select_from(table)).scalar() or 0
            )


def _bytes() -> Sequence[Look]:
    """Every SHA-256 that a row names has its blob's row, of the same size."""
    named = (
        (arrivals, "sha256", "arrival"),
        (files, "sha256", "file"),
        (documents, "main_sha256", "document"),
    )
    return [
        *(
            Look(
                "error",
                "blob-row-missing",
                subject,
                select(table.c.id, table.c[column])
                .outerjoin(blobs, blobs.c.sha256 == table.c[column])
                .where(blobs.c.sha256.is_(None), table.c[column] != ""),
            )
            for table, column, subject in named
        ),
        *(
            Look(
                "error",
                "size-differs",
                subject,
                select(table.c.id, table.c.size)
                .join(blobs, blobs.c.sha256 == table.c.sha256)
                .where(blobs.c.size != table.c.size),
            )
            for table, subject in ((arrivals, "arrival"), (files, "file"))
        ),
    ]


def _unfinished() -> Sequence[Look]:
    """What is not at its end has a step or a case that carries it on."""
    return [
        Look(
            "error",
            "arrival-without-step",
            "arrival",
            select(arrivals.c.id, arrivals.c.sha256).where(
                arrivals.c.state == ArrivalState.RECEIVED, ~_step("register", arrivals)
            ),
        ),
        Look(
            "error",
            "document-without-step",
            "document",
            select(documents.c.id, documents.c.symbol).where(
                documents.c.status == DocumentStatus.REGISTERED, ~_step("route", documents)
            ),
        ),
        Look(
            "error",
            "review-without-case",
            "document",
            select(documents.c.id, documents.c.symbol).where(
                documents.c.status == DocumentStatus.REVIEW, ~_case(WaitingList.REVIEW, opened=True)
            ),
        ),
        Look(
            "question",
            "held-without-case",
            "document",
            select(documents.c.id, documents.c.symbol).where(
                documents.c.status == DocumentStatus.HELD,
                ~_case(WaitingList.HOLD, opened=True),
                ~_step("route", documents),
            ),
        ),
        Look(
            "question",
            "step-parked",
            "step",
            select(steps.c.id, steps.c.stage + " " + steps.c.error).where(steps.c.state == StepState.PARKED),
        ),
    ]


def _ledger() -> Sequence[Look]:
    """Entries and deliveries of the documents that need them."""
    entered = exists().where(register_entries.c.document == documents.c.id)
    sent = exists().where(deliveries.c.document == documents.c.id, deliveries.c.kind == MailKind.DOCUMENT)
    tried = exists().where(attempts.c.delivery == deliveries.c.id)
    gone = deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.DELIVERED))
    return [
        Look(
            "error",
            "document-without-entry",
            "document",
            select(documents.c.id, documents.c.symbol).where(
                documents.c.direction == Direction.OUTGOING, documents.c.status.in_(IN_FORCE), ~entered
            ),
        ),
        Look(
            "question",
            "routed-nowhere",
            "document",
            select(documents.c.id, documents.c.symbol).where(
                documents.c.status == DocumentStatus.ROUTED, ~sent, ~_case(WaitingList.HOLD, opened=False)
            ),
        ),
        Look(
            "error",
            "delivery-without-attempt",
            "delivery",
            select(deliveries.c.id, deliveries.c.key).where(gone, ~tried),
        ),
        Look(
            "error",
            "delivery-of-other-entry",
            "delivery",
            select(deliveries.c.id, deliveries.c.entry)
            .join(register_entries, register_entries.c.id == deliveries.c.entry)
            .where(register_entries.c.document != deliveries.c.document),
        ),
        Look(
            "question",
            "not-searchable",
            "document",
            select(documents.c.id, documents.c.symbol)
            .outerjoin(document_texts, document_texts.c.document == documents.c.id)
            .where(document_texts.c.document.is_(None)),
        ),
    ]


def _step(stage: str, subject: Table) -> Any:
    return exists().where(steps.c.stage == stage, steps.c.subject == subject.c.id)


def _case(kind: WaitingList, *, opened: bool) -> Any:
    still = waiting.c.resolved_at.is_(None) if opened else literal(True)
    return exists().where(waiting.c.kind == kind, waiting.c.document == documents.c.id, still)
