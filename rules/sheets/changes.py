"""What an import or a reform changes, row by row and field by field."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from rules.directory import Directory
from rules.sheets.rows import SHAPES
from rules.sheets.table import Shape
from rules.sheets.write import tables

What = Literal["added", "changed", "closed", "removed"]
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is new, other, ended or gone.

    ``sheet`` is the sheet's name without its ending, ``key`` says which row, ``fields`` are
    (column, before, after), ``line`` is where an imported sheet says so (0: nowhere).
    """

    sheet: str
    what: What
    key: Cells
    fields: tuple[tuple[str, str, str], ...]
    line: int = 0


def compare(
    before: Directory, after: Directory, lines: Mapping[tuple[str, Cells], int] | None = None
) -> tuple[Change, ...]:
    """Every row in which the two differ, in the order of the sheets."""
    old, new = tables(before), tables(after)
    found = (
        change for file, shape in SHAPES.items() for change in _differ(shape, old[file], new[file], lines)
    )
    return tuple(found)


def _differ(
    shape: Shape, old: list[Cells], new: list[Cells], lines: Mapping[tuple[str, Cells], int] | None
) -> Iterator[Change]:
    same = Counter(old) & Counter(new)
    was, becomes = _by_key(shape, old, Counter(same)), _by_key(shape, new, Counter(same))
    for key in dict.fromkeys((*becomes, *was)):
        line = (lines or {}).get((shape.file, key), 0)
        for one, other in zip_longest(was.get(key, ()), becomes.get(key, ())):
            yield _change(shape, key, one, other, line)


def _by_key(shape: Shape, rows: list[Cells], same: Counter[Cells]) -> dict[Cells, list[Cells]]:
    """Rows that are not the same on both sides, by what tells which row it is."""
    places = [list(shape.columns).index(column) for column in shape.key]
    found: defaultdict[Cells, list[Cells]] = defaultdict(list)
    for row in rows:
        if same[row] > 0:
            same[row] -= 1
        else:
            found[tuple(row[place] for place in places)].append(row)
    return found


def _change(shape: Shape, key: Cells, old: Cells | None, new: Cells | None, line: int) -> Change:
    empty = ("",) * len(shape.columns)
    cells = zip(shape.columns, old or empty, new or empty, strict=True)
    told = tuple((name, a, b) for name, a, b in cells if a != b and name not in shape.key)
    sheet = shape.file.removesuffix(".csv")
    if old is None or new is None:
        return Change(sheet, "added" if old is None else "removed", key, told, line if old is None else 0)
    ends = {name: (a, b) for name, a, b in told if name in ("valid_to", "successor")}
    was, will = ends.get("valid_to", ("", ""))
    closed = len(ends) == len(told) and bool(will) and (not was or will < was)
    return Change(sheet, "closed" if closed else "changed", key, told, line)
