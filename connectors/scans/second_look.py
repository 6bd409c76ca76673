"""A second look at the line of number and date, enlarged: digits count only where both looks agree.

Numbers and days are often written by hand, and OCR reads handwriting wrongly with some
confidence. What two looks read differently is marked as unsure and asked of a person.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image, ImageOps

from connectors.scans import tesseract
from connectors.scans.tesseract import NoEngine, Seen

_DIGITS = re.compile(r"\d")
_UPPER_PART = 0.4  # of the page: number and date stand above
_CUE = re.compile(r"^(?:S[ốôóổồỗòõỏoợ]\s*[:;.]?|ng[àaáâả]y.*|th[áaảâ]ng.*|n[ăaâ]m.*)$", re.IGNORECASE)
_LARGER = 1.6
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
        again = tesseract.read_block(ImageOps.autocontrast(larger, cutoff=1), round(dpi * _LARGER), seconds)
    except NoEngine:
        return [_doubted(word) if word in lines else word for word in words]
    known = {_key(word.text) for word in again if word.sure > 0.5}
    wanted = {word for word in lines if _DIGITS.search(word.text)}
    return [_doubted(word) if word in wanted and _key(word.text) not in known else word for word in words]


def _lines(words: Sequence[Seen], reach: float) -> list[Seen]:
    """The words of the first lines in which "Số:" or "ngày ... tháng ... năm" stand."""
    cues = [word for word in words if word.y0 < reach and _CUE.match(word.text)][:6]
    rows = {word.line for word in cues}
    return [word for word in words if word.line in rows and word.y0 < reach]


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _doubted(word: Seen) -> Seen:
    return replace(word, sure=min(word.sure, _UNSURE))
