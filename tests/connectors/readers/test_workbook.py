"""Workbooks that people fill in, and workbooks that want to do harm."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from connectors.readers.limits import ReadLimits
from connectors.readers.workbook import MOST_ROWS, Unreadable, sheets_of
from connectors.writers.sheet_xlsx import xlsx_of


def book(rows: list[list[Any]], **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet = workbook.add_worksheet("đơn vị")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, day if isinstance(cell, date) else None)
    return out.getvalue()


def changed(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with something else in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.namelist():
            data = source.read(item)
            assert item != name or old in data
            target.writestr(item, data.replace(old, new) if item == name else data)
    return out.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr(name, data)
    return out.getvalue()


def test_cells_are_the_text_that_they_show() -> None:
    content = book([["mã", "tên"], [], ["", date(2025, 6, 30), 12, 1.5, True, datetime(2025, 6, 30, 8)]])
    rows = sheets_of(content)["đơn vị"]
    assert rows[0][:2] == ["mã", "tên"] and not any(rows[1])
    assert rows[2] == ["", "2025-06-30", "12", "1.5", "yes", "2025-06-30T08:00:00"]


def test_formulas_are_neither_written_nor_run() -> None:
    written = xlsx_of({"units": [["code", "name"], ["a", "=1+1"], ["b", "@SUM(A1)"]]})
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert sheets_of(written)["units"][1:] == [["a", "=1+1"], ["b", "@SUM(A1)"]]


@pytest.mark.parametrize("reference", [b"A200001", b"GS2", b"XFD1048576"])
def test_a_cell_far_away_is_refused_before_room_is_made_for_it(reference: bytes) -> None:
    far = changed(book([["a"], ["b"]]), "xl/worksheets/sheet1.xml", b'"A2"', b'"' + reference + b'"')
    with pytest.raises(Unreadable, match="too-many-cells"):
        sheets_of(far)
    assert MOST_ROWS == 200_000


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "broken"),
        (b"PK\x03\x04 no zip", "broken"),
        (book([["a"]])[:-200], "broken"),
        (zipped("readme.txt", b"hello"), "broken"),
    ],
)
def test_what_is_no_workbook_is_said(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        sheets_of(content)


def test_a_bomb_is_refused() -> None:
    content = book([["a"]])
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", bytes(40 << 20))
    with pytest.raises(Unreadable, match="bomb"):
        sheets_of(out.getvalue())
    with pytest.raises(Unreadable, match="bomb"):
        sheets_of(content, ReadLimits(unpacked_bytes=500))
