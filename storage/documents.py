"""Documents with their versions and files: what is asked and written by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update

from rules.permission import EVERYTHING, View
from rules.vocabulary import DocumentStatus, FileRole
from storage.access import visible
from storage.arrivals import keep_blob
from storage.engine import AnyRow
from storage.ready import Ready
from storage.tables.documents import (
    document_labels,
    document_links,
    document_texts,
    document_versions,
    documents,
    files,
)
from storage.tables.registers import books, register_entries

# Statements of the hot path stand here ready-made, because building one costs more than running it.
_BY_ID = Ready(select(documents).where(documents.c.id == bindparam("document")))
_CHANGE = Ready(update(documents).where(documents.c.id == bindparam("this")))
_LATEST = Ready(
    select(document_versions)
    .where(document_versions.c.document == bindparam("document"))
    .order_by(document_versions.c.number.desc())
    .limit(1)
)
_FILES = Ready(
    select(files).where(files.c.version == bindparam("version")).order_by(files.c.ordinal, files.c.id)
)
_ADD = Ready(insert(documents).returning(documents.c.id))
_ADD_VERSION = Ready(insert(document_versions).returning(document_versions.c.id))
_ADD_FILE = Ready(insert(files).returning(files.c.id))
_GONE = (DocumentStatus.REFUSED, DocumentStatus.VERSION, DocumentStatus.SAME)
_TRAITS = tuple(
    documents.c[name]
    for name in (
        "id",
        "issuer",
        "year",
        "symbol_key",
        "identity_key",
        "main_sha256",
        "subject",
        "fingerprint",
        "text_length",
        "status",
        "sender_verdict",
        "found_at",
    )
)
_AKIN = Ready(
    select(*_TRAITS)
    .where(
        (documents.c.identity_key == bindparam("key"))
        | (documents.c.main_sha256 == bindparam("sha256"))
        | (
            (bindparam("symbol_key") != "")
            & (documents.c.issuer == bindparam("issuer"))
            & (documents.c.year == bindparam("year"))
            & (documents.c.symbol_key == bindparam("symbol_key"))
        ),
        documents.c.status.not_in([literal(status) for status in _GONE]),
    )
    .order_by(documents.c.id)
)


def add(
    connection: Connection, values: Mapping[str, Any], arrival: int | None, now: datetime
) -> tuple[int, int]:
    """A new document with its first version; their ids."""
    document = int(_ADD.run(connection, {**values, "version": 1, "created_at": now}).scalar_one())
    return document, add_version(connection, document, 1, arrival, now)


def add_version(
    connection: Connection, document: int, number: int, arrival: int | None, now: datetime, reason: str = ""
) -> int:
    """A further version of a document; the old one stays."""
    values = {
        "document": document,
        "number": number,
        "arrival": arrival,
        "reason": reason,
        "created_at": now,
    }
    return int(_ADD_VERSION.run(connection, values).scalar_one())


def take_over(
    connection: Connection, document: int, other: AnyRow, arrival: int | None, now: datetime, reason: str
) -> int:
    """The files of another row become the next version of this document; the version's number."""
    last = int(latest_version(connection, document).number)
    version = add_version(connection, document, last + 1, arrival, now, reason)
    renamed: dict[int, int] = {}
    for file in files_of(connection, latest_version(connection, other.id).id):
        columns = _own_columns(file)
        columns["rendition_of"] = renamed.get(file.rendition_of)
        renamed[file.id] = add_file(connection, version, columns, now)
    content = (
        "main_sha256",
        "fingerprint",
        "text_length",
        "subject",
        "type",
        "signer",
        "recipients",
        "urgency",
    )
    change(connection, document, version=last + 1, **{name: getattr(other, name) for name in content})
    return last + 1


def prove(connection: Connection, document: int, other: int, now: datetime) -> int:
    """The files of another row become further forms of this document's newest version; how many were new."""
    version = latest_version(connection, document).id
    standing = files_of(connection, version)
    places = {file.sha256: int(file.id) for file in standing}
    renamed: dict[int, int] = {}
    before = len(places)
    for file in files_of(connection, latest_version(connection, other).id):
        if file.sha256 not in places:
            columns = _own_columns(file)
            main = file.role == FileRole.MAIN and file.derived_from is None
            columns["ordinal"] = len(places)
            columns["rendition_of"] = standing[0].id if main else None
            columns["derived_from"] = renamed.get(file.derived_from)
            places[file.sha256] = add_file(connection, version, columns, now)
        renamed[file.id] = places[file.sha256]
    return len(places) - before


def _own_columns(file: AnyRow) -> dict[str, Any]:
    return {name: getattr(file, name) for name in files.c.keys() if name not in ("id", "version")}  # noqa: SIM118


def add_file(connection: Connection, version: int, values: Mapping[str, Any], now: datetime) -> int:
    """A file of a version; its bytes must be in the blob store already."""
    keep_blob(connection, values["sha256"], values["size"], now)
    return int(_ADD_FILE.run(connection, {**values, "version": version}).scalar_one())


def file_read(connection: Connection, file: int, state: str, pages: int) -> None:
    """What a later reading of the same file found; its bytes never change."""
    statement = update(files).where(files.c.id == file)
    connection.execute(statement, {"state": state, "pages": pages})


def get(connection: Connection, document: int) -> AnyRow | None:
    """One document, or None."""
    return _BY_ID.run(connection, {"document": document}).first()


def change(connection: Connection, document: int, **values: Any) -> None:
    """Set columns of a document."""
    _CHANGE.run(connection, {"this": document, **values})


def latest_version(connection: Connection, document: int) -> AnyRow:
    """The newest version of a document."""
    return _LATEST.run(connection, {"document": document}).one()


def files_of(connection: Connection, version: int) -> Sequence[AnyRow]:
    """A version's files in order."""
    return _FILES.run(connection, {"version": version}).all()


def files_of_all(connection: Connection, document_ids: Sequence[int]) -> Sequence[AnyRow]:
    """The files of many documents, for listings."""
    return connection.execute(
        select(document_versions.c.document, files)
        .join(files, files.c.version == document_versions.c.id)
        .where(document_versions.c.document.in_(document_ids))
        .order_by(files.c.ordinal, files.c.id)
    ).all()


def akin(
    connection: Connection, *, identity_key: str, sha256: str, issuer: str, year: int, symbol_key: str
) -> Sequence[AnyRow]:
    """Documents that may be the same one, oldest first, by identity key, by the bytes of the
    main file, or by issuer, year and symbol (the duplicate alarm of ND30 App. VI III.1h);
    refused ones do not count.
    """
    values = {"key": identity_key, "sha256": sha256, "issuer": issuer, "year": year, "symbol_key": symbol_key}
    return _AKIN.run(connection, values).all()


def resembling(
    connection: Connection, issuer: str, unit: str, year: int, *, but: int = 0, limit: int = 300
) -> Sequence[AnyRow]:
    """Numbered documents of an issuer and year, newest first, to compare a text with; without an
    issuer those of the unit.
    """
    place = documents.c.issuer == issuer if issuer else documents.c.unit == unit
    statement = (
        select(*_TRAITS)
        .where(place, documents.c.year == year, documents.c.symbol_key != "", documents.c.id != but)
        .where(documents.c.status.not_in(_GONE))
        .order_by(documents.c.id.desc())
        .limit(limit)
    )
    return connection.execute(statement).all()


def holding(connection: Connection, sha256: str) -> Sequence[AnyRow]:
    """Documents that have this file as one of their own forms, oldest first."""
    statement = (
        select(*_TRAITS)
        .join(document_versions, document_versions.c.document == documents.c.id)
        .join(files, files.c.version == document_versions.c.id)
        .where(files.c.sha256 == sha256, files.c.role == FileRole.MAIN, documents.c.status.not_in(_GONE))
        .order_by(documents.c.id)
    )
    return connection.execute(statement).all()


def refer(connection: Connection, document: int, citations: Sequence[str]) -> None:
    """Note the numbers a document cites as grounds."""
    if citations:
        rows = [{"document": document, "kind": "cites", "symbol": symbol} for symbol in citations]
        connection.execute(insert(document_links), rows)


def link(connection: Connection, document: int, kind: str, target: int, *, by: str) -> None:
    """Note what one document is to another."""
    row = {"document": document, "kind": kind, "target": target, "by": by}
    connection.execute(insert(document_links), row)


def listing(
    connection: Connection,
    *,
    status: str | None = None,
    unit: str | None = None,
    symbol: str | None = None,
    label: str | None = None,
    limit: int | None = None,
    ids: Sequence[int] | None = None,
    view: View = EVERYTHING,
) -> Sequence[AnyRow]:
    """Documents, newest first, narrowed as asked."""
    statement = select(documents).where(visible(view, documents.c.id)).order_by(documents.c.id.desc())
    if status is not None:
        statement = statement.where(documents.c.status == status)
    if symbol is not None:
        statement = statement.where(documents.c.symbol_key == symbol)
    if label is not None:
        labelled = select(document_labels.c.document).where(document_labels.c.label == label)
        statement = statement.where(documents.c.id.in_(labelled))
    if ids is not None:
        statement = statement.where(documents.c.id.in_(ids))
    if unit is not None:
        registered = (
            select(register_entries.c.document)
            .join(books, books.c.id == register_entries.c.book)
            .where(books.c.keeper == unit)
        )
        statement = statement.where((documents.c.unit == unit) | documents.c.id.in_(registered))
    return connection.execute(statement if limit is None else statement.limit(limit)).all()


def with_texts(
    connection: Connection,
    *,
    since: datetime | None = None,
    ids: Sequence[int] = (),
    view: View = EVERYTHING,
) -> Iterator[AnyRow]:
    """Registered documents with their text, the oldest first, a few hundred in memory at a time."""
    query = (
        select(documents, document_texts.c.text)
        .join(document_texts, document_texts.c.document == documents.c.id, isouter=True)
        .where(documents.c.status != DocumentStatus.REVIEW, visible(view, documents.c.id))
        .order_by(documents.c.id)
    )
    if since is not None:
        query = query.where(documents.c.created_at >= since)
    if ids:
        query = query.where(documents.c.id.in_(ids))
    yield from connection.execute(query.execution_options(yield_per=500))


def count_since(connection: Connection, since: datetime, view: View = EVERYTHING) -> int:
    """How many ``with_texts`` gives."""
    wanted = (documents.c.created_at >= since) & (documents.c.status != DocumentStatus.REVIEW)
    query = select(func.count()).select_from(documents).where(wanted, visible(view, documents.c.id))
    return int(connection.execute(query).scalar_one())


def file_facts(connection: Connection, document_ids: Sequence[int]) -> dict[int, tuple[int, tuple[str, ...]]]:
    """Size of all files and their names, of every document's newest version."""
    newest = (
        select(document_versions.c.document, func.max(document_versions.c.id).label("version"))
        .where(document_versions.c.document.in_(document_ids))
        .group_by(document_versions.c.document)
        .subquery()
    )
    query = select(newest.c.document, files.c.size, files.c.name).join(
        newest, files.c.version == newest.c.version
    )
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for row in connection.execute(query):
        size, names = found.get(row.document, (0, ()))
        found[row.document] = (size + row.size, (*names, row.name))
    return found
