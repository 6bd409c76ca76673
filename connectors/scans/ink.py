"""Connected shapes of ink on a part of a page; those larger than letters taken off: seals, signatures.

Runs of dark points are joined into shapes row by row; Pillow has no such search, and a signature's
part has some thousand runs, which take Python a hundredth of a second.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from PIL import Image, ImageDraw

_DARK = 140  # darker is ink
_RUN = re.compile(rb"\x01+")
_TALL, _WIDE = 0.24, 0.6  # inches; letters with their accents are lower, letters that touch are narrower
_MOST_RUNS = 60_000  # a part with more is no text

Dark = tuple[int, int, int]  # row, first and last column of a run


def without_large(grey: Image.Image, dpi: int) -> Image.Image:
    """A copy without shapes larger than letters; letters that touch one go with it."""
    copy = grey.copy()
    draw = ImageDraw.Draw(copy)
    for shape in shapes(grey):
        tall = shape[-1][0] - shape[0][0]
        wide = max(run[2] for run in shape) - min(run[1] for run in shape)
        if tall > _TALL * dpi or wide > _WIDE * dpi:
            for row, start, end in shape:
                draw.line((start - 1, row, end + 1, row), fill=255)
    return copy


def shapes(grey: Image.Image, dark: int = _DARK) -> Iterator[list[Dark]]:
    """The runs of each connected shape of what is darker than ``dark``, from the top."""
    runs: list[Dark] = []
    leader: list[int] = []
    above: list[int] = []
    for row in _rows(grey, dark):
        numbers = range(len(runs), len(runs) + len(row))
        runs += row
        leader += numbers
        _join(runs, leader, above, numbers)
        above = list(numbers)
        if len(runs) > _MOST_RUNS:
            return
    shapes: dict[int, list[Dark]] = defaultdict(list)
    for number, run in enumerate(runs):
        shapes[_leader(leader, number)].append(run)
    yield from shapes.values()


def _rows(grey: Image.Image, dark: int) -> Iterator[list[Dark]]:
    width, data = grey.width, grey.point([1 if level < dark else 0 for level in range(256)]).tobytes()
    for row in range(grey.height):
        line = data[row * width : (row + 1) * width]
        yield [(row, match.start(), match.end() - 1) for match in _RUN.finditer(line)]


def _join(runs: list[Dark], leader: list[int], above: list[int], row: range) -> None:
    """Runs of two neighbouring rows that touch, corners too, get one leader."""
    at = 0
    for number in row:
        _, start, end = runs[number]
        while at < len(above) and runs[above[at]][2] < start - 1:
            at += 1
        for other in above[at:]:
            if runs[other][1] > end + 1:
                break
            leader[_leader(leader, other)] = _leader(leader, number)


def _leader(leader: list[int], number: int) -> int:
    while leader[number] != number:
        leader[number] = leader[leader[number]]
        number = leader[number]
    return number
