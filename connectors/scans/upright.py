"""Blank pages, the way up and the skew of a page, from projections of its ink.

Pillow's box filter sums rows and columns, so no pixel is touched from Python.
"""

from PIL import Image, ImageChops

_SIDE = 500  # pixels of the longer side of the small picture that is looked at
_INK = 150  # darker is ink; what shines through from the back is lighter
_BLANK = 0.0006  # share of a page: less than a line of text
_MARGIN = 0.05
_MOST_SKEW = 8.0
_LEAST_SKEW = 0.35  # less is not worth a resampled picture
_SURE_TURN = 1.6  # how much sharper the lines of a page on its side must be


def ink(grey: Image.Image) -> Image.Image:
    """A small picture: 255 where there is ink, margins (punch holes, shadows) left out."""
    scale = _SIDE / max(grey.size)
    size = (max(8, round(grey.width * scale)), max(8, round(grey.height * scale)))
    small = grey.resize(size, Image.Resampling.BOX, reducing_gap=2.0).point(_DARK)
    across, down = round(size[0] * _MARGIN), round(size[1] * _MARGIN)
    return small.crop((across, down, size[0] - across, size[1] - down))


_DARK = [255 if level < _INK else 0 for level in range(256)]


def is_blank(small: Image.Image) -> bool:
    """Hardly any ink: the back of a sheet."""
    dark = small.histogram()[255]
    return dark < _BLANK * small.width * small.height


def on_its_side(small: Image.Image) -> bool:
    """Lines of text run from top to bottom."""
    return _sharpness(small.transpose(Image.Transpose.ROTATE_90)) > _SURE_TURN * _sharpness(small)


def skew(small: Image.Image) -> float:
    """Degrees by which to turn the page counter-clockwise so that its lines lie straight; 0 where they do."""
    halves = [step * 0.5 for step in range(-16, 17)]
    coarse = max(halves, key=lambda degrees: _turned_sharpness(small, degrees, Image.Resampling.NEAREST))
    fine = [coarse + step * 0.1 for step in range(-4, 5)]
    angle = max(fine, key=lambda degrees: _turned_sharpness(small, degrees))
    worth = _turned_sharpness(small, angle) > 1.08 * _sharpness(small)
    return round(angle, 1) if worth and _LEAST_SKEW <= abs(angle) <= _MOST_SKEW else 0.0


def _turned_sharpness(
    small: Image.Image, degrees: float, how: Image.Resampling = Image.Resampling.BILINEAR
) -> int:
    return _sharpness(small.rotate(degrees, how) if degrees else small)


def _sharpness(small: Image.Image) -> int:
    """How much neighbouring rows differ: straight lines of text differ most from the white between."""
    rows = small.resize((1, small.height), Image.Resampling.BOX)
    steps = ImageChops.difference(rows.crop((0, 1, 1, rows.height)), rows.crop((0, 0, 1, rows.height - 1)))
    return sum(level * level * count for level, count in enumerate(steps.histogram()))
