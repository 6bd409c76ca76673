"""A batch of scanned pages cut into letters by its separator sheets (patch-T, QR code, Code 128)."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.values.scan import PATCH_T, ScannedPage

SHEET = "VANTHU-TACH"  # what our own sheets say, with the unit's code behind a colon
_PLAIN = frozenset({SHEET, "PATCHT", "PATCH-T", "PATCH T"})


@dataclass(frozen=True, slots=True)
class Part:
    """The pages of one letter without blank ones; ``unit`` is what the sheet before it says of it."""

    pages: tuple[ScannedPage, ...]
    unit: str = ""
    after_sheet: bool = False


def sheet_text(unit: str) -> str:
    """What a separator sheet of a unit says in its codes."""
    return f"{SHEET}:{unit}" if unit else SHEET


def sheet_unit(page: ScannedPage) -> str | None:
    """The unit on a separator sheet, "" where it names none; None where the page is no sheet."""
    found: str | None = None
    for mark in page.marks:
        head, _colon, unit = mark.text.strip().partition(":")
        if head.upper() == SHEET and unit:
            return unit.strip().lower()
        if mark.kind == PATCH_T or mark.text.strip().upper() in _PLAIN:
            found = ""
    return found


def parts(pages: Sequence[ScannedPage]) -> tuple[Part, ...]:
    """The letters of a batch, in order. Sheets belong to none; what a sheet says ends with the next sheet."""
    found: list[Part] = []
    gathered: list[ScannedPage] = []
    unit, after = "", False
    for page in pages:
        said = sheet_unit(page)
        if said is None:
            gathered.append(page)
            continue
        found += _part(gathered, unit, after)
        gathered, unit, after = [], said, True
    found += _part(gathered, unit, after)
    return tuple(found)


def _part(pages: Sequence[ScannedPage], unit: str, after: bool) -> list[Part]:
    written = tuple(page for page in pages if not page.blank)
    return [Part(written, unit, after)] if written else []
