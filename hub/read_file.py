"""What one file says, for ``vanthu read``: the same fields as a registered document, without a hub."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connectors.readers.pool import ReaderPool
from connectors.scans.scanners import Scanners, is_scan
from hub.context import Hub
from hub.scanning import scanned
from hub.settings import Scans
from rules.identify.issuer import issuer_party
from rules.identify.recipients import resolve
from rules.records.bundle import Bundle, bundles
from rules.values.antivirus import NOT_SCANNED
from rules.values.reading import Fields, FileReading, Found

NAMES = ("symbol", "date", "place", "issuer", "type", "subject", "signer", "urgency")


def read_file(file: Path, hub: Hub | None) -> list[dict[str, Any]]:
    """The documents in a file (several in a mail), each with the keys of ``vanthu documents --json``.

    With a hub its directory resolves issuer and recipients. Raises ReadFailed.
    """
    pool, scanners = ReaderPool(1), Scanners()
    kind = "mail" if file.suffix.lower() == ".eml" else "file"
    try:
        with tempfile.TemporaryDirectory(prefix="vanthu-read-") as folder:
            reading = pool.read(file.resolve(), file.name, kind, Path(folder))
            files = scans_read(scanners, reading.files, Path(folder))
            return [_document(bundle, Path(folder), hub) for bundle in bundles(files)]
    finally:
        scanners.close()
        pool.close()


def scans_read(scanners: Scanners, files: Sequence[FileReading], folder: Path) -> list[FileReading]:
    """The files, scans read by OCR where this machine has it."""
    if scanners.lacking:
        return list(files)
    found: list[FileReading] = []
    for number, file in enumerate(files):
        inner = folder / f"scan-{number}"
        inner.mkdir()
        found += scanned(scanners, file, folder, inner, Scans().max_pages) if is_scan(file) else [file]
    return found


def _document(bundle: Bundle, folder: Path, hub: Hub | None) -> dict[str, Any]:
    fields = bundle.main.fields
    named = {name: _value(getattr(fields, name)) for name in NAMES}
    blocks, units = _recipients(fields, bundle.main.reading.text, hub)
    return {
        "id": None,
        "symbol_rest": fields.symbol_rest or None,
        "unread": list(fields.unread),
        **{name: named[name] for name in ("symbol", "date", "place")},
        "issuer": _issuer(fields, hub) or named["issuer"],
        **{name: named[name] for name in ("type", "subject", "signer", "urgency")},
        **blocks,
        "units": units,
        "files": [
            {
                "name": item.file.name,
                "sha256": hashlib.sha256((folder / item.file.path).read_bytes()).hexdigest(),
                "media_type": item.file.reading.media_type,
                "role": item.role.value,
                "state": item.file.reading.state,
                "antivirus": NOT_SCANNED,
                "warnings": list(item.file.reading.warnings),
                "converted_from": list(item.file.reading.converted_from),
            }
            for item in bundle.files
        ],
        "direction": None,
        "status": None,
        "source": "file",
        "confidence": {
            name: round(found.confidence, 2) for name in NAMES if (found := getattr(fields, name)) is not None
        },
        "entries": [],
        "text": bundle.main.reading.text,
    }


def _value(found: Found[Any] | None) -> Any:
    if found is None:
        return None
    value = found.value
    return value.isoformat() if hasattr(value, "isoformat") else value


def _issuer(fields: Fields, hub: Hub | None) -> str | None:
    if hub is None:
        return None
    day = fields.date.value if fields.date is not None else hub.today()
    match = issuer_party(fields, hub.directory, day, ())
    return match[0] if match is not None else None


def _recipients(
    fields: Fields, text: str, hub: Hub | None
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Both blocks as written; with a directory also the parties they stand for."""
    if hub is None:
        plain = {"recipients": fields.recipients, "addressees": fields.addressees}
        return {name: [{"text": e.text, "parties": []} for e in found] for name, found in plain.items()}, []
    day = fields.date.value if fields.date is not None else hub.today()
    resolved = resolve(fields.recipients, fields.addressees, hub.directory, day, text=text)
    parties = dict.fromkeys(party for entry in resolved for party in entry.parties)
    kinds = {"recipients": "block", "addressees": "addressee"}
    blocks = {
        name: [{"text": e.text, "parties": list(e.parties)} for e in resolved if e.kind == kind]
        for name, kind in kinds.items()
    }
    return blocks, [party for party in parties if party in hub.directory.units]
