"""A second look at the line of number and date, enlarged: digits count only where both looks agree.

Numbers and days are often written by hand, and OCR reads handwriting wrongly with some
confidence. What two looks read differently is marked as unsure and asked of a person; only a
year, which is printed, is settled by a third.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from PIL import Image

from connectors.scans import tesseract
from connectors.scans.tesseract import NoEngine, Seen

_DIGITS = re.compile(r"\d")
_UPPER_PART = 0.4  # of the page: number and date stand above
_NUMBER = re.compile(r"(?:^|\s)s[ốôóổồỗòõỏoợ]\s?:|^\W?s[ốôóổồỗòõỏoợ].{0,12}/")
_DATE = re.compile(r"th[áaảâ]ng.{1,12}n[ăaâ]m")
_LARGER, _LARGEST = 1.3, 1.8
_YEAR = re.compile(r"((?:19|20)\d\d)\.?")
_CERTAIN = 0.9
_UNSURE = 0.3
_LEAST_SECONDS = 2.0


def second_look(grey: Image.Image, words: Sequence[Seen], dpi: int, seconds: float) -> list[Seen]:
    """The words, those with digits in the lines of number and date doubted where the looks differ."""
    lines = _lines(words, grey.height * _UPPER_PART)
    if not lines or seconds < _LEAST_SECONDS:
        return list(words)
    top, bottom = min(word.y0 for word in lines), max(word.y1 for word in lines)
    pad = round(dpi * 0.06)
    strip = grey.crop((0, max(0, top - pad), grey.width, min(grey.height, bottom + pad)))
    deadline = time.monotonic() + seconds
    try:
        again = _looked(strip, dpi, _LARGER, deadline)
        said = [_key(word.text) for word in again if word.sure > 0.5]
        known = {*said, *(first + second for first, second in pairwise(said))}  # "20 /GM" is "20/GM"
        doubtful = [word for word in lines if _DIGITS.search(word.text) and _key(word.text) not in known]
        third = _looked(strip, dpi, _LARGEST, deadline) if any(map(_year, doubtful)) else []
    except NoEngine:
        return [_doubted(word) if word in lines else word for word in words]
    year = agreed_year(again, third)
    return [_settled(word, year) if word in doubtful else word for word in words]


def _looked(strip: Image.Image, dpi: int, scale: float, deadline: float) -> list[Seen]:
    size = (round(strip.width * scale), round(strip.height * scale))
    larger = strip.resize(size, Image.Resampling.BICUBIC)
    return tesseract.read_block(larger, round(dpi * scale), deadline - time.monotonic())


def _year(word: Seen) -> str:
    match = _YEAR.fullmatch(word.text)
    return match[1] if match else ""


def agreed_year(*looks: Sequence[Seen]) -> Seen | None:
    """The year that every enlarged look reads, and reads with certainty: years are printed, days are not."""
    found = [[word for word in look if _year(word) and word.sure >= _CERTAIN] for look in looks]
    if not all(len(years) == 1 for years in found) or len({_year(years[0]) for years in found}) != 1:
        return None
    return min((years[0] for years in found), key=lambda word: word.sure)


def _settled(word: Seen, year: Seen | None) -> Seen:
    """A year outvoted by two larger looks; anything else is left in doubt."""
    if year is None or not _year(word):
        return _doubted(word)
    return replace(word, text=year.text, sure=year.sure)


def _lines(words: Sequence[Seen], reach: float) -> list[Seen]:
    """The words of the first line with "Số:" and of the first with "tháng ... năm"; often it is one."""
    rows: dict[int, list[Seen]] = {}
    for word in words:
        if word.y0 < reach:
            rows.setdefault(word.line, []).append(word)
    numbered = (row for row in rows.values() if _NUMBER.search(_text(row)))
    dated = (row for row in rows.values() if _DATE.search(_text(row)))
    return [*dict.fromkeys([*next(numbered, ()), *next(dated, ())])]


def _text(row: Sequence[Seen]) -> str:
    return " ".join(word.text for word in row)[:200].lower()


def _key(text: str) -> str:
    """Figures and letters alone; what OCR takes for a 1 or a 0 in figures is one."""
    solid = "".join(filter(str.isalnum, text))
    return solid.translate(_ALIKE).casefold()


_ALIKE = str.maketrans("IlÌÍO", "11110")


def _doubted(word: Seen) -> Seen:
    return replace(word, sure=min(word.sure, _UNSURE))
