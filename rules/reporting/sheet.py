"""A form that came back as a spreadsheet: which form it is, and what stands in its column of answers.

The sheet names its form in the row "Mã phiếu"; its table begins with the heading row that has "Mã" and
"Số liệu của đơn vị". Rows may be added, moved or hidden; what cannot be told apart is a fault.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.reporting.kinds import Kind
from rules.reporting.saying import Said, SayFault
from rules.text.fold import fold
from rules.values.grid import Cell, Grid

MARK = "Mã phiếu"
CODE, NAME, UNIT, KNOWN, VALUE = "Mã", "Nội dung", "Đơn vị tính", "Số liệu của hệ thống", "Số liệu của đơn vị"
_MARK, _CODE, _VALUE = fold(MARK), fold(CODE), fold(VALUE)
_REFERENCE = re.compile(r"([a-z][a-z0-9-]{0,39})/([0-9A-Za-z-]{4,10})/([A-Za-z0-9][A-Za-z0-9._-]{0,59})")
MOST_SHEETS = 20


@dataclass(frozen=True, slots=True)
class Reference:
    """The form that a sheet says it is."""

    kind: str
    period: str
    unit: str


def reference_words(kind: str, period: str, unit: str) -> str:
    """As it stands in the sheet."""
    return f"{kind}/{period}/{unit}"


def reference(grids: Sequence[Grid]) -> Reference | None:
    """The form that one of the sheets names; None when none does."""
    for grid in grids[:MOST_SHEETS]:
        for row in grid.rows:
            if any(_folded(cell).rstrip(":") == _MARK for cell in row):
                found = next(
                    (m for cell in row if (m := _REFERENCE.fullmatch(str(cell or "").strip()))), None
                )
                if found is not None:
                    return Reference(found[1], found[2], found[3])
    return None


def entries(kind: Kind, grids: Sequence[Grid]) -> Said:
    """What stands in the column of answers, by field code."""
    for grid in grids[:MOST_SHEETS]:
        head = _heading(grid)
        if head is not None:
            return _below(kind, grid, *head)
    return Said(faults=(SayFault("no-heading", "", "", f"{CODE}, {VALUE}"),))


def _heading(grid: Grid) -> tuple[int, int, int] | None:
    """Row, column of the codes, column of the answers."""
    for number, row in enumerate(grid.rows):
        words = [_folded(cell) for cell in row]
        if _CODE in words and _VALUE in words:
            return number, words.index(_CODE), words.index(_VALUE)
    return None


def _below(kind: Kind, grid: Grid, head: int, code_column: int, value_column: int) -> Said:
    found: dict[str, Cell] = {}
    faults: list[SayFault] = []
    for number in range(head + 1, len(grid.rows)):
        row = grid.rows[number]
        code = _code(kind, row[code_column] if code_column < len(row) else None)
        if code is None:
            continue
        if code in found:
            faults.append(SayFault("row-twice", code))
        if _is_merged(grid, number, value_column) or _is_merged(grid, number, code_column):
            faults.append(SayFault("merged", code))
        found[code] = row[value_column] if value_column < len(row) else None
    lost = [item.code for item in kind.fields if item.code not in found]
    faults += [SayFault("row-gone", code) for code in lost]
    return Said(found, False, tuple(faults))


def _code(kind: Kind, cell: Cell) -> str | None:
    """The field of a row; 3.1 typed as a number is 3.1, and 8.10 is not 8.1."""
    text = f"{cell:g}" if isinstance(cell, float) else str(cell or "").strip()
    return next((item.code for item in kind.fields if fold(item.code) == fold(text)), None)


def _is_merged(grid: Grid, row: int, column: int) -> bool:
    return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in grid.merged)


def _folded(cell: Cell) -> str:
    return " ".join(fold(cell).split()) if isinstance(cell, str) and len(cell) < 200 else ""


def as_mapping(said: Said) -> Mapping[str, Cell]:
    """The entries that hold something."""
    return {code: cell for code, cell in said.entries.items() if cell is not None and cell != ""}
