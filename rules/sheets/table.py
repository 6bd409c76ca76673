"""Bytes of one CSV sheet into rows that know their line."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from rules.sheets.errors import SheetError
from rules.text.fold import fold

LARGEST = 20  # MB of one sheet
LONGEST_CELL = 1000  # characters
_FORMULA_STARTS = tuple("=+-@'＝＋－＠")  # the wide ones too, because some spreadsheets take them


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of one sheet: name -> the heading in Vietnamese that is understood too.

    ``key`` are the columns that tell which row it is, ``title`` is its name in a workbook.
    """

    file: str
    columns: dict[str, str]
    required: tuple[str, ...]
    key: tuple[str, ...]
    title: str

    def reads(self, heading: Iterable[str]) -> bool:
        """Whether this is the heading of such a sheet: every column known, none that it needs missing."""
        known = {fold(alias): name for name, alias in self.columns.items()} | {n: n for n in self.columns}
        names = [known.get(fold(" ".join(cell.split())), "") for cell in heading if cell.strip()]
        return all(names) and set(self.required) <= set(names)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet; cells are NFC, trimmed, absent ones empty."""

    file: str
    line: int
    cells: dict[str, str]

    def fault(self, column: str, code: str, **values: object) -> SheetError:
        """An error at this place."""
        shown = tuple((name, str(value)[:200]) for name, value in values.items())
        return SheetError(self.file, self.line, column, code, shown)


def nearest(wrong: str, right: list[str]) -> str:
    """The right word most like ``wrong``, or the first few when none is alike."""
    near = get_close_matches(wrong[:100], right, 1, 0.5)
    return near[0] if near else " / ".join(right[:3]) or "-"


def escaped(cell: str) -> str:
    """The cell as written out: no spreadsheet takes it for a formula; ``read`` undoes it."""
    return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell


def read(shape: Shape, data: bytes, errors: list[SheetError]) -> Iterator[Row]:
    """The rows of a sheet in UTF-8 (BOM or not) with ``;``, ``,`` or tabs; faults go to ``errors``."""
    top = Row(shape.file, 0, {})
    if len(data) > LARGEST * 1_000_000:
        errors.append(top.fault("", "too_large", limit=LARGEST))
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        errors.append(Row(shape.file, line, {}).fault("", "encoding"))
        return
    yield from _rows(shape, text, errors)


def _rows(shape: Shape, text: str, errors: list[SheetError]) -> Iterator[Row]:
    lines = _lines(shape.file, text, errors)
    heading = next(lines, None)
    if heading is None:
        if not errors or errors[-1].file != shape.file:
            errors.append(Row(shape.file, 1, {}).fault("", "empty", words=", ".join(shape.columns)))
        return
    columns = _columns(shape, heading, errors)
    if columns is None:
        return
    for line, cells in lines:
        yield _row(Row(shape.file, line, {}), columns, cells, errors)


def _lines(file: str, text: str, errors: list[SheetError]) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold something, with the number of their first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not (begin == 1 and cells[0].startswith("sep=")):
                yield begin, cells
            begin = reader.line_num + 1
    except csv.Error as wrong:
        errors.append(Row(file, begin, {}).fault("", "broken", value=wrong))


def _separator(text: str) -> str:
    head = text[:5000].lstrip().partition("\n")[0]
    if head.startswith("sep=") and len(head.strip()) == 5:
        return head[4]
    return max(";,\t", key=head.count)


def _columns(shape: Shape, heading: tuple[int, list[str]], errors: list[SheetError]) -> list[str] | None:
    line, cells = heading
    row = Row(shape.file, line, {})
    known = {fold(alias): name for name, alias in shape.columns.items()} | {n: n for n in shape.columns}
    names = [known.get(fold(" ".join(cell.split())), "") for cell in cells]
    faults = [
        row.fault(cell, "unknown_column", value=cell, nearest=nearest(cell, list(shape.columns)),
                  words=", ".join(shape.columns))
        for cell, name in zip(cells, names, strict=True) if not name and cell.strip()
    ]  # fmt: skip
    faults += [
        row.fault(name, "doubled_column", value=name) for name in set(names) if names.count(name) > 1 and name
    ]
    faults += [row.fault(name, "missing_column", value=name) for name in shape.required if name not in names]
    errors.extend(faults)
    return None if faults else names


def _row(row: Row, columns: list[str], cells: list[str], errors: list[SheetError]) -> Row:
    if any(cell.strip() for cell in cells[len(columns) :]):
        errors.append(row.fault("", "too_many_cells"))
    for column, cell in zip(columns, cells, strict=False):
        if column:
            row.cells[column] = _cell(row, column, cell, errors)
    return row


def _cell(row: Row, column: str, cell: str, errors: list[SheetError]) -> str:
    """One clean cell. Lengths and invisible signs are faults, because names are shown everywhere."""
    if len(cell) > LONGEST_CELL:
        errors.append(row.fault(column, "too_long", limit=LONGEST_CELL))
        return ""
    clean = unicodedata.normalize("NFC", cell.replace("\u00a0", " ").strip(" \t"))
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") for sign in clean):
        errors.append(row.fault(column, "control"))
        return ""
    return clean[1:] if clean[:1] == "'" and clean[1:].startswith(_FORMULA_STARTS) else clean
