"""Stamps of urgency and secrecy in a frame, which OCR takes for a picture and leaves out.

Only what the rules know as such a stamp is added to the words: an arrival stamp's frame holds
numbers and dates that are not the letter's.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby

from PIL import Image, ImageDraw

from connectors.scans import tesseract
from connectors.scans.ink import Dark, shapes
from connectors.scans.tesseract import NoEngine, Seen
from rules.identify import stamps
from rules.secrecy import lines as secrecy

_UPPER_PART = 0.5  # of the page
_COARSE = 100  # dots per inch in which frames are looked for
_PALE = 200  # darker is a frame's ink, also a thin red line's
_WIDE, _HIGH = (0.5, 3.2), (0.2, 1.1)  # inches
_EDGE = 0.12  # share of a frame's width in which its sides stand, also when it lies askew
_SIDED = 0.5  # share of its rows that must have both
_MOST = 6  # frames that are read
_TRUSTED = 0.5  # surety of a stamp's words in the middle
_LEAST_SECONDS = 1.0

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def stamp_look(grey: Image.Image, words: Sequence[Seen], dpi: int, seconds: float) -> list[Seen]:
    """The words with those of framed stamps that were left out."""
    if seconds < _LEAST_SECONDS:
        return list(words)
    deadline = time.monotonic() + seconds
    found = list(words)
    try:
        for box, clean in _frames(grey, dpi):
            if not any(_marks(line) for line in _lines(_within(found, box))):
                found += _stamp(clean, box, found, dpi, deadline)
    except NoEngine:
        return found  # because what the first look read is there all the same
    return found


def _frames(grey: Image.Image, dpi: int) -> Iterator[tuple[Box, Image.Image]]:
    """Frames of a stamp's size, and what stands in them; the inner one of two goes with the outer."""
    step = max(1, round(dpi / _COARSE))
    small = grey.crop((0, 0, grey.width, round(grey.height * _UPPER_PART))).reduce(step)
    found = [shape for shape in shapes(small, _PALE) if _is_frame(shape, dpi / step)]
    outer = [shape for shape in found if not any(_holds(other, shape) for other in found)]
    for shape in outer[:_MOST]:
        yield _inside(grey, [shape, *(other for other in found if _holds(shape, other))], step)


def _holds(outer: Sequence[Dark], inner: Sequence[Dark]) -> bool:
    left, top, right, bottom = _sides(outer)
    x0, y0, x1, y1 = _sides(inner)
    return outer is not inner and left <= x0 and top <= y0 and x1 <= right and y1 <= bottom


def _sides(shape: Sequence[Dark]) -> Box:
    return (min(run[1] for run in shape), shape[0][0], max(run[2] for run in shape), shape[-1][0])


def _is_frame(shape: Sequence[Dark], dpi: float) -> bool:
    """Ink at both sides of nearly every row."""
    high = shape[-1][0] - shape[0][0]
    if not _HIGH[0] * dpi <= high <= _HIGH[1] * dpi:
        return False
    left, _, right, _ = _sides(shape)
    wide = right - left
    if not _WIDE[0] * dpi <= wide <= _WIDE[1] * dpi or wide < high:
        return False
    near, far = left + _EDGE * wide, right - _EDGE * wide
    rows = [list(row) for _, row in groupby(shape, key=lambda run: run[0])]
    sided = sum(any(run[1] <= near for run in row) and any(run[2] >= far for run in row) for row in rows)
    return sided >= _SIDED * high


def _inside(grey: Image.Image, frames: Sequence[Sequence[Dark]], step: int) -> tuple[Box, Image.Image]:
    """The first frame's place on the page, and its part of the page with all of them wiped out."""
    left, top, right, bottom = _sides(frames[0])
    box = (left * step, top * step, (right + 1) * step, (bottom + 1) * step)
    part = grey.crop(box)
    draw = ImageDraw.Draw(part)
    for row, start, end in chain.from_iterable(frames):
        x0, y0 = start * step - box[0], row * step - box[1]
        draw.rectangle((x0 - 2, y0 - 2, (end + 1) * step - box[0] + 1, y0 + step + 1), fill=255)
    return box, part


def _stamp(part: Image.Image, box: Box, words: Sequence[Seen], dpi: int, deadline: float) -> list[Seen]:
    """The lines of the part that are a stamp, in the page's pixels, as lines of their own."""
    seen = tesseract.read_block(part, dpi, deadline - time.monotonic())
    after = max((word.line for word in words), default=0) + 1
    return [
        replace(
            word, x0=word.x0 + box[0], y0=word.y0 + box[1], x1=word.x1 + box[0], y1=word.y1 + box[1],
            line=word.line + after,
        )
        for line in _lines(seen)
        if _marks(line)
        for word in line
    ]  # fmt: skip


def _lines(words: Sequence[Seen]) -> list[list[Seen]]:
    return [list(line) for _, line in groupby(words, key=lambda word: word.line)]


def _marks(line: Sequence[Seen]) -> bool:
    """Urgency or secrecy, and OCR believes it."""
    text = " ".join(word.text for word in line)
    trusted = sum(word.sure for word in line) >= _TRUSTED * len(line)
    return trusted and (stamps.urgency(text) is not None or secrecy.of_line(text) is not None)


def _within(words: Sequence[Seen], box: Box) -> list[Seen]:
    return [
        word
        for word in words
        if box[0] <= (word.x0 + word.x1) / 2 <= box[2] and box[1] <= (word.y0 + word.y1) / 2 <= box[3]
    ]
