"""PDF files: text, words with boxes, and the judgement whether there is text at all."""

import re
from pathlib import Path

from connectors.readers import pdfium
from connectors.readers.kind import PDF
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import by_fonts, tidy, unreadable
from rules.text.legacy import convert, font_kind
from rules.values.reading import Page, Reading, Word

_PAGES_WITH_BOXES = 60
# A page of a real letter holds over a thousand letters; what signing software prints
# on a scan ("Ky boi: ... Thoi gian ky: ...") stays below four hundred, even twice.
_FEW_LETTERS = 60
_SIGNATURE_LETTERS = 400
_PICTURE_SHARE = 0.4
_NO_PICTURE = 0.05  # no more than an emblem: what is written is all there is
_CHUNK = re.compile(r"\S+|\s+")


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """Pages of a PDF; state ``no_text`` where its first written page is a picture."""
    data = path.read_bytes()
    try:
        with pdfium.opened(data) as document:
            return _read(document, data, limits)
    except pdfium.Locked:
        return Reading(PDF, "encrypted", warnings=("encrypted",))
    except pdfium.Broken:
        return unreadable(PDF, "broken-pdf")


def _read(document: pdfium.Handle, data: bytes, limits: ReadLimits) -> Reading:
    count = pdfium.page_count(document)
    warnings = list(pdfium.marks(document, data))
    pages: list[Page] = []
    kinds: set[str] = set()
    left = limits.text_chars
    for index in range(min(count, limits.pages)):
        content = pdfium.read_page(document, index, boxes=index < _PAGES_WITH_BOXES)
        if content is None:
            warnings.append("broken-page")
            break
        page, found = _page(index + 1, content, left)
        kinds |= found
        left -= len(page.text)
        pages.append(page)
        if left <= 0:
            break
    if len(pages) < count:
        warnings.append("pages-cut")
    return _reading(pages, count, kinds, warnings)


def _reading(pages: list[Page], count: int, kinds: set[str], warnings: list[str]) -> Reading:
    if not pages:
        return unreadable(PDF, *warnings, "no-pages")
    without = [page for page in pages if not _has_text(page)]
    if without and len(without) < len(pages):
        warnings.append("pages-without-text")
    state = "read" if _is_text(pages) else "no_text"
    text = "\n".join(page.text for page in pages)
    notes = tuple(dict.fromkeys(warnings))
    return Reading(PDF, state, text, tuple(pages), count, tuple(sorted(kinds)), notes)


def _is_text(pages: list[Page]) -> bool:
    """The first page that is not blank decides, because the letter's head stands on it."""
    for page in pages:
        if _has_text(page):
            return True
        if page.image_share > _NO_PICTURE or page.text.strip():
            return False
    return False


def _has_text(page: Page) -> bool:
    """Enough letters for a page, or for the part of it that is not picture (TRAPS, Documents)."""
    letters = sum(map(len, page.text.split()))
    if page.image_share < _NO_PICTURE:
        return letters > 0
    if page.image_share > _PICTURE_SHARE:
        return letters >= _SIGNATURE_LETTERS
    return letters >= _FEW_LETTERS


def _page(number: int, content: pdfium.PageContent, room: int) -> tuple[Page, set[str]]:
    text, spelled, kinds = _unicode(content.text[: max(room, 0)], content.words)
    boxes = content.words
    words = tuple(map(Word, spelled, boxes.x0, boxes.y0, boxes.x1, boxes.y1, boxes.fonts, boxes.sizes))
    return Page(number, text, words, content.width, content.height, content.image_share), kinds


def _unicode(text: str, words: pdfium.WordBoxes) -> tuple[str, list[str], set[str]]:
    """Text and its words out of legacy fonts, NFC, without control characters."""
    legacy = any(font_kind(font) for font in set(words.fonts))
    converted = by_fonts(_runs(text, words.fonts)) if legacy else convert(text)
    final = tidy(converted.text)
    return final, _spelled(words, final), set(converted.kinds)


def _runs(text: str, fonts: list[str]) -> list[tuple[str, str]]:
    """The text cut at blanks, each word with its font; blanks keep the font before them."""
    following = iter(fonts)
    font, runs = "", []
    for match in _CHUNK.finditer(text):
        if not match.group()[0].isspace():
            font = next(following, font)
        runs.append((match.group(), font))
    return runs


def _spelled(words: pdfium.WordBoxes, text: str) -> list[str]:
    """The words as the converted text spells them; conversion never moves a blank."""
    spelled = text.split()
    if len(spelled) == len(words.texts):
        return spelled
    return [tidy(convert(word).text) for word in words.texts]
