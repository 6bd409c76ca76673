"""One page of a scan read: drawn, turned upright, straightened, its words found, a picture kept."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from connectors.readers.outcome import tidy
from connectors.scans import marks, tesseract, upright
from connectors.scans.foot_look import foot_look
from connectors.scans.picture import POINTS, NoPicture, Picture, page_picture
from connectors.scans.second_look import second_look
from connectors.scans.stamp_look import stamp_look
from connectors.scans.tesseract import NoEngine, Placed, Seen
from rules.records.batch import sheet_unit
from rules.values.reading import Page, Word
from rules.values.scan import ScannedPage

_POOR = 0.62  # of the letters that OCR is sure of; below it the page may be upside down
_KEPT_DPI = 150
_QUALITY = 70
_COLUMN = 1.7  # in letter sizes: a wider gap is the gap between columns
_RUBBISH = re.compile(r"[^\w\s]+")


@dataclass(frozen=True, slots=True)
class Request:
    """Page ``index`` of a file; its picture goes to ``folder``. ``seconds`` for all of it."""

    path: Path
    media_type: str
    index: int
    folder: Path
    seconds: float


def read(request: Request) -> ScannedPage:
    """The page, or why it could not be read; never raises for what the file holds."""
    number = request.index + 1
    try:
        return _read(request, number)
    except NoPicture as error:
        return ScannedPage(Page(number, "", source="ocr"), problem=str(error))
    except NoEngine as error:
        return ScannedPage(Page(number, "", source="ocr"), problem=f"ocr: {error}")


def _read(request: Request, number: int) -> ScannedPage:
    deadline = time.monotonic() + request.seconds
    drawn = page_picture(request.path, request.media_type, request.index)
    grey = drawn.image.convert("L")
    small = upright.ink(grey)
    size = (drawn.image.width * POINTS / drawn.dpi, drawn.image.height * POINTS / drawn.dpi)
    if upright.is_blank(small):
        return ScannedPage(Page(number, "", (), *size, source="ocr"), blank=True)
    found = marks.find(grey, drawn.dpi)
    sheet = ScannedPage(Page(number, "", (), *size, source="ocr"), marks=found)
    if sheet_unit(sheet) is not None:
        return sheet  # because a separator is no page of any letter
    turned = 90 if upright.on_its_side(small) else 0
    straight = _turned(small, turned)
    angle = upright.skew(straight)
    words, turned, level = _words(_turned(grey, turned, angle), turned, drawn.dpi, deadline)
    if number == 1:
        words = second_look(level, words, drawn.dpi, deadline - time.monotonic())
    words = stamp_look(level, words, drawn.dpi, deadline - time.monotonic())  # a batch has many first pages
    left = deadline - time.monotonic()
    words = foot_look(level, lambda: _turned(drawn.image, turned, angle), words, drawn.dpi, left)
    page = _page(number, words, drawn.dpi, size if turned % 180 == 0 else (size[1], size[0]))
    name, pixels = _keep(_turned(_smaller(drawn), turned, angle), request)
    return ScannedPage(page, False, turned, angle, found, name, pixels, drawn.image.mode == "L")


def _turned(image: Image.Image, turned: int, angle: float = 0.0) -> Image.Image:
    quarter = {
        90: Image.Transpose.ROTATE_90,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_270,
    }
    if turned in quarter:
        image = image.transpose(quarter[turned])
    if not angle:
        return image
    white: int | tuple[int, ...] = 255 if image.mode == "L" else (255, 255, 255)
    return image.rotate(angle, Image.Resampling.BILINEAR, fillcolor=white)


def _words(level: Image.Image, turned: int, dpi: int, deadline: float) -> tuple[list[Seen], int, Image.Image]:
    """The words, and the turn at which they read best, and the page so: it may have gone in head first."""
    words = tesseract.read_page(level, dpi, deadline - time.monotonic())
    letters = sum(len(word.text) for word in words)
    gained = tesseract.gain(words)
    if gained >= _POOR * letters or letters == 0:
        return words, turned, level
    other = _turned(level, 180)
    over = tesseract.read_page(other, dpi, deadline - time.monotonic())
    if tesseract.gain(over) > 1.5 * gained:
        return over, (turned + 180) % 360, other
    return words, turned, level


def _page(number: int, seen: Sequence[Seen], dpi: int, size: tuple[float, float]) -> Page:
    scale = POINTS / dpi
    places = tesseract.placed([word for word in seen if _is_text(word)])
    words = tuple(
        Word(
            tidy(p.seen.text),
            p.seen.x0 * scale,
            p.y0 * scale,
            p.seen.x1 * scale,
            p.y1 * scale,
            "",
            p.size * scale,
        )
        for p in places
    )
    sure = tuple(round(place.seen.sure, 2) for place in places)
    return Page(number, _text(places), words, *size, image_share=1.0, source="ocr", sure=sure)


def _is_text(word: Seen) -> bool:
    """Not the debris of a stamp, a signature or a fold."""
    return word.sure > 0.25 or not _RUBBISH.fullmatch(word.text)


def _text(places: Sequence[Placed]) -> str:
    """Lines in reading order; a tab where the gap is a column's."""
    lines: list[str] = []
    last: Placed | None = None
    for place in places:
        text = tidy(place.seen.text)
        if last is None or last.seen.line != place.seen.line:
            lines.append(text)
        else:
            wide = place.seen.x0 - last.seen.x1 > _COLUMN * place.size
            lines[-1] += ("\t" if wide else " ") + text
        last = place
    return "\n".join(lines)


def _smaller(drawn: Picture) -> Image.Image:
    """As large as it is kept; before it is turned, because that costs by the point."""
    image = drawn.image
    if drawn.dpi <= _KEPT_DPI:
        return image
    scale = _KEPT_DPI / drawn.dpi
    return image.resize((round(image.width * scale), round(image.height * scale)), reducing_gap=2.0)


def _keep(image: Image.Image, request: Request) -> tuple[str, tuple[int, int]]:
    """The upright page as a JPEG for the searchable copy and the clerk's eyes."""
    name = f"{request.index + 1:04d}.jpg"
    target = request.folder / name
    target.unlink(missing_ok=True)
    image.save(target, "JPEG", quality=_QUALITY)
    return name, image.size
