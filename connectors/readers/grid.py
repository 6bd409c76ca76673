"""The cells of a workbook (.xlsx, .xlsm, .xls, .ods), each as the number, word or yes that it holds."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from rules.text.gate import clean
from rules.values.grid import Cell, Grid

MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_MERGED = 10, 1000, 60, 500
LONGEST_CELL = 2000  # characters


class NoWorkbook(Exception):
    """The file is none, is locked, or is broken."""


def read_grids(path: Path) -> tuple[Grid, ...]:
    """The first sheets with their first rows. Raises NoWorkbook."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        return tuple(_grid(book, name) for name in book.sheet_names[:MOST_SHEETS])
    except (CalamineError, OSError, ValueError, IndexError, OverflowError) as error:
        raise NoWorkbook(f"{type(error).__name__}: {error}"[:200]) from error


def _grid(book: CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)
    merged = tuple(
        (top, left, bottom, right)
        for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])[:MOST_MERGED]
    )
    return Grid(clean(name, 100), tuple(tuple(map(_cell, row[:MOST_COLUMNS])) for row in rows), merged)


def _cell(value: Any) -> Cell:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return clean(str(value), LONGEST_CELL, lines=True) or None
