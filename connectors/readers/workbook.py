"""A workbook (.xlsx) that somebody filled in: the cells of its sheets as the text that they show."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from connectors.readers import container
from connectors.readers.limits import DEFAULT, ReadLimits

MOST_ROWS, MOST_COLUMNS = 200_000, 200
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]{0,200}?\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


class Unreadable(Exception):
    """Why it is no workbook that can be read: a code (``hub.words``)."""


def sheets_of(content: bytes, limits: ReadLimits = DEFAULT) -> dict[str, list[list[str]]]:
    """Sheet name -> rows, each row at the place it has in the sheet. Raises Unreadable.

    The zip is looked through first, because the reader makes room for every cell between
    the first and the last one, wherever a hostile sheet puts them.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            container.check(archive)
            _bounded(container.Container(archive, limits))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {name: _rows(book, name) for name in book.sheet_names}
    except container.Refused as refusal:
        raise Unreadable(str(refusal)) from refusal
    except (CalamineError, KeyError, *container.BROKEN) as error:
        raise Unreadable("broken") from error


def _bounded(opened: container.Container) -> None:
    for name in sorted(opened.names):
        data = opened.bytes_of(name)  # every part, because the reader trusts the sizes that they declare
        if _SHEET.fullmatch(name) and any(_beyond(*match.groups()) for match in _CELL.finditer(data)):
            raise Unreadable("too-many-cells")


def _beyond(letters: bytes, number: bytes) -> bool:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column > MOST_COLUMNS or int(number) > MOST_ROWS


def _rows(book: CalamineWorkbook, name: str) -> list[list[str]]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    """A date as 2025-06-30, a whole number without a point, yes and no as the sheets write them."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)
