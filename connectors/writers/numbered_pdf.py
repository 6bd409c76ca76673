"""Number and date drawn over the blanks of a PDF's first page.

What is there stays, byte for byte: PDFium appends what is new. Where the blanks
are not found, or have no room, one line at the top right says both.
"""

import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw

from connectors.readers import pdfium
from connectors.writers.outcome import BLANK, STAMP, CannotNumber, Numbered
from rules.records.blanks import Edit, fill
from rules.values.numbering import Mark

# Serif faces with Vietnamese letters, for the line at the top; figures alone need no file.
FONTS = (
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/liberation-serif/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "/usr/share/fonts/dejavu-serif-fonts/DejaVuSerif.ttf",
    "/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf",
)
_FIGURE = 0.5  # width of a figure in Times, in ems (0.556 in Helvetica)
_DESCENT = 0.2  # share of a line's height below its base line
_SMALLEST = 7.0  # points
_STAMP_SIZE, _STAMP_MARGIN = 10.0, 28.0  # points
_MOST_WORDS = 400  # the header is among the first


@dataclass(frozen=True, slots=True)
class Letters:
    """Something to draw: its left end and base line in points from the top left of the page."""

    text: str
    x: float
    y: float
    size: float
    sans: bool
    dotted: bool  # the room is filled with printed dots


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: its text, with the left and right end of every character."""

    text: str
    ends: tuple[tuple[float, float], ...]
    y: float  # base line
    size: float
    sans: bool


def number_pdf(content: bytes, mark: Mark) -> Numbered:
    """A PDF with its number. Raises CannotNumber."""
    if b"/ByteRange" in content:
        raise CannotNumber("signed")
    placed = _placed(_words(content), mark)
    document = pypdfium2.PdfDocument(content)
    try:
        page = document[0]
        if page.get_rotation():
            raise CannotNumber("rotated")
        _draw(document, page, placed)
        if not placed or any(letters.dotted for letters in placed):
            _stamp(document, page, mark)  # because programs cannot read figures that stand among dots
        raw.FPDFPage_GenerateContent(page.raw)
        page.close()
        return Numbered(_saved(document), BLANK if placed else STAMP)
    finally:
        document.close()


def _words(content: bytes) -> pdfium.WordBoxes:
    """The words of the first page. Raises CannotNumber."""
    try:
        with pdfium.opened(content) as document:
            if "signed" in pdfium.marks(document, content):
                raise CannotNumber("signed")
            page = pdfium.read_page(document, 0, boxes=True)
    except pdfium.Locked as error:
        raise CannotNumber("encrypted") from error
    except pdfium.Broken as error:
        raise CannotNumber("broken") from error
    if page is None:
        raise CannotNumber("broken")
    return page.words


def _placed(words: pdfium.WordBoxes, mark: Mark) -> list[Letters]:
    """What to draw where; nothing when a blank is not found or has no room."""
    number: list[Letters | None] = []
    date: list[Letters | None] = []
    for line in _lines(words):
        filled = fill(line.text, mark)
        number = number or _letters(line, filled.number)
        date = date or _letters(line, filled.date)
    found = [letters for letters in (*number, *date) if letters is not None]
    return found if number and len(found) == len(number) + len(date) else []


def _letters(line: Line, edits: tuple[Edit, ...]) -> list[Letters | None]:
    return [_fitted(line, edit) for edit in edits]


def _fitted(line: Line, edit: Edit) -> Letters | None:
    """The new figures in the middle of their room, smaller where they must be; None where they cannot be."""
    if not edit.blank or edit.start == 0:
        return None
    text = edit.new.strip()
    left = line.ends[edit.start - 1][1]
    needed = len(text) * (_FIGURE + (0.056 if line.sans else 0.0))
    right = line.ends[edit.end][0] if edit.end < len(line.ends) else left + (needed + 0.5) * line.size
    size = min(line.size, (right - left) / needed)
    if size < _SMALLEST:
        return None
    dotted = not line.text[edit.start : edit.end].isspace()
    return Letters(text, left + (right - left - needed * size) / 2, line.y, size, line.sans, dotted)


def _lines(words: pdfium.WordBoxes) -> Iterator[Line]:
    """The lines of the header from top to bottom, over all columns."""
    order = sorted(range(min(len(words.texts), _MOST_WORDS)), key=lambda at: (words.y1[at], words.x0[at]))
    line: list[int] = []
    for at in order:
        if line and words.y1[at] - words.y1[line[0]] > 0.4 * max(words.sizes[at], 1.0):
            yield _line(words, line)
            line = []
        line.append(at)
    if line:
        yield _line(words, line)


def _line(words: pdfium.WordBoxes, members: list[int]) -> Line:
    """Words with as many blanks between them as would fill the room."""
    members = sorted(members, key=lambda at: words.x0[at])
    size = max(words.sizes[members[0]], 1.0)
    text, ends = "", list[tuple[float, float]]()
    for at in members:
        if ends:
            gap = words.x0[at] - ends[-1][1]
            blanks = min(80, max(1, round(gap / (0.25 * size))))
            ends += _divided(ends[-1][1], words.x0[at], blanks)
            text += " " * blanks
        ends += _divided(words.x0[at], words.x1[at], len(words.texts[at]))
        text += words.texts[at]
    font = words.fonts[members[0]].lower()
    sans = any(name in font for name in ("arial", "helvetica", "sans", "calibri", "tahoma"))
    bottom = max(words.y1[at] for at in members)
    return Line(text, tuple(ends), bottom - _DESCENT * size, size, sans)


def _divided(left: float, right: float, parts: int) -> list[tuple[float, float]]:
    width = (right - left) / parts
    return [(left + n * width, left + (n + 1) * width) for n in range(parts)]


def _draw(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, placed: list[Letters]) -> None:
    left, _bottom, _right, top = page.get_bbox()
    for letters in placed:
        name = b"Helvetica" if letters.sans else b"Times-Roman"
        shape = raw.FPDFPageObj_NewTextObj(document.raw, name, letters.size)
        _say(page, shape, letters.text, left + letters.x, top - letters.y)


def _stamp(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, mark: Mark) -> None:
    """Both in one line at the top right. Raises CannotNumber where no font has the letters."""
    face = next((path for path in map(Path, FONTS) if path.is_file()), None)
    if face is None:
        raise CannotNumber("no-font")
    data = face.read_bytes()
    buffer = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
    font = raw.FPDFText_LoadFont(document.raw, buffer, len(data), raw.FPDF_FONT_TRUETYPE, 1)
    shape = raw.FPDFPageObj_CreateTextObj(document.raw, font, _STAMP_SIZE)
    words = f"Số: {mark.symbol}; ngày {mark.day} tháng {mark.month} năm {mark.year}"
    _left, _bottom, right, top = page.get_bbox()
    _say(page, shape, words, 0.0, top - _STAMP_MARGIN)
    box = [ctypes.c_float() for _side in range(4)]
    raw.FPDFPageObj_GetBounds(shape, *box)
    raw.FPDFPageObj_Transform(shape, 1, 0, 0, 1, right - _STAMP_MARGIN - box[2].value, 0)
    raw.FPDFFont_Close(font)


def _say(page: pypdfium2.PdfPage, shape: pdfium.Handle, text: str, x: float, y: float) -> None:
    units = (text + "\0").encode("utf-16-le")
    wide = (ctypes.c_ushort * (len(units) // 2)).from_buffer_copy(units)
    raw.FPDFText_SetText(shape, wide)
    raw.FPDFPageObj_Transform(shape, 1, 0, 0, 1, x, y)
    raw.FPDFPage_InsertObject(page.raw, shape)


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out, flags=raw.FPDF_INCREMENTAL)
    return out.getvalue()
