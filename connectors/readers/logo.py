"""Is a picture the logo of a signature, or a page that somebody took a photograph of?"""

import io
import struct

from PIL import Image

_LOGO_BYTES = 150_000  # a page out of a camera is larger
_PAGE_PIXELS = 400_000  # a page that a chat program made small has still as many
_BANNER = 2.0  # pages are less long than twice their width


def is_logo(content: bytes) -> bool:
    """Small, or too long for a page; what cannot be measured is judged by its bytes."""
    if len(content) > _LOGO_BYTES:
        return False
    width, height = _size(content)
    shape = max(width, height) / max(1, min(width, height))
    return width * height < _PAGE_PIXELS or shape > _BANNER


def _size(content: bytes) -> tuple[int, int]:
    """From the picture's head alone: nothing is decoded."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError):
        return 0, 0
