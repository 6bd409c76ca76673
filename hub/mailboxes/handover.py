"""Hand-over sheets: a page for each new mailbox with its first password, in the order of the units."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import segno

from connectors.writers.sheet_pdf import pdf_of
from hub.context import Hub
from hub.mailboxes.settings_for_programs import servers
from hub.mailboxes.wording import settings_url, us
from hub.render import page

A_FILE = 50  # sheets; a file of hundreds takes minutes to open on an old machine
DOCUMENTS = "Công văn đến"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's."""

    unit: str
    person: str
    address: str
    password: str
    code: str  # the QR code as a data: address


def write_sheets(hub: Hub, made: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """PDF files, readable by their owner only, because they hold passwords. Raises OSError."""
    order = {code: at for at, code in enumerate(hub.directory.units)}
    rows = sorted(made, key=lambda row: (order.get(row["unit"], len(order)), row["address"]))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = []
    for number, start in enumerate(range(0, len(rows), A_FILE), start=1):
        part = rows[start : start + A_FILE]
        file = folder / f"{hub.local(hub.now()):%Y%m%d-%H%M%S}-{number:02d}-{part[0]['unit'] or 'x'}.pdf"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(sheets_pdf(hub, part))
        files.append(file)
    return files


def sheets_pdf(hub: Hub, made: Sequence[Mapping[str, Any]]) -> bytes:
    """One PDF with a page for each."""
    found = servers(hub)
    values = {
        "organisation": hub.config.organisation.name,
        "until": hub.local(hub.now() + timedelta(hours=hub.config.mailboxes.first_password_hours)),
        "documents": DOCUMENTS,
        "imap": ", ".join(server.words for server in found if server.kind == "imap") or "-",
        "submission": ", ".join(server.words for server in found if server.kind == "smtp") or "-",
        "help_address": us(hub).help_address,
        "sheets": [_sheet(hub, row) for row in made],
    }
    return pdf_of(page("handover", values, folder="sheets"))


def _sheet(hub: Hub, row: Mapping[str, Any]) -> Sheet:
    code = segno.make(settings_url(hub, row["address"]), error="m").png_data_uri(scale=6, border=2)
    unit = hub.directory.party_name(row["unit"]) if row["unit"] else ""
    return Sheet(unit, row["person"], row["address"], row["first_password"], code)
