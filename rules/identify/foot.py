"""Where the lower zone of a scanned page stands: the recipient block and, right of it, the signature.

OCR reads a page as it finds parts, and across both columns where they stand close. Who knows the
columns can read each alone (`connectors.scans.foot_look`) and knows what is a bullet misread.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rules.identify import block
from rules.identify.lines import rows_of
from rules.text.fold import fold
from rules.values.reading import Word

_NEARLY_HEADING = re.compile(r"^\W{0,3}\w{1,4}\W{0,2}nh[ao]\w{0,2}\W{0,12}$")  # "Mới nhậm:", folded
_ARCHIVE = re.compile(
    r"^\W{0,4}[a-z1]uu\b\W{0,2}(?:vt|v\.t|\S{2,8}[.,;:]|\S{2,8}$)"
)  # "~ bưu: VT, TH", folded
_BULLET = re.compile(r"^[^\w(\[…]{1,3}$|^[¡!|l][-–=~]$")  # a word that is a bullet, as OCR gives it
_GLUED = re.compile(r"^(?:[-–—~¬•·*+=»«°]|[¡!|][-–])+(?=\w)")  # "-BGĐ", "~Như"
_LEFT = 0.45  # share of the width in which the block begins
_WIDEST = 0.62  # and in which it ends
_GAP = 1.3  # in letter sizes: a wider gap between words is a column's
_STEP = 2.4  # the same: rows of a block stand closer
_INDENT = 2.2  # the same: where a bullet or the rest of an entry may begin
_SIGNED = 0.3  # share of the height that a signature takes at most
_ABOVE = 3.5  # in letter sizes: what is looked at above a block whose heading is not known


@dataclass(frozen=True, slots=True)
class Run:
    """Words beside each other without a column's gap; ``at`` are their places in the page's list."""

    at: tuple[int, ...]
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float


@dataclass(frozen=True, slots=True)
class Foot:
    """The sides of the zone, in the units of the words; the block's rows, its heading first if known."""

    left: float
    gutter: float
    top: float
    bottom: float  # of the block
    end: float  # of the signature
    rows: tuple[Run, ...]
    headed: bool
    closed: bool  # the block ends with "Lưu"

    def beside(self, word: Word) -> bool:
        """In the signature's column."""
        return word.x0 >= self.gutter and self.top <= word.y0 and word.y1 <= self.end

    def among(self, word: Word) -> bool:
        """In the block's column, between its first row and its last."""
        across = self.left <= word.x0 and word.x1 <= self.gutter
        return across and self.rows[0].y0 <= word.y1 and word.y0 <= self.rows[-1].y1


def find(words: Sequence[Word], width: float, height: float) -> Foot | None:
    """The first recipient block of the page with what stands beside it, or None."""
    every = list(runs(words))
    left = [run for run in every if run.x0 < _LEFT * width]
    for run in left:
        if is_heading(run.text):
            below = _chain(run, [other for other in left if other.y0 > run.y0])
            if any(begins(other.text) or _is_archive(other.text) for other in below):
                return _foot(every, [run, *below], width, height)
    for run in left:
        if _is_archive(run.text):
            higher = [other for other in reversed(left) if other.y0 < run.y0]
            above = _chain(run, list(takewhile(lambda other: other.x1 < _WIDEST * width, higher)))
            if any(begins(other.text) for other in above):
                return _foot(every, [*reversed(above), run], width, height)
    return None


def is_heading(text: str) -> bool:
    """ "Nơi nhận:", also with a letter or two misread."""
    return block.HEADING.match(text) is not None or _NEARLY_HEADING.match(fold(text)) is not None


def begins(text: str) -> bool:
    """The row of an entry: something like a bullet before its words."""
    first, _blank, rest = text.partition(" ")
    return bool(_GLUED.match(first)) or (bool(rest) and _BULLET.match(first) is not None)


def _is_archive(text: str) -> bool:
    return _ARCHIVE.match(fold(text)) is not None


def bullet(text: str) -> bool:
    """A word that is nothing but a bullet, or the speck that OCR saw before one."""
    return _BULLET.match(text) is not None


def unglued(text: str) -> str:
    """A row's first word without the bullet that sticks to it."""
    return _GLUED.sub("", text)


def runs(words: Sequence[Word]) -> Iterator[Run]:
    """Words beside each other, from top to bottom, in each row from left to right."""
    places = {id(word): at for at, word in enumerate(words)}
    for _middle, row in rows_of(words):
        yield from split(words, sorted((places[id(word)] for word in row), key=lambda at: words[at].x0))


def split(words: Sequence[Word], row: Sequence[int]) -> Iterator[Run]:
    """The runs of one row, given by the places of its words from left to right."""
    run: list[int] = []
    for at in row:
        if run and words[at].x0 - words[run[-1]].x1 > _GAP * (words[at].size or words[at].y1 - words[at].y0):
            yield _run(words, run)
            run = []
        run.append(at)
    if run:
        yield _run(words, run)


def _run(words: Sequence[Word], at: Sequence[int]) -> Run:
    boxes = [words[place] for place in at]
    return Run(
        tuple(at),
        " ".join(box.text for box in boxes),
        boxes[0].x0,
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
        max(box.size or box.y1 - box.y0 for box in boxes),
    )


def _chain(start: Run, others: Sequence[Run]) -> list[Run]:
    """The rows that follow ``start`` closely, as far as they begin where it begins."""
    found: list[Run] = []
    last = start
    for run in others:
        if abs(run.x0 - start.x0) > _INDENT * start.size:
            continue
        if max(run.y0 - last.y1, last.y0 - run.y1) > _STEP * start.size:
            break
        found.append(run)
        last = run
        if _is_archive(run.text) or is_heading(run.text):
            break
    return found


def _foot(every: Sequence[Run], found: list[Run], width: float, height: float) -> Foot:
    own = {run.at for run in found}
    size = found[0].size
    first, last = found[0], found[-1]
    gutter = min(max(run.x1 for run in found) + 0.4 * size, _WIDEST * width)
    across = [
        run for run in every if run.x0 < gutter - size and run.x1 > gutter + 2 * size and run.at not in own
    ]
    above = [run.y1 for run in across if run.y1 <= first.y0 + 0.3 * size]
    below = [run.y0 for run in across if run.y0 >= last.y1]
    headed = is_heading(first.text)
    top = max([*above, first.y0 - (2.0 if headed else _ABOVE) * size, 0.0])
    bottom = last.y1 + (0.5 if _is_archive(last.text) else 2 * _STEP) * size
    end = min([*below, max(top + _SIGNED * height, bottom), height])
    return Foot(
        max(0.0, min(run.x0 for run in found) - _INDENT * size),
        gutter,
        top,
        min([*below, bottom, height]),
        end,
        tuple(found),
        headed,
        _is_archive(last.text),
    )
