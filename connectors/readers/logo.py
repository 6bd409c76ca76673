"""Is a picture the logo of a signature, or a page that somebody took a photograph of?"""

import io
import struct

from PIL import Image

_PAGE_PIXELS = 400_000  # a page that a chat program made small has still as many
_BANNER, _BANNER_PIXELS = 2.0, 1_500_000  # pages are less long than twice their width
_LOGO_BYTES, _BANNER_BYTES = 150_000, 1_000_000  # what cannot be measured; what nobody's signature weighs


def is_logo(content: bytes) -> bool:
    """Small, or too long for a page; what cannot be measured is judged by its bytes."""
    if len(content) > _BANNER_BYTES:
        return False
    width, height = _size(content)
    if not width or not height:
        return len(content) <= _LOGO_BYTES
    shape = max(width, height) / min(width, height)
    return width * height < (_BANNER_PIXELS if shape > _BANNER else _PAGE_PIXELS)


def _size(content: bytes) -> tuple[int, int]:
    """From the picture's head alone: nothing is decoded."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError):
        return 0, 0
