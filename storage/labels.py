"""Words that rules put on documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from storage.tables.documents import document_labels
from storage.upsert import upsert


def add(connection: Connection, document: int, labels: Sequence[str]) -> None:
    """Put words on a document; one that it carries stays."""
    if labels:
        statement = upsert(connection, document_labels).on_conflict_do_nothing()
        connection.execute(statement, [{"document": document, "label": label} for label in labels])


def of_documents(connection: Connection, document_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """The words on each of these documents, in alphabetical order."""
    query = (
        select(document_labels)
        .where(document_labels.c.document.in_(document_ids))
        .order_by(document_labels.c.label)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.document].append(row.label)
    return found
