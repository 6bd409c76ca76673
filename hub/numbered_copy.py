"""Files whose number was left blank go out as copies that bear the number the book gave (SEMANTICS).

The copies are made before the routing transaction, by a process of their own,
and kept in it: a crash in between only makes them again, with the same content.
The original stays in the hub beside its copy; receivers get the copy.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from connectors.readers.limits import ReadLimits
from connectors.writers.aside import number_aside
from connectors.writers.outcome import CannotNumber
from hub.context import Hub
from hub.scanning import SEARCHABLE
from rules.records.numbering import format_number
from rules.text.gate import clean_name
from rules.values.numbering import Mark
from rules.vocabulary import Direction, FileRole
from storage import documents, search
from storage.engine import AnyRow
from storage.journal import Event

NUMBERED = "numbered"  # state of a file that is such a copy
BLANK = "blank"  # what a document's ``found_at`` says of a number that was left blank
REASON = "no-numbered-copy"


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of a document's main files, or why there are none; nothing at all where none are due."""

    columns: tuple[dict[str, Any], ...] = ()
    problem: str = ""


def make(hub: Hub, row: AnyRow, files: Sequence[AnyRow]) -> Copies:
    """The copies that are due for a document, their bytes in the blob store."""
    wanted = due(row, files)
    if not wanted:
        return Copies()
    mark = Mark(format_number(row.number, row.suffix), row.symbol, row.date)
    try:
        with tempfile.TemporaryDirectory(prefix=f"number-{row.id}-", dir=hub.data / "work") as folder:
            return Copies(tuple(_copy(hub, file, mark, Path(folder)) for file in wanted))
    except CannotNumber as error:
        return Copies(problem=str(error))


def due(row: AnyRow, files: Sequence[AnyRow]) -> list[AnyRow]:
    """The main files, in all their renditions, that left the number blank and have no copy yet."""
    numbered = row.direction == Direction.OUTGOING and row.number and isinstance(row.date, date)
    if not numbered or row.found_at.get("number") != BLANK or any(f.state == NUMBERED for f in files):
        return []
    return [file for file in files if file.role == FileRole.MAIN and file.state != SEARCHABLE]


def keep(connection: Connection, row: AnyRow, version: int, copies: Copies, now: datetime) -> list[Event]:
    """The copies as files of the version, in the transaction that routes it."""
    if not copies.columns:
        return []
    for columns in copies.columns:
        documents.add_file(connection, version, columns, now)
    search.index_again(connection, row.id, row.symbol, row.subject)  # because it came without its number
    facts = {"files": [columns["sha256"] for columns in copies.columns]}
    return [Event("number-copied", f"document:{row.id}", facts)]


def going_out(files: Sequence[AnyRow]) -> list[AnyRow]:
    """What receivers get: numbered copies instead of the files they were made from; no searchable copies."""
    replaced = {file.derived_from for file in files if file.state == NUMBERED}
    return [file for file in files if file.id not in replaced and file.state != SEARCHABLE]


def _copy(hub: Hub, file: AnyRow, mark: Mark, folder: Path) -> dict[str, Any]:
    target = folder / str(file.id)
    source = hub.blobs.path(file.sha256)
    number_aside(source.resolve(), target.resolve(), file.media_type, mark, _limits(hub))
    content = target.read_bytes()
    return {
        "sha256": hub.blobs.put(content),
        "name": _name(file.name, mark),
        "media_type": file.media_type,
        "size": len(content),
        "role": file.role,
        "ordinal": file.ordinal,
        "pages": file.pages,
        "converted_from": "",
        "state": NUMBERED,
        "rendition_of": None,
        "derived_from": file.id,
    }


def _name(name: str, mark: Mark) -> str:
    """The name its sender gave it, with the number before the ending."""
    stem, dot, ending = name.rpartition(".")
    number = mark.symbol.replace("/", "-")
    return clean_name(f"{stem} ({number}).{ending}" if dot else f"{name} ({number})")


def _limits(hub: Hub) -> ReadLimits:
    reading = hub.config.reading
    return ReadLimits(
        seconds=reading.seconds,
        cpu_seconds=max(1, int(reading.seconds)),
        memory_bytes=reading.memory_mb << 20,
    )
