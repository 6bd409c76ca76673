"""PDFium through its C interface, in bulk.

One Python call per character makes reading slow (1.4 us each, measured; mapped
over ready-made arrays 0.4 us), so every question is asked for all words of a
page at once, with plain addresses into one buffer instead of ctypes objects.
"""

import ctypes
import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import pypdfium2.raw as raw

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int


def _plain(function: Any, result: Any, *arguments: Any) -> Any:
    """The same C function with addresses as integers, which skips ctypes' conversions."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, _POINTER).value or 0)


_loose_box = _plain(raw.FPDFText_GetLooseCharBox, _INT, _POINTER, _INT, _POINTER)
_char_box = _plain(raw.FPDFText_GetCharBox, _INT, _POINTER, _INT, _POINTER, _POINTER, _POINTER, _POINTER)
_text_object = _plain(raw.FPDFText_GetTextObject, _POINTER, _POINTER, _INT)
_char_index = _plain(raw.FPDFText_GetCharIndexFromTextIndex, _INT, _POINTER, _INT)
_font_size = _plain(raw.FPDFTextObj_GetFontSize, _INT, _POINTER, _POINTER)
_matrix = _plain(raw.FPDFPageObj_GetMatrix, _INT, _POINTER, _POINTER)
_text_font = _plain(raw.FPDFTextObj_GetFont, _POINTER, _POINTER)
_page_object = _plain(raw.FPDFPage_GetObject, _POINTER, _POINTER, _INT)
_object_type = _plain(raw.FPDFPageObj_GetType, _INT, _POINTER)

_HYPHEN = "\ufffe"  # PDFium's sign for a hyphen at a line's end; the line break after it is left out
_WORD = re.compile(rf"[^\s{_HYPHEN}]*{_HYPHEN}|[^\s{_HYPHEN}]+")
_NAMED = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile)")
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_MOST_OBJECTS = 20_000
_MOST_WORDS = 20_000
_NO_FONT = ("", 0.0)

Handle = ctypes.c_void_p
Box = tuple[float, float, float, float]
Columns = tuple[list[float], list[float], list[float], list[float]]


@dataclass(frozen=True, slots=True)
class WordBoxes:
    """The words of a page as columns: making a value of each is left to who knows the spelling."""

    texts: list[str] = field(default_factory=list)
    x0: list[float] = field(default_factory=list)
    y0: list[float] = field(default_factory=list)
    x1: list[float] = field(default_factory=list)
    y1: list[float] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PageContent:
    """What PDFium knows of a page: its text as drawn, boxes of words, and how much is picture."""

    text: str
    words: WordBoxes
    width: float
    height: float
    image_share: float


class Locked(Exception):
    """The file opens only with a password."""


class Broken(Exception):
    """PDFium found no document in the bytes."""


def start() -> None:
    """Load the library; once per process."""
    raw.FPDF_InitLibrary()


@contextmanager
def opened(data: bytes) -> Iterator[Handle]:
    """The document in ``data``; raises Locked or Broken."""
    document = raw.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        raise Locked if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD else Broken
    try:
        yield document
    finally:
        raw.FPDF_CloseDocument(document)


def page_count(document: Handle) -> int:
    return int(raw.FPDF_GetPageCount(document))


def marks(document: Handle, data: bytes) -> tuple[str, ...]:
    """What a person should know before opening it: ``signed``, ``active-content``, ``embedded-files``."""
    named = data if _NAMED.search(data) else b""  # one look for all three, because most files hold none
    active = b"/JavaScript" in named or b"/Launch" in named
    found = {
        "signed": raw.FPDF_GetSignatureCount(document) > 0,
        "active-content": active or raw.FPDFDoc_GetJavaScriptActionCount(document) > 0,
        "embedded-files": raw.FPDFDoc_GetAttachmentCount(document) > 0 or b"/EmbeddedFile" in named,
    }
    return tuple(mark for mark, present in found.items() if present)


def read_page(document: Handle, index: int, boxes: bool) -> PageContent | None:
    """Text and words of one page, or None where PDFium cannot load it."""
    page = load(document, index)
    if not page:
        return None
    try:
        text_page = raw.FPDFText_LoadPage(page)
        try:
            return _content(page, text_page, boxes)
        finally:
            raw.FPDFText_ClosePage(text_page)
    finally:
        raw.FPDF_ClosePage(page)


def load(document: Handle, index: int) -> Handle | None:
    """The page with its annotations drawn in: e-signed letters carry number and date as annotations.

    Only the copy in memory is changed; the file stays as it is.
    """
    page: Handle | None = raw.FPDF_LoadPage(document, index)
    if not page or raw.FPDFPage_GetAnnotCount(page) == 0:
        return page
    if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
        raw.FPDF_ClosePage(page)
        page = raw.FPDF_LoadPage(document, index)
    return page


def _content(page: Handle, text_page: Handle, boxes: bool) -> PageContent:
    units = _text_units(text_page) if text_page else array("H")
    text = units.tobytes().decode("utf-16-le", "replace")
    view = _View(page)
    words = _word_boxes(text_page, units, text, view) if boxes and text else WordBoxes()
    text = text.replace(_HYPHEN, "-\n")
    return PageContent(text, words, view.width, view.height, _image_share(page, view))


def _text_units(text_page: Handle) -> "array[int]":
    """UTF-16 code units as PDFium orders them: the order of drawing, line by line."""
    count = max(0, raw.FPDFText_CountChars(text_page))
    buffer = (ctypes.c_ushort * (count + 1))()
    written = max(0, raw.FPDFText_GetText(text_page, 0, count, buffer) - 1) if count else 0
    units = array("H")
    units.frombytes(bytes(buffer)[: written * 2])
    return units


class _View:
    """The page as a person sees it: origin top left, rotation applied."""

    def __init__(self, page: Handle) -> None:
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, box)
        self.left, self.bottom, self.right, self.top = box.left, box.bottom, box.right, box.top
        self.rotation = raw.FPDFPage_GetRotation(page)
        self.width = raw.FPDF_GetPageWidthF(page)
        self.height = raw.FPDF_GetPageHeightF(page)

    def place(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of page space on the rotated page as seen: (x0, y0, x1, y1)."""
        if self.rotation == 1:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.rotation == 2:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        return self.top - top, self.right - right, self.top - bottom, self.right - left


def _word_boxes(text_page: Handle, units: "array[int]", text: str, view: _View) -> WordBoxes:
    if len(text) != len(units):  # one character per unit, so that places agree
        units = array("H", (0xFFFD if 0xD800 <= unit < 0xE000 else unit for unit in units))
        text = units.tobytes().decode("utf-16-le")
    spans = [match.span() for match in _WORD.finditer(text)][:_MOST_WORDS]
    handle = ctypes.cast(text_page, _POINTER).value or 0
    firsts, lasts = [a for a, _ in spans], [b - 1 for _, b in spans]
    if raw.FPDFText_CountChars(text_page) != len(units):  # PDFium left characters out of the text
        firsts, lasts = _indices(handle, firsts), _indices(handle, lasts)
    fonts = _fonts(handle, firsts)
    return WordBoxes(
        [text[a:b].replace(_HYPHEN, "-") for a, b in spans],
        *_places(handle, firsts, lasts, view),
        [name for name, _ in fonts],
        [size for _, size in fonts],
    )


def _indices(handle: int, places: list[int]) -> list[int]:
    return list(map(_char_index, repeat(handle), places))


def _places(handle: int, firsts: list[int], lasts: list[int], view: _View) -> Columns:
    """x0, y0, x1, y1 of words, from the boxes of their first and last characters."""
    if view.rotation:
        return _turned(handle, firsts, lasts, view)
    begin, end = _loose_boxes(handle, firsts), _loose_boxes(handle, lasts)
    left, top = view.left, view.top
    return (
        [x - left for x in begin[0::4]],
        [top - y for y in begin[1::4]],
        [x - left for x in end[2::4]],
        [top - y for y in begin[3::4]],
    )


def _loose_boxes(handle: int, places: list[int]) -> "array[float]":
    """FS_RECTF of each character (left, top, right, bottom): as high as the font, so lines agree."""
    flat = array("f", bytes(16 * len(places)))
    base = flat.buffer_info()[0]
    list(map(_loose_box, repeat(handle), places, range(base, base + 16 * len(places), 16)))
    return flat


def _turned(handle: int, firsts: list[int], lasts: list[int], view: _View) -> Columns:
    """The same for rotated pages, where loose boxes are wrong: they are meant for upright text."""
    begin, end = _tight_boxes(handle, firsts), _tight_boxes(handle, lasts)
    boxes = [
        view.place(min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        for a, b in zip(begin, end, strict=True)
    ]
    return [b[0] for b in boxes], [b[1] for b in boxes], [b[2] for b in boxes], [b[3] for b in boxes]


def _tight_boxes(handle: int, places: list[int]) -> list[Box]:
    """(left, bottom, right, top) of the characters in page space."""
    count = len(places)
    buffer = (ctypes.c_double * (4 * count))()  # left, right, bottom, top
    base = ctypes.addressof(buffer)
    starts = [range(base + 8 * k, base + 8 * k + 32 * count, 32) for k in range(4)]
    list(map(_char_box, repeat(handle), places, *starts))
    return list(zip(buffer[0::4], buffer[2::4], buffer[1::4], buffer[3::4], strict=True))


def _fonts(handle: int, places: list[int]) -> list[tuple[str, float]]:
    """(font name without subset tag, size in points) of the characters; asked once per text object."""
    objects = list(map(_text_object, repeat(handle), places))
    known = _fonts_of(list({pointer for pointer in objects if pointer}))
    return [known.get(pointer, _NO_FONT) for pointer in objects]


def _fonts_of(objects: list[int]) -> dict[int, tuple[str, float]]:
    """The same by text object; its size is drawn as large as its matrix says."""
    flat = array("f", bytes(28 * len(objects)))  # size, then the matrix a b c d e f
    base = flat.buffer_info()[0]
    end = base + 28 * len(objects)
    list(map(_font_size, objects, range(base, end, 28)))
    list(map(_matrix, objects, range(base + 4, end, 28)))
    fonts = list(map(_text_font, objects))
    names = {font: _font_name(ctypes.cast(font, raw.FPDF_FONT)) if font else "" for font in set(fonts)}
    sizes = [
        round(size * (abs(d) or abs(b)), 1)
        for size, b, d in zip(flat[0::7], flat[2::7], flat[4::7], strict=True)
    ]
    return dict(zip(objects, zip((names[font] for font in fonts), sizes, strict=True), strict=True))


def _font_name(font: Handle) -> str:
    buffer = ctypes.create_string_buffer(128)
    length = raw.FPDFFont_GetBaseFontName(font, buffer, 128)
    name = buffer.raw[: max(0, min(length, 128) - 1)].decode("utf-8", "replace")
    return _SUBSET.sub("", name)


def _image_share(page: Handle, view: _View) -> float:
    """Share of the page under pictures, 0..1; overlaps are counted once at most by the cap."""
    handle = ctypes.cast(page, _POINTER).value or 0
    count = min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)
    objects = list(map(_page_object, repeat(handle), range(count)))
    kinds = list(map(_object_type, objects))
    pictures = (o for o, kind in zip(objects, kinds, strict=True) if o and _pictured(o, kind))
    area = sum(_area(picture, view) for picture in pictures)
    whole = view.width * view.height
    return min(1.0, round(area / whole, 3)) if whole > 0 else 0.0


def _pictured(pointer: int, kind: int) -> bool:
    """An image, or a form with an image directly inside (how scanners and signers wrap them)."""
    if kind != raw.FPDF_PAGEOBJ_FORM:
        return bool(kind == raw.FPDF_PAGEOBJ_IMAGE)
    form = ctypes.cast(pointer, raw.FPDF_PAGEOBJECT)
    inner = range(min(raw.FPDFFormObj_CountObjects(form), 50))
    return any(
        raw.FPDFPageObj_GetType(raw.FPDFFormObj_GetObject(form, i)) == raw.FPDF_PAGEOBJ_IMAGE for i in inner
    )


def _area(pointer: int, view: _View) -> float:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(ctypes.cast(pointer, raw.FPDF_PAGEOBJECT), left, bottom, right, top)
    width = min(right.value, view.right) - max(left.value, view.left)
    height = min(top.value, view.top) - max(bottom.value, view.bottom)
    return width * height if width > 0 and height > 0 else 0.0
