"""The structure of a Word 97-2003 file: pieces of text, font and weight of every stretch.

Section numbers are those of [MS-DOC]. All offsets come from the file and are
hostile: slices of bytes never fail, and struct raises where something is short.
"""

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from connectors.readers.outcome import Run

_WORD_97 = 0x00C1  # nFib; older files have another structure
_PAGE = 512
_FONT_SPRM = 0x4A4F  # sprmCRgFtc0, the font of ASCII characters (2.6.1)
_BOLD_SPRM = 0x0835  # sprmCFBold: 0, 1, or what the style says (0x80), or its opposite (0x81)
_HIGH_FONT_SPRM = 0x4A51  # sprmCRgFtc2, of the others
_OPERAND = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_MOST_RUNS = 400_000
_FIELD = re.compile("\x13[^\x13\x14\x15]*\x14|[\x13-\x15]")
_SIGNS = str.maketrans(
    {"\r": "\n", "\x07": "\n", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": None, "\x01": None,
     "\x02": None, "\x05": None, "\x08": None}
)  # fmt: skip

T = TypeVar("T")


class _Look(NamedTuple):
    """What properties say of letters: the font's number and weight, None where they say nothing."""

    font: int | None = None
    bold: bool | None = None
    turned: bool = False  # bold is the opposite of the style's


class BrokenDocument(Exception):
    """Not the structure of a Word 97-2003 document."""


class Encrypted(Exception):
    """The document opens only with a password."""


def runs_of(document: bytes, tables: dict[str, bytes], most: int) -> list[Run]:
    """Runs in the order of the text; raises BrokenDocument, Encrypted, struct.error."""
    magic, version = struct.unpack_from("<HH", document, 0)
    (flags,) = struct.unpack_from("<H", document, 0x0A)
    if magic != 0xA5EC or version < _WORD_97:
        raise BrokenDocument(f"version {version}")
    if flags & 0x0100:
        raise Encrypted
    table = tables.get("1Table" if flags & 0x0200 else "0Table")
    if table is None:
        raise BrokenDocument("no table stream")
    file = _File(document, table)
    return _cleaned(file.runs(most))


def _cleaned(runs: list[Run]) -> list[Run]:
    """Without field codes, which may span runs; marks of cells and paragraphs as line ends."""
    whole = "".join(run.text for run in runs)
    dropped = bytearray(len(whole))
    for match in _FIELD.finditer(whole):
        dropped[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    out, at = [], 0
    for text, font, bold in runs:
        marks = dropped[at : at + len(text)]
        at += len(text)
        if any(marks):
            text = "".join(char for char, mark in zip(text, marks, strict=True) if not mark)
        if text:
            out.append(Run(text.translate(_SIGNS), font, bold))
    return out


@dataclass
class _Stretches(Generic[T]):
    """A property by file position: ``values[i]`` holds from ``starts[i]`` on."""

    starts: list[int] = field(default_factory=list)
    values: list[T | None] = field(default_factory=list)

    def at(self, position: int) -> tuple[T | None, int]:
        """The value there, and where it ends."""
        index = bisect_right(self.starts, position)
        end = self.starts[index] if index < len(self.starts) else 1 << 40
        return (self.values[index - 1] if index else None), end


class _File:
    def __init__(self, document: bytes, table: bytes) -> None:
        self._document = document
        self._table = table
        self._fonts = self._font_names()
        self._style_looks, self._default = self._styles()
        self._direct = self._stretches(0xFA, _look_of_chpx, 1)
        self._styled = self._stretches(0x102, _style_of_papx, 13)

    def runs(self, most: int) -> list[Run]:
        (main, footnotes, headers, macros) = struct.unpack_from("<4i", self._document, 0x4C)
        (comments, endnotes, boxes) = struct.unpack_from("<3i", self._document, 0x5C)
        before_endnotes = main + footnotes + headers + macros + comments
        notes = [(main, main + footnotes), (before_endnotes, before_endnotes + endnotes)]
        wanted = [(0, main), (before_endnotes + endnotes, before_endnotes + endnotes + boxes), *notes]
        return list(self._wanted([span for span in wanted if span[1] > span[0]], most))

    def _wanted(self, spans: list[tuple[int, int]], most: int) -> Iterator[Run]:
        for begin, end in spans:
            for first, last, position, wide in self._pieces():
                low, high = max(begin, first), min(end, last, max(begin, first) + most)
                if low < high:
                    yield from self._piece(position + (low - first) * wide, high - low, wide)

    def _pieces(self) -> list[tuple[int, int, int, int]]:
        """(first character, last, file position, bytes per character) (2.8.35, 2.9.177)."""
        place, size = self._location(0x01A2)
        clx = self._table[place : place + size]
        at = 0
        while at < len(clx) and clx[at] == 1:
            at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
        if at >= len(clx) or clx[at] != 2:
            raise BrokenDocument("no piece table")
        (length,) = struct.unpack_from("<I", clx, at + 1)
        plc = clx[at + 5 : at + 5 + length]
        count = (len(plc) - 4) // 12
        starts = struct.unpack_from(f"<{count + 1}I", plc, 0)
        places = [struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * i + 2)[0] for i in range(count)]
        return [(starts[i], starts[i + 1], *_position(places[i])) for i in range(count)]

    def _piece(self, position: int, count: int, wide: int) -> Iterator[Run]:
        end = min(position + count * wide, len(self._document))
        runs = 0
        while position < end and runs < _MOST_RUNS:
            direct, stop = self._direct.at(position)
            style, style_stop = self._styled.at(position)
            stop = min(stop, style_stop, end)
            stop = max(stop - (stop - position) % wide, position + wide)
            data = self._document[position:stop]
            text = data.decode("utf-16-le" if wide == 2 else "cp1252", "replace")
            yield Run(text, *self._look(direct or _Look(), style))
            position, runs = stop, runs + 1

    def _look(self, direct: _Look, style: int | None) -> tuple[str, bool]:
        """The font's name and the weight, by the run's own properties, then by its paragraph's style."""
        styled = self._style_looks.get(style or 0, self._default)
        font = styled.font if direct.font is None else direct.font
        bold = bool(styled.bold) if direct.bold is None else direct.bold
        name = self._fonts[font] if font is not None and font < len(self._fonts) else ""
        return name, bold != direct.turned

    def _location(self, offset: int) -> tuple[int, int]:
        place, size = struct.unpack_from("<II", self._document, offset)
        return place, min(size, len(self._table))

    def _font_names(self) -> list[str]:
        """SttbfFfn (2.9.286): names follow 40 bytes of metrics."""
        place, size = self._location(0x0112)
        data = self._table[place : place + size]
        if len(data) < 4:
            return []
        (count,) = struct.unpack_from("<H", data, 0)
        names, at = [], 4
        for _ in range(min(count, 2000)):
            length = data[at] + 1 if at < len(data) else 0
            entry = data[at : at + length]
            names.append(entry[40:].decode("utf-16-le", "replace").partition("\0")[0])
            at += length or 1
        return names

    def _stretches(self, offset: int, read: Callable[[bytes, int], T | None], step: int) -> _Stretches[T]:
        """All FKP pages of a bin table (2.8.5, 2.8.6): positions and one property each, at every ``step``."""
        place, size = self._location(offset)
        plc = self._table[place : place + size]
        count = max(0, (len(plc) - 4) // 8)
        found: _Stretches[T] = _Stretches()
        for index in range(count):
            (page,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * index)
            _add_page(self._document[(page & 0x3FFFFF) * _PAGE :][:_PAGE], read, step, found)
        return found

    def _styles(self) -> tuple[dict[int, _Look], _Look]:
        """Looks of the styles (STSH, 2.9.271), inherited; and the default one."""
        place, size = self._location(0x00A2)
        data = self._table[place : place + size]
        if len(data) < 20:
            return {}, _Look()
        (head,) = struct.unpack_from("<H", data, 0)
        count, base_size = struct.unpack_from("<HH", data, 2)
        (font,) = struct.unpack_from("<H", data, 14) if head >= 14 else (0,)
        default = _Look(font, False)
        own: dict[int, _Look] = {}
        parents: dict[int, int] = {}
        at = 2 + head
        for index in range(min(count, 4095)):
            if at + 2 > len(data):
                break
            (length,) = struct.unpack_from("<H", data, at)
            own[index], parents[index] = _style(data[at + 2 : at + 2 + length], base_size)
            at += 2 + length
        return {index: _inherited(index, own, parents, default) for index in own}, default


def _add_page(page: bytes, read: Callable[[bytes, int], T | None], step: int, found: _Stretches[T]) -> None:
    if len(page) < _PAGE or len(found.starts) > _MOST_RUNS:
        return
    count = page[_PAGE - 1]
    starts = struct.unpack_from(f"<{count + 1}I", page, 0)
    for index in range(count):
        if found.starts and starts[index] < found.starts[-1]:
            continue  # bisection needs order; a page out of order is damage
        found.starts.append(starts[index])
        found.values.append(read(page, page[4 * (count + 1) + step * index] * 2))


def _position(place: int) -> tuple[int, int]:
    """File position and width of a piece's characters (FcCompressed, 2.9.73)."""
    if place & 0x40000000:
        return (place & 0x3FFFFFFF) // 2, 1
    return place & 0x3FFFFFFF, 2


def _look_of_chpx(page: bytes, at: int) -> _Look | None:
    """What a run's own properties say, or None (ChpxFkp, 2.9.32)."""
    return _look_of_grpprl(page[at + 1 : at + 1 + page[at]]) if at else None


def _style_of_papx(page: bytes, at: int) -> int | None:
    """The style of a paragraph (PapxInFkp, 2.9.175)."""
    if not at or at + 4 > len(page):
        return None
    return int(struct.unpack_from("<H", page, at + (2 if page[at] == 0 else 1))[0])


def _look_of_grpprl(grpprl: bytes) -> _Look:
    """The last font and weight in a list of property changes (Sprm, 2.6)."""
    at, font, high, weight = 0, None, None, None
    while at + 2 <= len(grpprl):
        (sprm,) = struct.unpack_from("<H", grpprl, at)
        size = _OPERAND.get(sprm >> 13) or (grpprl[at + 2] + 1 if at + 2 < len(grpprl) else 1)
        if at + 4 <= len(grpprl) and sprm in (_FONT_SPRM, _HIGH_FONT_SPRM):
            (operand,) = struct.unpack_from("<H", grpprl, at + 2)
            font, high = (operand, high) if sprm == _FONT_SPRM else (font, operand)
        elif sprm == _BOLD_SPRM and at + 3 <= len(grpprl):
            weight = grpprl[at + 2]
        at += 2 + size
    font = high if high is not None else font  # because the letters that matter are not ASCII
    return _Look(font, bool(weight) if weight in (0, 1) else None, weight == 0x81)


def _style(data: bytes, base_size: int) -> tuple[_Look, int]:
    """(look, style it is based on) of one style definition (STD, 2.9.260)."""
    if len(data) < base_size + 2 or base_size < 10:
        return _Look(), 0xFFF
    kind_and_base, count_and_next = struct.unpack_from("<HH", data, 2)
    (name,) = struct.unpack_from("<H", data, base_size)
    at = base_size + 2 + 2 * name + 2
    wanted = {1: 1, 2: 0}.get(kind_and_base & 0xF)  # character properties: second in paragraph styles
    for number in range(count_and_next & 0xF):
        if at + 2 > len(data):
            break
        (length,) = struct.unpack_from("<H", data, at)
        if number == wanted:
            return _look_of_grpprl(data[at + 2 : at + 2 + length]), kind_and_base >> 4
        at += 2 + length + length % 2
    return _Look(), kind_and_base >> 4


def _inherited(index: int, own: dict[int, _Look], parents: dict[int, int], default: _Look) -> _Look:
    font, bold = None, None
    for _ in range(12):  # a chain of styles may be a ring
        look = own.get(index, default)
        font = look.font if font is None else font
        bold = look.bold if bold is None else bold
        if index not in own:
            break
        index = parents.get(index, 0xFFF)
    return _Look(default.font if font is None else font, bold)
