"""Place and date of a header, and what a blank date leaves (DOMAIN 4.1 box 4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rules.identify.lines import Cell, Line, cell_below
from rules.values.reading import Found

_DAY = r"(?P<d>[\d\s]{1,4}|[.…_\s]*)"
_MONTH = r"(?P<m>[\d\s]{1,4}|[.…_\s]*)"
_YEAR = r"(?P<y>\d\s?\d\s?\d\s?\d|[.…_\s\d]{0,12})"
_DATE = re.compile(rf"ngày\s*{_DAY}\s*tháng\s*{_MONTH}\s*năm\s*{_YEAR}", re.IGNORECASE)
_SHORT_DATE = re.compile(
    r"(?:ngày\s*)?(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>(?:19|20)\d\d)", re.IGNORECASE
)
_HALF_DATE = re.compile(r"\bngày\s*\d{1,2}(?:\s*tháng(?:\s*\d{1,2}(?:\s*năm)?)?)?$", re.IGNORECASE)
_SENTENCE = re.compile(r"\s*,|\s+[^\W\d_]")  # goes on behind the date
_ABOUT = re.compile(r"^\W{0,3}v\s?/\s?v\b", re.IGNORECASE)
_CITED = re.compile(r"\bsố\s*:?\s*\S+\s*,?\s*$", re.IGNORECASE)
_PLACE_AFTER = re.compile(r"\bsố\s*:?\s*\S+.*\s[A-ZĐ][^\W\d_]+(?:\s[A-ZĐ][^\W\d_]+)*\s*,\s*$")
_PLACE_WORD = re.compile(r"^[A-ZĐÀ-ÖØ-ÞĂĨŨƠƯẠ-Ỹa-zđ.][^\W_]*(?:[.\s'’-]+[^\W\d_]+){0,5}\.?$")
_NO_PLACE = re.compile(r"^(?:hôm nay|áp dụng|kể từ|từ|đến|vào|cấp|bắt đầu|lập|tại)\b", re.IGNORECASE)
_FAR = 70  # characters before the date that a header has at most
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Dated:
    """What was found, in which line (-1: nowhere), and the cells that it stands in."""

    day: Found[date] | None = None
    place: Found[str] | None = None
    at: int = -1
    cells: tuple[Cell, ...] = ()


def read(
    lines: Sequence[Line], cells: Sequence[tuple[int, Cell]], number_at: int, titled: bool
) -> Dated | None:
    """The first cell "Hà Nội, ngày 05 tháng 3 năm 2020" among the cells.

    The long form first: a date in figures may be a stamp's. ``titled``: the number stands in the title.
    """
    for at, cell in cells:
        if found := _long(lines, at, cell, number_at, titled):
            return found
    for at, cell in cells:
        if at <= number_at + 4 and (found := _short(lines, at, cell, number_at, titled)):
            return found
    return None


def joined(lines: Sequence[Line]) -> Dated:
    """Second pass: lines broken inside the date."""
    text = " ".join(line.text for line in lines if len(line.text) < _LONGEST)
    match = _DATE.search(text[:3000])
    if match is None:
        return Dated()
    day = _day_of(match)
    place = _place(text[max(0, match.start() - 45) : match.start()], 0.5)
    return Dated(Found(day, 0.55, "header, joined") if day else None, place)


def _long(lines: Sequence[Line], at: int, cell: Cell, number_at: int, titled: bool) -> Dated | None:
    half = lines[at].boxed and _HALF_DATE.search(cell.text)
    below = cell_below(lines, at, cell) if half else ()
    match = _DATE.search(" ".join(part.text for part in (cell, *below)))
    return _dated(lines, at, cell, match, number_at, titled) if match else None


def _short(lines: Sequence[Line], at: int, cell: Cell, number_at: int, titled: bool) -> Dated | None:
    match = _SHORT_DATE.search(cell.text)
    if match is None or _below_about(lines, at, cell, number_at):
        return None
    found = _dated(lines, at, cell, match, number_at, titled)
    placed = found is not None and (titled or found.place or not cell.text[: match.start()].strip())
    return found if placed else None


def _dated(
    lines: Sequence[Line], at: int, cell: Cell, match: re.Match[str], number_at: int, titled: bool
) -> Dated | None:
    """In a title line ("số ... ngày ...") it counts less."""
    before = cell.text[: match.start()]
    if match.start() > _FAR or len(cell.text) >= _LONGEST:
        return None
    day = _day_of(match)
    if titled:
        near = at in (number_at, number_at + 1)
        return Dated(Found(day, 0.85, "title") if day else None, None, at) if near else None
    if _CITED.search(before) and not _PLACE_AFTER.search(before):
        return None
    inside = _SENTENCE.match(match.string[match.end() :]) is not None
    place = None if inside else _place(before if before.strip() else _above(lines, at, cell), 0.95)
    sure = 0.97 if (place or not before.strip()) and not inside else 0.6
    return Dated(Found(day, sure, "header") if day else None, place, at, (cell,))


def _above(lines: Sequence[Line], at: int, cell: Cell) -> str:
    """What a comma leaves open above a date: "Quảng Bình," / "ngày 25 tháng 5 năm 2015"."""
    line = lines[at]
    cells = line.cells[: line.cells.index(cell)] or (lines[at - 1].cells if at else ())
    return cells[-1].text if cells and cells[-1].text.endswith(",") else ""


def _below_about(lines: Sequence[Line], at: int, cell: Cell, number_at: int) -> bool:
    """Inside the subject of a letter: "V/v ... Quyết định số 6110/QĐ-BYT ngày / 29/12/2017 của Bộ Y tế"."""
    return any(
        _ABOUT.match(above.text) and above.x0 < cell.x1 and cell.x0 < above.x1
        for line in lines[max(0, number_at) : at + 1]
        for above in line.cells
    )


def _day_of(match: re.Match[str]) -> date | None:
    """The date, or None where a blank is left to fill in."""
    parts = [re.sub(r"\s", "", match.group(name)) for name in ("y", "m", "d")]
    if not all(part.isdigit() for part in parts):
        return None
    try:
        day = date(*map(int, parts))
    except ValueError:
        return None
    return day if 1945 <= day.year <= 2100 else None


def _place(before: str, sure: float) -> Found[str] | None:
    """ "Quảng Ngãi" of "Quảng Ngãi, "; of "Số: 05/BNV-VP Hà Nội, " the part after the number."""
    text = re.sub(r"^.*\d\S*\s+(?=[A-ZĐÀ-Ỹ])", "", before).strip(" ,.;")
    text = re.split(r"\s{2,}", text)[-1].strip()
    if not text or len(text) > 40 or not _PLACE_WORD.match(text) or _NO_PLACE.match(text):
        return None
    return Found(text, sure, "header")
