"""The OCR library: one picture in, words with boxes and confidences out.

It is loaded by reading children alone, which have given up network, memory and files.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # because the hub asks only whether the program is there
    from PIL import Image

LANGUAGE = "vie"
_PROGRAM = "tesseract"
# page segmentation: find the parts yourself; one column; one block of lines; one line; words anywhere
_PAGE, _COLUMN, _BLOCK, _LINE, _SPARSE = 3, 4, 6, 7, 11
_FONT = 1.28  # a font's size over the height of its capitals and ascenders as boxes show them
_TEXT_LEVEL = "5"
_LONGEST = 80  # characters; a longer "word" is a picture misread


class NoEngine(Exception):
    """The library or its language is missing, or it failed; the argument is a code."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A word as OCR gives it, in pixels; ``sure`` is 0..1; ``line`` numbers its line on the page."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    sure: float
    line: int


@dataclass(frozen=True, slots=True)
class Placed:
    """The same with the height of its line, so that words of a line agree on it, and the font's size."""

    seen: Seen
    y0: float
    y1: float
    size: float


@cache
def lacking() -> str:
    """What this machine lacks for OCR: ``tesseract``, ``vie``, or nothing."""
    if shutil.which(_PROGRAM) is None or find_library(_PROGRAM) is None:
        return _PROGRAM
    known = subprocess.run(
        [_PROGRAM, "--list-langs"], capture_output=True, text=True, timeout=30, check=False
    )
    return "" if LANGUAGE in known.stdout.split() else LANGUAGE


def read_page(image: Image.Image, dpi: int, seconds: float) -> list[Seen]:
    """All words of a page. Raises NoEngine."""
    return _run(image, dpi, _PAGE, seconds)


def read_block(image: Image.Image, dpi: int, seconds: float) -> list[Seen]:
    """The words of a few lines cut out of a page. Raises NoEngine."""
    return _run(image, dpi, _BLOCK, seconds)


def read_column(image: Image.Image, dpi: int, seconds: float) -> list[Seen]:
    """The words of a column cut out of a page, whose lines are of several sizes. Raises NoEngine."""
    return _run(image, dpi, _COLUMN, seconds)


def read_line(image: Image.Image, dpi: int, seconds: float) -> list[Seen]:
    """The words of one line cut out of a page. Raises NoEngine."""
    return _run(image, dpi, _LINE, seconds)


def read_sparse(image: Image.Image, dpi: int, seconds: float) -> list[Seen]:
    """The words of a part in which they stand among other things: a seal, a signature. Raises NoEngine."""
    return _run(image, dpi, _SPARSE, seconds)


def _run(image: Image.Image, dpi: int, layout: int, seconds: float) -> list[Seen]:
    """``image`` is grey."""
    library, reader = _reader()
    deadline = time.monotonic() + seconds
    monitor = library.TessMonitorCreate()
    try:
        library.TessMonitorSetDeadlineMSecs(monitor, max(1, round(seconds * 1000)))
        library.TessBaseAPISetVariable(reader, b"user_defined_dpi", str(dpi).encode())
        library.TessBaseAPISetPageSegMode(reader, layout)
        library.TessBaseAPISetImage(reader, image.tobytes(), *image.size, 1, image.width)
        if library.TessBaseAPIRecognize(reader, monitor):
            raise NoEngine("time-limit" if time.monotonic() >= deadline else "failed")
        rows = library.TessBaseAPIGetTsvText(reader, 0)
        text = ctypes.string_at(rows).decode("utf-8", "replace")
        library.TessDeleteText(rows)
    finally:
        library.TessBaseAPIClear(reader)
        library.TessMonitorDelete(monitor)
    return list(_words(text.splitlines()))


@cache
def _reader() -> tuple[ctypes.CDLL, int]:
    """The library, and a reader with the language's model, which takes a tenth of a second to load."""
    name = find_library(_PROGRAM)
    if name is None:
        raise NoEngine(_PROGRAM)
    library = ctypes.CDLL(name)
    for function, (result, *arguments) in _FUNCTIONS.items():
        found = getattr(library, function)
        found.restype, found.argtypes = result, arguments
    reader = library.TessBaseAPICreate()
    if library.TessBaseAPIInit3(reader, None, LANGUAGE.encode()):
        raise NoEngine(LANGUAGE)
    library.TessBaseAPISetVariable(reader, b"debug_file", os.devnull.encode())  # its remarks on every page
    return library, reader


_ADDRESS, _TEXT, _INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_FUNCTIONS: dict[str, tuple[Any, ...]] = {  # of its C interface: result, arguments
    "TessBaseAPICreate": (_ADDRESS,),
    "TessBaseAPIInit3": (_INT, _ADDRESS, _TEXT, _TEXT),
    "TessBaseAPISetVariable": (_INT, _ADDRESS, _TEXT, _TEXT),
    "TessBaseAPISetPageSegMode": (None, _ADDRESS, _INT),
    "TessBaseAPISetImage": (None, _ADDRESS, _TEXT, _INT, _INT, _INT, _INT),
    "TessBaseAPIRecognize": (_INT, _ADDRESS, _ADDRESS),
    "TessBaseAPIGetTsvText": (_ADDRESS, _ADDRESS, _INT),
    "TessBaseAPIClear": (None, _ADDRESS),
    "TessDeleteText": (None, _ADDRESS),
    "TessMonitorCreate": (_ADDRESS,),
    "TessMonitorSetDeadlineMSecs": (None, _ADDRESS, _INT),
    "TessMonitorDelete": (None, _ADDRESS),
}


def _words(rows: Iterable[str]) -> Iterable[Seen]:
    """level page block par line word left top width height conf text"""
    lines: dict[tuple[str, ...], int] = {}
    for row in rows:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != _TEXT_LEVEL or not cells[11].strip():
            continue
        line = lines.setdefault(tuple(cells[1:5]), len(lines))
        left, top, width, height = map(int, cells[6:10])
        sure = max(0.0, min(1.0, float(cells[10]) / 100))
        yield Seen(cells[11].strip()[:_LONGEST], left, top, left + width, top + height, sure, line)


def placed(words: Sequence[Seen]) -> list[Placed]:
    """Words of one line with one height: a comma and a capital stand on the same line."""
    found: list[Placed] = []
    for _line, group in groupby(words, key=lambda word: word.line):
        members = list(group)
        solid = [word for word in members if sum(map(str.isalnum, word.text)) > 1] or members
        top, bottom = median(word.y0 for word in solid), median(word.y1 for word in solid)
        size = max(4.0, (bottom - top) * _FONT)
        found += [Placed(word, top, bottom, size) for word in members]
    return found


def gain(words: Sequence[Seen]) -> float:
    """How much was read with some certainty; a page upside down gives little."""
    return sum(len(word.text) * word.sure for word in words if word.sure > 0.6)
