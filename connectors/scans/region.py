"""A part of a scan's first page as a picture, for a person who must read what OCR could not."""

import io
from collections.abc import Sequence

import pikepdf
from PIL import Image

from connectors.scans.picture import MOST_PIXELS, NoPicture

_FORMAT = "JPEG"  # what the searchable copy holds (connectors.scans.searchable)
_LEAST = 8  # pixels of a side


def cut_out(copy: bytes, sides: Sequence[float]) -> bytes:
    """PNG of the part between ``sides``: left, top, right, bottom in shares of the page; none: all of it.

    ``copy`` is the searchable copy that the hub made, whose pages lie upright. Raises NoPicture.
    """
    image = _first_page(copy)
    left, top, right, bottom = sides if len(sides) == 4 else (0.0, 0.0, 1.0, 1.0)
    width, height = image.size
    box = (round(left * width), round(top * height), round(right * width), round(bottom * height))
    if box[2] - box[0] >= _LEAST and box[3] - box[1] >= _LEAST:
        image = image.crop(box)
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return packed.getvalue()


def _first_page(copy: bytes) -> Image.Image:
    try:
        with pikepdf.open(io.BytesIO(copy)) as pdf:
            stream = pdf.pages[0].Resources.XObject.Page.read_raw_bytes()
        image = Image.open(io.BytesIO(stream), formats=(_FORMAT,))
        if image.width * image.height > MOST_PIXELS:
            raise NoPicture("too-large")
        image.load()
    except (pikepdf.PdfError, AttributeError, IndexError, OSError, ValueError) as error:
        raise NoPicture("broken-pdf") from error
    return image
