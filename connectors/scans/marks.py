"""Bar codes and patch-T on a page, the ways in which separator sheets speak."""

import re

import zxingcpp
from PIL import Image

from rules.text.gate import clean
from rules.values.scan import PATCH_T, CodeMark

_FORMATS = {"QR Code": "qr", "QRCode": "qr", "Code 128": "code128", "Code128": "code128"}
_MOST = 20
_DPI = 50  # dots per inch in which patches are looked for: a narrow bar is four pixels, a wide one ten
_DARK = [1 if level < 128 else 0 for level in range(256)]


def find(grey: Image.Image, dpi: int) -> tuple[CodeMark, ...]:
    """Everything of the sort on the page, each once."""
    marks = [CodeMark(PATCH_T)] if has_patch_t(grey, dpi) else []
    wanted = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128))
    for code in zxingcpp.read_barcodes(grey, formats=wanted)[:_MOST]:
        name = _FORMATS.get(str(code.format).rpartition(".")[2])
        if name is not None:
            marks.append(CodeMark(name, clean(code.text, 300)))
    return tuple(dict.fromkeys(marks))


# Kodak's patch T from the paper's edge inward: narrow, wide, narrow, wide bar (0.08, 0.2 inch); narrow gaps.
_NARROW, _GAP, _WIDE = rb"\x01{2,6}", rb"\x00{2,6}", rb"\x01{8,13}"
_PATCH = re.compile(
    rb"\x00{3}(?:%(n)s%(g)s%(w)s%(g)s%(n)s%(g)s%(w)s|%(w)s%(g)s%(n)s%(g)s%(w)s%(g)s%(n)s)\x00{3}"
    % {b"n": _NARROW, b"g": _GAP, b"w": _WIDE}
)
_STEP = 5  # pixels between the lines that are looked at: a tenth of an inch
_RUN = 12  # lines in a row that must agree: bars are at least 1.2 inches long


def has_patch_t(grey: Image.Image, dpi: int) -> bool:
    """Bars of patch T across or along the page, also on a page that lies askew or upside down."""
    scale = _DPI / dpi
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    small = grey.resize(size, Image.Resampling.BOX).point(_DARK)
    return _barred(small) or _barred(small.transpose(Image.Transpose.TRANSPOSE))


def _barred(small: Image.Image) -> bool:
    """Enough neighbouring rows hold the pattern at about the same place."""
    width, data = small.width, small.tobytes()
    run, before = 0, 0
    for row in range(0, small.height, _STEP):
        match = _PATCH.search(data[row * width : (row + 1) * width])
        if match is None:
            run = 0
            continue
        run = run + 1 if run and abs(match.start() - before) <= _STEP else 1
        before = match.start()
        if run >= _RUN:
            return True
    return False
