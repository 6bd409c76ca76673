"""One page of a scan as a picture: PDF pages through PDFium, images through Pillow."""

import ctypes
import os
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pypdfium2.raw as raw
from PIL import Image, ImageOps

from connectors.readers import kind, pdfium

POINTS = 72.0
MOST_PIXELS = 40_000_000  # an A3 page at 400 dpi has 31 million
_LOWEST, _BEST, _HIGHEST = (
    150,
    200,
    300,
)  # dots per inch that OCR works with; more costs time and reads no better
_A4_INCHES = 8.27
_BIG_TIFF = 43
_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class NoPicture(Exception):
    """The page cannot be drawn; the argument is a code."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as drawn, RGB or grey, and its resolution."""

    image: Image.Image
    dpi: int


def page_count(path: Path, media_type: str, most: int) -> int:
    """How many pages a file has, ``most`` where it has more; nothing is decoded. Raises NoPicture."""
    if media_type == kind.PDF:
        with _document(path) as document:
            return min(most, pdfium.page_count(document))
    with _opened(path):
        pass  # because who opens it finds out whether it is an image at all
    try:
        return _tiff_pages(path, most) if media_type == kind.TIFF else 1
    except (OSError, OverflowError, struct.error) as error:  # because a place may lie beyond every disk
        raise NoPicture("broken-image") from error


def _tiff_pages(path: Path, most: int) -> int:
    """The length of the chain of directories (TIFF 6.0 page 14; BigTIFF), by hand, because Pillow reads each
    of them again for the next: twenty thousand cost half a minute. A chain that bites its tail ends there.
    """
    with path.open("rb") as file:
        order = "<" if file.read(2) == b"II" else ">"
        big = struct.unpack(f"{order}H", file.read(2)) == (_BIG_TIFF,)
        file.seek(8 if big else 4)
        counted, entry, link = ("Q", 20, "Q") if big else ("H", 12, "I")
        seen: set[int] = set()
        while (at := _number(file, order + link)) and at not in seen and len(seen) < most:
            seen.add(at)
            file.seek(at)
            file.seek(_number(file, order + counted) * entry, os.SEEK_CUR)
    return max(1, len(seen))


def _number(file: BinaryIO, form: str) -> int:
    """The next number, 0 at the end of the file."""
    data = file.read(struct.calcsize(form))
    return int(struct.unpack(form, data)[0]) if len(data) == struct.calcsize(form) else 0


def page_picture(path: Path, media_type: str, index: int) -> Picture:
    """Page ``index`` (from 0), as large as OCR wants it. Raises NoPicture."""
    return _drawn(path, index) if media_type == kind.PDF else _frame(path, index)


def _document(path: Path):  # type: ignore[no-untyped-def]
    try:
        return pdfium.opened(path.read_bytes())
    except (pdfium.Locked, pdfium.Broken) as error:
        raise NoPicture("broken-pdf") from error


def _drawn(path: Path, index: int) -> Picture:
    try:
        with pdfium.opened(path.read_bytes()) as document:
            return _bitmap(document, index)
    except (pdfium.Locked, pdfium.Broken) as error:
        raise NoPicture("broken-pdf") from error


def _bitmap(document: pdfium.Handle, index: int) -> Picture:
    page = pdfium.load(document, index)
    if not page:
        raise NoPicture("broken-page")
    try:
        inches = [raw.FPDF_GetPageWidthF(page) / POINTS, raw.FPDF_GetPageHeightF(page) / POINTS]
        dpi = _fitting(_image_dpi(page), inches[0] * inches[1])
        width, height = (max(1, round(side * dpi)) for side in inches)
        bitmap = raw.FPDFBitmap_Create(width, height, 0)
        if not bitmap:
            raise NoPicture("too-large")
        try:
            raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
            stride = raw.FPDFBitmap_GetStride(bitmap)
            data = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height)
        finally:
            raw.FPDFBitmap_Destroy(bitmap)
    finally:
        raw.FPDF_ClosePage(page)
    return Picture(Image.frombuffer("RGB", (width, height), data, "raw", "BGRX", stride, 1), dpi)


def _image_dpi(page: pdfium.Handle) -> float:
    """The resolution of the largest image on the page; 0 where there is none."""
    best, dpi = 0.0, 0.0
    for at in range(min(raw.FPDFPage_CountObjects(page), 50)):
        found = raw.FPDFPage_GetObject(page, at)
        if raw.FPDFPageObj_GetType(found) != raw.FPDF_PAGEOBJ_IMAGE:
            continue
        data = raw.FPDF_IMAGEOBJ_METADATA()
        if raw.FPDFImageObj_GetImageMetadata(found, page, data) and data.width * data.height > best:
            best, dpi = data.width * data.height, data.horizontal_dpi
    return dpi


def _fitting(dpi: float, square_inches: float) -> int:
    wanted = min(max(round(dpi) or _BEST, _LOWEST), _HIGHEST)
    if wanted > _BEST * 1.2:
        wanted = _BEST  # because 200 dpi reads as well as 300, in half the time
    while wanted > 36 and wanted * wanted * square_inches > MOST_PIXELS:
        wanted //= 2
    return wanted


def _opened(path: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(path, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture("too-large") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise NoPicture("broken-image") from error


def _frame(path: Path, index: int) -> Picture:
    with _opened(path) as image:
        try:
            if index:
                image.seek(index)
            if image.width * image.height > MOST_PIXELS:
                raise NoPicture("too-large")
            return _sized(ImageOps.exif_transpose(image) or image)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise NoPicture("broken-image") from error


def _sized(image: Image.Image) -> Picture:
    """RGB or grey on white, at a resolution that OCR likes."""
    if image.mode in ("RGBA", "LA", "P", "PA"):
        over = image.convert("RGBA")
        image = Image.new("RGB", over.size, "white")
        image.paste(over, mask=over.getchannel("A"))
    image = image.convert("L" if image.mode in ("1", "L", "I;16", "I", "F") else "RGB")
    dpi = _image_resolution(image)
    wanted = _fitting(dpi, image.width * image.height / (dpi * dpi))
    if abs(wanted - dpi) > dpi * 0.1:
        scale = wanted / dpi
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        return Picture(image.resize(size, Image.Resampling.LANCZOS), wanted)
    return Picture(image, round(dpi))


def _image_resolution(image: Image.Image) -> float:
    """What the shorter side says, because what files claim is often wrong: a page is an A4 sheet."""
    return max(36.0, min(image.size) / _A4_INCHES)
