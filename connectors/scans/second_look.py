"""A second look at the line of number and date, enlarged: digits count only where both looks agree.

Numbers and days are often written by hand, and OCR reads handwriting wrongly with some
confidence. What two looks read differently is marked as unsure and asked of a person.
"""

import re
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
_LARGER = 1.3
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
    larger = strip.resize(
        (round(strip.width * _LARGER), round(strip.height * _LARGER)), Image.Resampling.BICUBIC
    )
    try:
        again = tesseract.read_block(larger, round(dpi * _LARGER), seconds)
    except NoEngine:
        return [_doubted(word) if word in lines else word for word in words]
    said = [_key(word.text) for word in again if word.sure > 0.5]
    known = {*said, *(first + second for first, second in pairwise(said))}  # "20 /GM-GAVI" is "20/GM-GAVI"
    wanted = {word for word in lines if _DIGITS.search(word.text)}
    return [_doubted(word) if word in wanted and _key(word.text) not in known else word for word in words]


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
