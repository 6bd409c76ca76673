"""The codes of separator sheets as small pictures, a pixel a module: what ``marks`` reads back."""

import io

import zxingcpp
from PIL import Image


def square(text: str) -> bytes:
    """A QR code as PNG, with the correction that bears a stain or a fold."""
    return _png(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H"))


def bars(text: str) -> bytes:
    """A Code 128 as PNG."""
    return _png(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128))


def _png(code: zxingcpp.Barcode) -> bytes:
    drawn = code.to_image(add_quiet_zones=True)
    height, width = drawn.shape
    packed = io.BytesIO()
    pixels = bytes(memoryview(drawn))  # type: ignore[arg-type]  # it is a buffer, which its types do not say
    Image.frombytes("L", (width, height), pixels).convert("1").save(packed, "PNG")
    return packed.getvalue()
