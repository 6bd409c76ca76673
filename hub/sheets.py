"""Sheets of the organisation as files: CSV or a workbook, read into texts and written from the directory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.texts import _
from hub.words import reason_text
from rules.directory import Directory
from rules.sheets import shape_of, to_sheets
from rules.sheets.rows import SHAPES
from rules.sheets.table import LARGEST, escaped
from rules.sheets.write import tables

LINE_BREAK = (
    "\u2028"  # stands for a line break in a cell: a sign that the sheets refuse, on the row's own line
)


class SheetUnreadable(Exception):
    """Why a file cannot be read or written, in one sentence."""


def read_sheets(files: Sequence[Path], allowed: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Texts by the sheet's own name (``units.csv``), and where each was read from. Raises SheetUnreadable.

    Of a folder, as the export writes it, the sheets that are allowed are read.
    """
    sheets: dict[str, str] = {}
    origins: dict[str, str] = {}
    for file, of_folder in _each(files):
        for name, text, origin in _read(file):
            if of_folder and name in SHAPES and name.removesuffix(".csv") not in allowed:
                continue
            if name in sheets:
                raise SheetUnreadable(
                    _("{one} and {other} are the same sheet, {sheet}; give one of them").format(
                        one=origins[name], other=origin, sheet=name
                    )
                )
            if name.removesuffix(".csv") not in allowed:
                raise SheetUnreadable(_wrong(origin, name, allowed))
            sheets[name], origins[name] = text, origin
    return sheets, origins


def _each(files: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """The files, and those in folders; whether it stood in one."""
    for file in files:
        inside = sorted(file.glob("*.csv")) if file.is_dir() else []
        if file.is_dir() and not inside:
            raise SheetUnreadable(_("{folder}: there is no sheet (.csv) in this folder").format(folder=file))
        yield from [(one, True) for one in inside] or [(file, False)]


def _wrong(origin: str, name: str, allowed: Sequence[str]) -> str:
    words = _(
        "{origin} is the sheet {sheet}; this command takes: {allowed}. All of them: vanthu units import"
    )
    return words.format(origin=origin, sheet=name.removesuffix(".csv"), allowed=", ".join(allowed))


def _read(file: Path) -> list[tuple[str, str, str]]:
    """(the sheet's own name, its text, where it stands) of every sheet in a file."""
    try:
        if file.stat().st_size > LARGEST * 1_000_000:
            raise SheetUnreadable(
                _("{file}: larger than {limit} MB; split it into several").format(file=file, limit=LARGEST)
            )
        content = file.read_bytes()
    except OSError as error:
        raise SheetUnreadable(
            _("{file}: cannot be read: {error}").format(file=file, error=error.strerror)
        ) from error
    if content.startswith(b"PK"):
        return _workbook(file, content)
    text = content.decode("utf-8", "surrogateescape")
    heading = text.lstrip("\ufeff").partition("\n")[0]
    cells = heading.replace(",", ";").replace("\t", ";").split(";")
    return [(f"{shape_of(file.stem, cells) or file.stem}.csv", text, file.name)]


def _workbook(file: Path, content: bytes) -> list[tuple[str, str, str]]:
    """Every sheet of a workbook that holds anything, as CSV with a line for each row."""
    from connectors.readers.workbook import Unreadable, sheets_of

    try:
        found = sheets_of(content)
    except Unreadable as error:
        why = reason_text(str(error))
        raise SheetUnreadable(_("{file}: cannot be read: {error}").format(file=file, error=why)) from error
    filled = {name: rows for name, rows in found.items() if any(cell for row in rows for cell in row)}
    if not filled:
        raise SheetUnreadable(_("{file}: there is nothing in it").format(file=file))
    read = []
    for title, rows in filled.items():
        heading = next(row for row in rows if any(row))
        read.append((f"{shape_of(title, heading) or title}.csv", _as_csv(rows), f"{file.name}[{title}]"))
    return read


def _as_csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for row in rows:
        writer.writerow([cell.replace("\r\n", "\n").replace("\n", LINE_BREAK) for cell in row])
    return out.getvalue()


def write_sheets(directory: Directory, wanted: Sequence[str], out: Path) -> int:
    """These sheets as a workbook, or as CSV files in a folder; how many. Raises SheetUnreadable."""
    names = [f"{name}.csv" for name in wanted]
    try:
        if out.suffix.lower() == ".xlsx":
            out.write_bytes(_book(directory, names))
        elif out.suffix.lower() in (".csv", ".xls", ".ods"):
            raise SheetUnreadable(_("{file}: name a workbook (.xlsx) or a folder").format(file=out))
        else:
            out.mkdir(parents=True, exist_ok=True)
            texts = to_sheets(directory)
            for name in names:
                (out / name).write_text(texts[name], encoding="utf-8-sig")  # because Excel needs the mark
    except OSError as error:
        raise SheetUnreadable(
            _("{file}: cannot be written: {error}").format(file=out, error=error.strerror)
        ) from error
    return len(names)


def _book(directory: Directory, names: Sequence[str]) -> bytes:
    """A workbook; its cells are escaped too, because it may be saved as CSV and opened again."""
    from connectors.writers.sheet_xlsx import xlsx_of

    rows = tables(directory)
    return xlsx_of(
        {
            name.removesuffix(".csv"): [
                list(SHAPES[name].columns),
                *([escaped(cell) for cell in row] for row in rows[name]),
            ]
            for name in names
        }
    )
