"""A form to be filled in as a workbook: one column to write into, everything else locked.

No cells are merged and nothing is hidden, because both are what forms come back broken with.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (10, 60, 14, 18, 26, 34)
_LINE_CHARACTERS = 62  # of a name, before its row needs a second line
_INK, _LINE, _OPEN = "#1F3A5F", "#B8C4D6", "#FFF8DC"


@dataclass(frozen=True, slots=True)
class FormRow:
    """One question; ``choices`` become a list to pick from, ``whole`` wants a whole number."""

    code: str
    name: str
    unit: str
    known: Any
    value: Any
    section: str = ""
    choices: tuple[str, ...] = ()
    whole: bool = False
    number: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A form with its title, the lines above the table, the heading of each column, its rows."""

    name: str
    title: str
    lines: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[FormRow, ...]
    notes: tuple[str, ...] = ()


def form_xlsx(form: FormSheet) -> bytes:
    """The workbook: A4 upright, its heading repeated on each page."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(form.name[:31])
        _page(sheet)
        row = _top(book, sheet, form)
        _table(book, sheet, form, row)
    return out.getvalue()


def _page(sheet: Worksheet) -> None:
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.hide_gridlines(2)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _top(book: Workbook, sheet: Worksheet, form: FormSheet) -> int:
    sheet.write_string(0, 0, form.title, book.add_format({"bold": True, "font_size": 15, "font_color": _INK}))
    sheet.set_row(0, 26)
    label = book.add_format({"font_color": "#5A6B82"})
    value = book.add_format({"bold": True})
    row = 1
    for name, text in form.lines:
        sheet.write_string(row, 0, name, label)
        sheet.write_string(row, 1, text, value)
        row += 1
    note = book.add_format({"italic": True, "font_color": "#5A6B82"})
    for text in form.notes:
        sheet.write_string(row, 0, text, note)
        row += 1
    return row + 1


def _table(book: Workbook, sheet: Worksheet, form: FormSheet, top: int) -> None:
    look = {"border": 1, "border_color": _LINE, "text_wrap": True, "valign": "vcenter"}
    head = book.add_format({**look, "bold": True, "font_color": "white", "bg_color": _INK, "align": "center"})
    for column, text in enumerate(form.heads):
        sheet.write_string(top, column, text, head)
    sheet.set_row(top, 32)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    band = book.add_format({"bold": True, "bg_color": "#E4EAF3", "font_color": _INK, "bottom": 1})
    plain = book.add_format(look)
    known = book.add_format({**look, "align": "right", "font_color": "#5A6B82"})
    open_ = book.add_format({**look, "align": "right", "bg_color": _OPEN, "locked": False})
    words = book.add_format({**look, "bg_color": _OPEN, "locked": False, "num_format": "@"})
    row, section = top + 1, ""
    for item in form.rows:
        if item.section != section:
            section = item.section
            sheet.write_string(row, 0, section, band)
            for column in range(1, len(form.heads)):
                sheet.write_blank(row, column, None, band)  # empty, so that the words may run over it
            row += 1
        _row(sheet, row, item, (plain, known, open_, words))
        row += 1


def _row(sheet: Worksheet, row: int, item: FormRow, looks: Sequence[Format]) -> None:
    plain, known, open_, words = looks
    if len(item.name) > _LINE_CHARACTERS:
        sheet.set_row(row, 32)
    sheet.write_string(row, 0, item.code, plain)
    sheet.write_string(row, 1, item.name, plain)
    sheet.write_string(row, 2, item.unit, plain)
    _write(sheet, row, 3, item.known, known)
    _write(sheet, row, 4, item.value, open_ if item.number else words)
    sheet.write_string(row, 5, item.hint, plain)
    if item.choices:
        sheet.data_validation(row, 4, row, 4, {"validate": "list", "source": list(item.choices)})
    elif item.whole:
        sheet.data_validation(
            row, 4, row, 4, {"validate": "integer", "criteria": ">=", "value": 0, "error_type": "warning"}
        )


def _write(sheet: Worksheet, row: int, column: int, value: Any, look: Format) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, look)
    elif value is None or value == "":
        sheet.write_blank(row, column, None, look)
    else:
        sheet.write_string(row, column, str(value), look)
