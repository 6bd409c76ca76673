"""Columns that ran together: a header's line is parted where the motto, or place and date, begin.

Extraction leaves a single blank between the columns where they stand close, so
"TỈNH HẬU GIANG Độc lập - Tự do - Hạnh phúc" comes as one cell.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rules.identify import words
from rules.identify.lines import Cell, Line

_HEADER = 14  # lines in which the right column may begin
_LONGEST = 170
_LEAST = 6  # characters of a name left of it
_REPUBLIC = re.compile(r"\bC[ỘO]NG\s+H(?:ÒA|OÀ|OA|ÒÀ)\s+XÃ\s+H[ỘO]I\b")
_MOTTO = re.compile(r"\bĐ[ộo]c\s*l[ậa]p\s*[-–—]\s*T[ựu]\s*do\b", re.IGNORECASE)
_PARTY = re.compile(r"\bĐẢNG\s+CỘNG\s+SẢN\s+VIỆT\s+NAM$")
_BULLET = re.compile(r"^([-–•+*]\s?[^;]{2,120}?[;.])\s+([^;.]*\.?[^;.]{6,60})$")
_FAR = 40.0  # columns of plain text
_DAY = re.compile(r"\s*,?\s*ngày\b")

Finder = Callable[[str], int]  # where the right column begins in a text; -1: nowhere


def parted(lines: Sequence[Line]) -> list[Line]:
    """The lines with the right column's cells on their own; each of its phrases is looked for once."""
    wanted: list[Finder] = [*map(_start, (_REPUBLIC, _MOTTO, _PARTY)), _dated]
    return [*(_parted(line, wanted) for line in lines[:_HEADER]), *lines[_HEADER:]]


def signed_apart(lines: Sequence[Line]) -> list[Line]:
    """The same below: "- Như trên; PHÓ GIÁM ĐỐC" of plain text is a bullet and the signer's title."""
    return [line if line.boxed or len(line.cells) != 1 else _signed_apart(line) for line in lines]


def _signed_apart(line: Line) -> Line:
    cell = line.cells[0]
    match = _BULLET.match(cell.text) if len(cell.text) <= _LONGEST else None
    if match is None or not _signs(match.group(2)):
        return line
    right = replace(cell, text=match.group(2), x0=cell.x1 + _FAR, x1=cell.x1 + 2 * _FAR)
    return replace(line, cells=(replace(cell, text=match.group(1)), right))


def _signs(text: str) -> bool:
    if words.is_title(text):
        return words.caps(text)
    name = words.person_name(text)
    return bool(name) and words.sure_name(name) and len(name.split()) > 2


def _start(pattern: re.Pattern[str]) -> Finder:
    return lambda text: match.start() if (match := pattern.search(text)) else -1


def _dated(text: str) -> int:
    """The place's name before "ngày": the words in small letters behind words in capitals."""
    match = _DAY.search(text)
    if match is None:
        return -1
    before = text[: match.start()].split()
    place = list(itertools.takewhile(_of_a_place, reversed(before)))[::-1]
    name = before[: len(before) - len(place)]
    if not place or not name or not (name[-1].isalpha() and name[-1].isupper()):
        return -1
    return text.rfind(" ".join(place), 0, match.start())


def _of_a_place(word: str) -> bool:
    return word[0].isupper() and (not word.isupper() or word in ("TP.", "T.P"))


def _parted(line: Line, wanted: list[Finder]) -> Line:
    cells = [piece for cell in line.cells for piece in _pieces(cell, wanted)]
    return line if len(cells) == len(line.cells) else replace(line, cells=tuple(cells))


def _pieces(cell: Cell, wanted: list[Finder]) -> Iterator[Cell]:
    at = _found(cell.text, wanted)
    before, after = cell.text[: max(0, at)].rstrip(), cell.text[max(0, at) :]
    if len(before) < _LEAST or not after:
        yield cell
        return
    reach = (cell.x1 - cell.x0) / len(cell.text)
    yield replace(cell, text=before, x1=cell.x0 + reach * len(before))
    yield replace(cell, text=after, x0=cell.x1 - reach * len(after))


def _found(text: str, wanted: list[Finder]) -> int:
    if len(text) > _LONGEST:
        return -1
    for finder in wanted:
        if (at := finder(text)) >= 0:
            wanted.remove(finder)
            return at
    return -1
