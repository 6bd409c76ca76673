"""Another look at the lower zone of a page: each column cut out and read alone, ink of seal and pen away.

OCR reads across both columns where they stand close, and a seal takes the signer's rows with it. So the
recipients are read again where their rows are not plain, and the signature where the first look shows no
name and title for sure. What the looks say of the signature `rules.identify.signed` compares.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PIL import Image, ImageChops

from connectors.scans import tesseract
from connectors.scans.ink import without_large
from connectors.scans.tesseract import NoEngine, Seen
from rules.identify import foot, signed
from rules.identify.foot import Foot
from rules.values.reading import Page, Word

_COARSE, _DPI = 190, 240  # a page scanned more coarsely is enlarged to so many dots per inch
_LARGER = 1.4
_PLAIN = 0.75  # surety of every word of a row that need not be read again
_SIGNED = 0.85  # the same of the signer's name and title
_COLOURED = 0.002  # share of a zone that is ink in colour
_SATURATED = 70  # difference of the channels from which on a point has a colour
_LEAST_SECONDS = 3.0
_NAME = 2.0  # inches that a name is wide at most
_SAME = 0.5  # share of a word's box that another must cover to be the same word

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def foot_look(
    grey: Image.Image, colour: Callable[[], Image.Image], words: Sequence[Seen], dpi: int, seconds: float
) -> list[Seen]:
    """The words, those of the lower zone as the columns alone show them. ``colour`` gives the page in RGB."""
    page = _page(words, grey.size)
    zone = foot.find(page.words, *grey.size)
    if zone is None or seconds < _LEAST_SECONDS:
        return list(words)
    deadline = time.monotonic() + seconds
    found = list(words)
    try:
        if not _plain(page, zone):
            found = _recipients(grey, found, zone, dpi, deadline)
        found = _signature(grey, colour, found, _part(page, zone), zone, dpi, deadline)
    except NoEngine:
        return found  # because what the first look read is there all the same
    return found


def _page(words: Sequence[Seen], size: tuple[int, int]) -> Page:
    """The words as rules know them, in pixels; in the order of the list."""
    places = {id(place.seen): place for place in tesseract.placed(words)}
    boxes = tuple(
        Word(word.text, word.x0, places[id(word)].y0, word.x1, places[id(word)].y1, "", places[id(word)].size)
        for word in words
    )
    sure = tuple(word.sure for word in words)
    return Page(1, "", boxes, float(size[0]), float(size[1]), source="ocr", sure=sure)


# --- the recipients -------------------------------------------------------------------------


def _plain(page: Page, zone: Foot) -> bool:
    """Every row of the block has its bullet, and OCR was sure of the words of those who receive."""
    receiving = zone.rows[1:-1] if zone.closed else zone.rows[1:]
    unsure = any(
        page.sure[at] < _PLAIN and not foot.bullet(page.words[at].text) for run in receiving for at in run.at
    )
    return zone.headed and not unsure and all(foot.begins(run.text) for run in zone.rows[1:])


def _recipients(grey: Image.Image, words: list[Seen], zone: Foot, dpi: int, deadline: float) -> list[Seen]:
    box = (round(zone.left), round(zone.top), round(zone.gutter), round(zone.bottom))
    again = _looked(grey.crop(box), box, dpi, _scale(dpi, 1.0), tesseract.read_column, deadline)
    inside = [word for word in words if _inside(word, box)]
    found = _instead(words, inside, [_surer(word, inside) for word in again])
    other = foot.find(_page(found, grey.size).words, *grey.size)
    better = other is not None and (other.closed or not zone.closed) and len(other.rows) >= len(zone.rows)
    return found if better else words


def _surer(word: Seen, before: Sequence[Seen]) -> Seen:
    """The word, or what the first look read in its place where that was surer."""
    for other in before:
        if other.sure > word.sure and _covers(other, word) and _covers(word, other):
            return replace(word, text=other.text, sure=other.sure)
    return word


def _covers(one: Seen, other: Seen) -> bool:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return width > _SAME * (other.x1 - other.x0) and height > _SAME * (other.y1 - other.y0)


# --- the signature --------------------------------------------------------------------------


def _certain(said: signed.Signed) -> bool:
    rows = [*said.titles, *([said.name] if said.name is not None else [])]
    return bool(said.titles) and said.name is not None and all(row.sure >= _SIGNED for row in rows)


def _inks(grey: Image.Image, channels: Sequence[Image.Image], box: Box, dpi: int) -> Iterator[Image.Image]:
    """The signature's part as it is, and without what is not print.

    In colour that is the lightest of the channels, in which red and blue vanish, and the blue one, in
    which a name from a red stamp stays and the pen vanishes. Without colour only what is larger than
    letters can go.
    """
    if channels:
        yield ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
        yield channels[2]
    else:
        part = grey.crop(box)
        yield part
        yield without_large(part, dpi)


def _channels(whole: Image.Image, box: Box) -> tuple[Image.Image, ...]:
    """The part's colours; none where there is no ink in colour."""
    channels = whole.crop(box).split() if whole.mode == "RGB" else ()
    return channels if channels and _coloured(channels) else ()


def _coloured(channels: Sequence[Image.Image]) -> bool:
    small = [channel.reduce(4) for channel in channels]
    high = ImageChops.lighter(ImageChops.lighter(small[0], small[1]), small[2])
    low = ImageChops.darker(ImageChops.darker(small[0], small[1]), small[2])
    counts = ImageChops.difference(high, low).histogram()
    return sum(counts[_SATURATED:]) > _COLOURED * sum(counts)


def _right(zone: Foot, size: tuple[int, int]) -> Box:
    return (round(zone.gutter), round(zone.top), size[0], min(size[1], round(zone.end)))


def _signature(
    grey: Image.Image,
    colour: Callable[[], Image.Image],
    words: list[Seen],
    first: Page,
    zone: Foot,
    dpi: int,
    deadline: float,
) -> list[Seen]:
    """Also where the first look is certain, if there is colour: a seal may hide a row and leave no trace."""
    box = _right(zone, grey.size)
    seen = signed.look_at(first.words, first.sure)
    channels = _channels(colour(), box)
    if not channels and _certain(signed.settled([seen])):
        return words
    said = _compared(grey, _inks(grey, channels, box, dpi), seen, box, dpi, deadline)
    rows = [*said.titles, *([said.name] if said.name is not None else [])]
    if not rows:
        return words
    top, bottom = min(row.y0 for row in rows), max(row.y1 for row in rows)
    between = (box[0], round(top), box[2], round(bottom) + 1)
    new = [
        Seen(part, round(x0), round(row.y0), round(x1), round(row.y1), row.sure, number)
        for number, row in enumerate(_apart(rows))
        for part, x0, x1 in row.parts()
    ]
    return _instead(words, [word for word in words if _inside(word, between)], new)


def _compared(
    whole: Image.Image, inks: Iterator[Image.Image], first: signed.Look, box: Box, dpi: int, deadline: float
) -> signed.Signed:
    """What the looks agree on; no more of them than it takes to be certain."""
    looks = [first]
    said = signed.settled(looks)
    for ink in inks:
        for read in (tesseract.read_block, tesseract.read_sparse):
            again = _looked(ink, box, dpi, _scale(dpi, _LARGER), read, deadline)
            looks.append(_look(again, rows=read is tesseract.read_block))
            said = signed.settled(looks)
            if _certain(said):
                return said
    if said.name is None and (end := signed.end_of_name(looks)) is not None:
        looks += _line_looks(whole, end, dpi, deadline)
        said = signed.settled(looks)
    return said


def _line_looks(whole: Image.Image, end: signed.Row, dpi: int, deadline: float) -> Iterator[signed.Look]:
    """A name's row alone, of which the end was read: a line without the rest of the seal reads further."""
    high = end.y1 - end.y0
    left, right = max(0.0, end.x1 - _NAME * dpi), min(float(whole.width), end.x1 + high)
    box = (round(left), round(end.y0 - 0.3 * high), round(right), round(end.y1 + 0.3 * high))
    for scale in (1.0, _LARGER):
        yield _look(_looked(whole.crop(box), box, dpi, scale, tesseract.read_line, deadline), rows=True)


def _apart(rows: Sequence[signed.Row]) -> list[signed.Row]:
    """A stamp's row may lie over the printed one: the rows cut where they overlap, so that they stay two."""
    found: list[signed.Row] = []
    for row in rows:
        if found and row.y0 < found[-1].y1:
            middle = (row.y0 + found[-1].y1) / 2
            found[-1], row = replace(found[-1], y1=middle), replace(row, y0=middle)
        found.append(row)
    return found


def _look(words: Sequence[Seen], *, rows: bool) -> signed.Look:
    """``rows``: OCR knows them, also where a stamp's stands close to a printed one; else places tell."""
    page = _page(words, (0, 0))
    if not rows:
        return signed.look_at(page.words, page.sure)
    lines: dict[int, list[int]] = {}
    for at, word in enumerate(words):
        lines.setdefault(word.line, []).append(at)
    return signed.Look(
        page.words, page.sure, [run for line in lines.values() for run in foot.split(page.words, line)]
    )


def _part(page: Page, zone: Foot) -> Page:
    """The signature's column of the first look."""
    at = [number for number, word in enumerate(page.words) if zone.beside(word)]
    return replace(page, words=tuple(page.words[n] for n in at), sure=tuple(page.sure[n] for n in at))


def _scale(dpi: int, usual: float) -> float:
    return usual if dpi >= _COARSE else max(usual, _DPI / dpi)


# --- words put in place of others -------------------------------------------------------------


def _looked(
    part: Image.Image,
    box: Box,
    dpi: int,
    scale: float,
    read: Callable[[Image.Image, int, float], list[Seen]],
    deadline: float,
) -> list[Seen]:
    """The words of a part, in the page's pixels."""
    if scale > 1:
        size = (round(part.width * scale), round(part.height * scale))
        part = part.resize(size, Image.Resampling.BICUBIC)
    return [
        replace(
            word,
            x0=round(word.x0 / scale) + box[0],
            y0=round(word.y0 / scale) + box[1],
            x1=round(word.x1 / scale) + box[0],
            y1=round(word.y1 / scale) + box[1],
        )
        for word in read(part, round(dpi * scale), deadline - time.monotonic())
    ]


def _inside(word: Seen, box: Box) -> bool:
    across, down = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _instead(words: Sequence[Seen], old: Sequence[Seen], new: Sequence[Seen]) -> list[Seen]:
    """``new`` where the first of ``old`` stood, as lines of their own."""
    gone = set(map(id, old))
    after = max((word.line for word in words), default=0) + 1
    lined = [replace(word, line=word.line + after) for word in new]
    at = next((number for number, word in enumerate(words) if id(word) in gone), len(words))
    kept = [word for word in words[at:] if id(word) not in gone]
    return [*words[:at], *lined, *kept]
