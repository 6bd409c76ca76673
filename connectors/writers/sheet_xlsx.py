"""Tables become a spreadsheet. Text stays text: nothing that begins with = is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

LONGEST_NAME = 31  # characters of a sheet's name


def xlsx_of(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook with a sheet for each table; the first row is its heading."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name[:LONGEST_NAME])
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, 0, 44)
            sheet.set_column(1, max((len(row) for row in rows), default=1), 14)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, [_cell(value) for value in row], head if number == 0 else None)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return "" if value is None else value
