"""The files of a document as rows: in order, renditions and derived copies with what they come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.candidate import CandidateFile
from rules.records.twins import Same
from rules.vocabulary import FileRole
from storage import documents


def add(connection: Connection, files: Sequence[CandidateFile], version: int, now: datetime) -> None:
    """The files of a new document."""
    main: int | None = None
    source: int | None = None
    for file in files:
        columns = {
            **file.columns,
            "rendition_of": main if file.rendition else None,
            "derived_from": source if file.derived else None,
        }
        identity = documents.add_file(connection, version, columns, now)
        main = main or identity
        source = source if file.derived else identity


def add_further(connection: Connection, files: Sequence[CandidateFile], same: Same, now: datetime) -> bool:
    """Files of a known document that are new, added to its newest version; whether there were any."""
    version = documents.latest_version(connection, same.id).id
    standing = documents.files_of(connection, version)
    known = {file.sha256: file.id for file in standing}
    source: int | None = None
    ordinal = len(standing)
    for file in files:
        sha256 = file.columns["sha256"]
        if sha256 in known:
            source = source if file.derived else known[sha256]
            documents.file_read(connection, known[sha256], file.columns["state"], file.columns["pages"])
            continue
        rendition = same.rendition and file.columns["role"] is FileRole.MAIN and not file.derived
        columns = {
            **file.columns,
            "ordinal": ordinal,
            "rendition_of": standing[0].id if rendition else None,
            "derived_from": source if file.derived else None,
        }
        identity = documents.add_file(connection, version, columns, now)
        source = source if file.derived else identity
        ordinal += 1
    return ordinal > len(standing)
