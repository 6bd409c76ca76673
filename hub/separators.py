"""Separator sheets to print: laid between the letters of a batch, read back by the scanner's own splitter."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.scans.codes import bars, square
from connectors.writers.sheet_pdf import pdf_of
from hub.context import Hub
from hub.render import page
from rules.records.batch import sheet_text


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; without a code it only parts letters. The pictures are data: addresses."""

    code: str
    name: str
    qr: str
    bars: str


def sheets_pdf(hub: Hub, units: Sequence[str]) -> bytes:
    """A page for each unit, or one that names none."""
    sheets = [_sheet(hub, unit) for unit in units or ("",)]
    return pdf_of(
        page("separator", {"organisation": hub.config.organisation.name, "sheets": sheets}, folder="sheets")
    )


def _sheet(hub: Hub, unit: str) -> Sheet:
    text = sheet_text(unit)
    name = hub.directory.party_name(unit) if unit else ""
    return Sheet(unit, name, _address(square(text)), _address(bars(text)))


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
