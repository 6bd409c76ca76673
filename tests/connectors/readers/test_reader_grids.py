"""Workbooks as cells: values keep their kind, and no file does more than be refused."""

import io
import random
from pathlib import Path

import pytest
import xlsxwriter

from connectors.readers.grid import MOST_ROWS, NoWorkbook, read_grids
from connectors.readers.pool import ReaderPool, ReadFailed


def workbook(rows: int = 3) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Báo cáo")
        sheet.write_row(0, 0, ["Mã", 12.5, True, None, "=1+1"])
        sheet.merge_range(1, 0, 1, 2, "gộp")
        for row in range(2, rows):
            sheet.write_number(row, 3, row)
    return out.getvalue()


def test_cells_keep_their_kind_and_their_place(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook())
    (grid,) = read_grids(file)
    assert grid.name == "Báo cáo" and grid.rows[0][:3] == ("Mã", 12.5, True)
    assert grid.rows[2][:4] == (None, None, None, 2.0) and grid.merged == ((1, 0, 1, 2),)


def test_a_long_sheet_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook(5000))
    assert len(read_grids(file)[0].rows) == MOST_ROWS


def test_a_damaged_workbook_is_refused_or_read_never_worse(tmp_path: Path) -> None:
    whole, dice, file = workbook(), random.Random(7), tmp_path / "a.xlsx"
    for _ in range(200):
        broken = bytearray(whole)
        for _spot in range(dice.randrange(1, 6)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        file.write_bytes(bytes(broken[: dice.randrange(1, len(broken) + 1)]))
        try:
            read_grids(file)
        except NoWorkbook:
            continue


def test_a_child_reads_it_and_says_what_it_cannot(tmp_path: Path) -> None:
    pool = ReaderPool(1)
    try:
        file = tmp_path / "a.xlsx"
        file.write_bytes(workbook())
        assert pool.grids(file)[0].rows[0][0] == "Mã"
        file.write_bytes(b"nothing of the kind")
        with pytest.raises(ReadFailed) as caught:
            pool.grids(file)
        assert not caught.value.transient
    finally:
        pool.close()
