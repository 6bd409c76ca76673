"""Pages as lines of cells: what stands side by side in a header or above a signature stays apart.

With word boxes a cell is a run of words without a wide gap; without boxes it
is what tabs, bars or runs of blanks separate.
"""

import math
import operator
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

from rules.text.fold import fold
from rules.values.reading import Page, Word

_COLUMN_GAP = re.compile(r"\t+[\s|]*|[^\S\n]{3,}\|?\s*|\s\|\s")
_WIDE = 1.4  # in letter sizes: a wider gap between words begins a new cell
_LONGEST_LINE = 4000
_GOES_ON = re.compile(r"^(?:tháng\b|năm\b|/|-[A-ZĐ]|ngày\b)|^\d{1,2}$", re.IGNORECASE)
_LEFT = operator.itemgetter(1)  # of a word: its x0
_WAITS = re.compile(r"(?:ngày|tháng|năm|,|/|\bsố\s*:?|\d)$", re.IGNORECASE)

Row = tuple[float, list[Word]]  # the height of its middle, and its words


@dataclass(frozen=True)
class Cell:
    """One run of text. ``x0``, ``x1`` are points (boxes) or columns (plain text)."""

    text: str
    x0: float
    x1: float
    bold: bool = False

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """Cells from left to right. ``gap`` says that an empty line, or much white, stands above."""

    cells: tuple[Cell, ...]
    page: int
    boxed: bool
    gap: bool = False
    width: float = 0.0  # of the page, in points; 0 without boxes

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


def lines_of(page: Page, limit: int = 400) -> list[Line]:
    """The lines of a page, top to bottom, at most ``limit``."""
    return _from_words(page, limit) if page.words and page.width else _from_text(page, limit)


def cell_below(lines: Sequence[Line], at: int, cell: Cell) -> tuple[Cell, ...]:
    """The cell below in its column, or none; without boxes the first of the next lines."""
    below = (c for line in lines[at + 1 : at + 3] for c in line.cells)
    column = (c for c in below if not lines[at].boxed or (c.x0 < cell.x1 and cell.x0 < c.x1))
    return tuple(islice(column, 1))


# --- plain text ------------------------------------------------------------------


def _from_text(page: Page, limit: int) -> list[Line]:
    lines: list[Line] = []
    gap = False
    for number, raw in enumerate(page.text.splitlines()):
        if not raw.strip():
            gap = True
            continue
        cells = _cells_of_text(
            raw[:_LONGEST_LINE].expandtabs(8) if "\t" not in raw.strip() else raw[:_LONGEST_LINE],
            number in page.bold,
        )
        if cells:
            lines.append(Line(tuple(cells), page.number, False, gap))
        gap = False
        if len(lines) >= limit:
            break
    return lines


def _cells_of_text(raw: str, bold: bool) -> list[Cell]:
    cells: list[Cell] = []
    start = 0
    for end, after in [(m.start(), m.end()) for m in _COLUMN_GAP.finditer(raw)] + [(len(raw), len(raw))]:
        text = " ".join(raw[start:end].split()).strip("|").strip()
        if text:
            column = len(raw[:start].expandtabs(8)) + len(raw[start:end]) - len(raw[start:end].lstrip())
            _append(cells, Cell(text, float(column), float(column + len(text)), bold))
        start = after
    return cells


def _append(cells: list[Cell], cell: Cell) -> None:
    """Add a cell, or join it to the last where that was left open ("ngày     tháng     năm")."""
    if cells and _joins(cells[-1].text, cell.text):
        last = cells.pop()
        cell = Cell(f"{last.text} {cell.text}", last.x0, cell.x1, last.bold and cell.bold)
    cells.append(cell)


def _joins(left: str, right: str) -> bool:
    return bool(_GOES_ON.match(right) and _WAITS.search(left) and len(left) < 60)


# --- words with boxes --------------------------------------------------------------


def _from_words(page: Page, limit: int) -> list[Line]:
    rows = rows_of(page.words)
    return _lines(page, rows, 0, min(limit, len(rows)))


def lines_from(page: Page, mark: re.Pattern[str], above: int) -> list[Line]:
    """The lines of a boxed page from ``above`` lines over the first word that ``mark`` matches; else all.

    Making cells is what costs, so lines that nobody will look at are not made.
    """
    rows = rows_of(page.words)
    matches = mark.match
    marked = (at for at, (_, row) in enumerate(rows) if any(matches(word[0]) for word in row))
    return _lines(page, rows, max(0, next(marked, 0) - above), len(rows))


def _lines(page: Page, rows: Sequence[Row], start: int, end: int) -> list[Line]:
    """Rows as lines; which step is usual all rows of the page tell."""
    much = _usual_step(rows) * 1.6
    lines: list[Line] = []
    for at in range(start, end):
        middle, words = rows[at]
        gap = at > 0 and middle - rows[at - 1][0] > much
        lines.append(Line(tuple(_cells_of_words(words)), page.number, True, gap, page.width))
    return lines


def rows_of(words: Sequence[Word]) -> list[Row]:
    """Words whose middles lie on one height; the order of the file does not matter."""
    rows: list[Row] = []
    row: list[Word] = []
    first = -math.inf
    for word in sorted(words, key=lambda w: w[2] + w[4]):
        _, _, y0, _, y1, _, size = word
        middle = (y0 + y1) / 2
        if middle - first < 0.42 * (size or y1 - y0 or 10.0):
            row.append(word)
        else:
            row, first = [word], middle
            rows.append((middle, row))
    return rows


def _usual_step(rows: Sequence[Row]) -> float:
    steps = sorted(low[0] - high[0] for high, low in pairwise(rows))
    return steps[len(steps) // 2] if steps else 20.0


def _cells_of_words(words: Iterable[Word]) -> list[Cell]:
    cells: list[Cell] = []
    run: list[Word] = []
    end = 0.0
    for word in sorted(words, key=_LEFT):
        _, x0, y0, x1, y1, _, size = word
        if run and x0 - end > _WIDE * (size or y1 - y0 or 10.0):
            _append(cells, _cell(run))
            run = []
        run.append(word)
        end = x1
    if run:
        _append(cells, _cell(run))
    return cells


def _cell(run: Sequence[Word]) -> Cell:
    texts, x0, _, x1, _, fonts, _ = zip(*run, strict=True)
    return Cell(" ".join(texts), x0[0], max(x1), all("bold" in font.lower() for font in set(fonts)))
