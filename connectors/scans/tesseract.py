"""The OCR program: one picture in, words with boxes and confidences out.

It runs inside a reading child and inherits what that gave up: network, memory, files.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # because the hub asks only whether the program is there
    from PIL import Image

LANGUAGE = "vie"
_PROGRAM = "tesseract"
_PAGE, _BLOCK = 3, 6  # page segmentation: find the parts yourself; one block of lines
_FONT = 1.28  # a font's size over the height of its capitals and ascenders as boxes show them
_TEXT_LEVEL = "5"
_LONGEST = 80  # characters; a longer "word" is a picture misread


class NoEngine(Exception):
    """The program or its language is missing, or it failed; the argument is a code or its last words."""


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
    if shutil.which(_PROGRAM) is None:
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


def _run(image: Image.Image, dpi: int, layout: int, seconds: float) -> list[Seen]:
    command = [_PROGRAM, "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(dpi), "--psm", str(layout), "tsv"]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
    packed = io.BytesIO()
    image.save(packed, "PPM")  # nothing to compress and nothing to unpack
    try:
        done = subprocess.run(
            command,
            input=packed.getvalue(),
            capture_output=True,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise NoEngine(_PROGRAM) from error
    except subprocess.TimeoutExpired as error:
        raise NoEngine("time-limit") from error
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise NoEngine(last[:200] or f"exit code {done.returncode}")
    return list(_words(done.stdout.decode("utf-8", "replace").splitlines()[1:]))


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
