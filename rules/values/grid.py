"""A sheet of a workbook as its cells."""

from dataclasses import dataclass

Cell = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, and the merged ranges as (first row, first column, last row, last column), from 0."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
