"""Excel 97-2003 (.xls): cells row by row, with the font of every text. Source: [MS-XLS]."""

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_BOF, _EOF, _CONTINUE, _FILEPASS = 0x0809, 0x000A, 0x003C, 0x002F
_FONT, _XF, _SST, _FORMULA_STRING = 0x0031, 0x00E0, 0x00FC, 0x0207
_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _FORMULA = (
    0x00FD,
    0x0204,
    0x00D6,
    0x0203,
    0x027E,
    0x00BD,
    0x0006,
)
_MOST_CELLS = 400_000

Run = tuple[str, str]  # text, font


class BrokenSheet(Exception):
    """The records are not what they should be."""


class Locked(Exception):
    """The workbook is encrypted."""


@dataclass(slots=True)
class _Book:
    wide: bool = True  # BIFF8: strings may be Unicode
    fonts: list[str] = field(default_factory=list)
    formats: list[int] = field(default_factory=list)  # font index of each XF
    strings: list[list[Run]] = field(default_factory=list)

    def font(self, index: int) -> str:
        at = index - 1 if index > 4 else index  # the file format has no font 4
        return self.fonts[at] if 0 <= at < len(self.fonts) else ""

    def font_of(self, style: int) -> str:
        return self.font(self.formats[style]) if 0 <= style < len(self.formats) else ""


def runs_of(stream: bytes, most_chars: int) -> list[Run]:
    """Texts of all cells, tabs between columns and a line for each row. Raises BrokenSheet, Locked."""
    book, runs, chars = _Book(), [], 0
    row, column = -1, 0
    for at_row, at_column, cell in _cells(stream, book):
        if at_row != row or at_column < column:
            runs.append(("\n", ""))
            row, column = at_row, 0
        runs.append(("\t" * min(at_column - column, 20), ""))
        column = at_column
        runs += cell
        chars += sum(len(text) for text, _ in cell)
        if chars > most_chars:
            break
    return runs


def _records(stream: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Each record with its continuations."""
    at, pending, parts = 0, -1, []
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == _CONTINUE and pending >= 0:
            parts.append(data)
            continue
        if pending >= 0:
            yield pending, parts
        pending, parts = kind, [data]
    if pending >= 0:
        yield pending, parts


def _cells(stream: bytes, book: _Book) -> Iterator[tuple[int, int, list[Run]]]:
    waiting: tuple[int, int, int] | None = None  # a formula whose text follows
    count = 0
    for kind, parts in _records(stream):
        data = parts[0]
        if kind == _FILEPASS:
            raise Locked
        if kind == _BOF and len(data) >= 2:
            book.wide = data[:2] == b"\x00\x06"
        elif kind in (_FONT, _XF, _SST):
            _learn(kind, parts, book)
        elif kind == _FORMULA_STRING and waiting is not None:
            row, column, style = waiting
            yield row, column, [(_text(data, book.wide), book.font_of(style))]
            waiting = None
        elif kind in (_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _FORMULA) and len(data) >= 10:
            row, column, style = struct.unpack_from("<HHH", data)
            if kind == _FORMULA and data[12:14] == b"\xff\xff":
                waiting = (row, column, style) if data[6] == 0 else None
                continue
            for offset, runs in _values(kind, data, style, book):
                yield row, column + offset, runs
            count += 1
            if count > _MOST_CELLS:
                return


def _learn(kind: int, parts: list[bytes], book: _Book) -> None:
    data = parts[0]
    if kind == _FONT and len(data) > 15:
        book.fonts.append(_short(data, 14, book.wide))
    elif kind == _XF and len(data) >= 2:
        book.formats.append(struct.unpack_from("<H", data)[0])
    elif kind == _SST:
        book.strings = list(_shared(parts, book))


def _values(kind: int, data: bytes, style: int, book: _Book) -> Iterator[tuple[int, list[Run]]]:
    if kind == _LABELSST:
        index = struct.unpack_from("<I", data, 6)[0]
        runs = book.strings[index] if index < len(book.strings) else []
        yield 0, [(text, font or book.font_of(style)) for text, font in runs]
    elif kind in (_LABEL, _RSTRING):
        yield 0, [(_text(data[6:], book.wide), book.font_of(style))]
    elif kind == _MULRK:
        for number in range((len(data) - 6) // 6):
            yield number, [(_shown(_rk(data, 6 + 6 * number)), "")]
    elif kind == _RK:
        yield 0, [(_shown(_rk(data, 6)), "")]
    elif len(data) >= 14:
        yield 0, [(_shown(struct.unpack_from("<d", data, 6)[0]), "")]


def _rk(data: bytes, at: int) -> float:
    """[MS-XLS] 2.5.217: a number in 30 bits."""
    raw = struct.unpack_from("<i", data, at)[0]
    value = (
        float(raw >> 2)
        if raw & 2
        else struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", raw & 0xFFFFFFFC))[0]
    )
    return value / 100 if raw & 1 else value


def _shown(value: float) -> str:
    return f"{value:.10g}"


def _short(data: bytes, at: int, wide: bool) -> str:
    size = data[at]
    if not wide:
        return data[at + 1 : at + 1 + size].decode("latin-1")
    if data[at + 1] & 1:
        return data[at + 2 : at + 2 + 2 * size].decode("utf-16-le", "replace")
    return data[at + 2 : at + 2 + size].decode("latin-1")


def _text(data: bytes, wide: bool) -> str:
    size = struct.unpack_from("<H", data)[0]
    if not wide:
        return data[2 : 2 + size].decode("cp1252", "replace")
    if data[2] & 1:
        return data[3 : 3 + 2 * size].decode("utf-16-le", "replace")
    return data[3 : 3 + size].decode("latin-1")


class _Parts:
    """The bytes of a record and its continuations; a text cut between two begins anew with its flags."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts, self._part, self._at = parts, 0, 0

    def take(self, size: int) -> bytes:
        out = b""
        while len(out) < size:
            piece = self._parts[self._part][self._at : self._at + size - len(out)]
            self._at += len(piece)
            out += piece
            if len(out) < size:
                self._next()
        return out

    def _next(self) -> None:
        self._part, self._at = self._part + 1, 0
        if self._part >= len(self._parts):
            raise BrokenSheet

    def chars(self, count: int, wide: bool) -> str:
        out: list[str] = []
        while count:
            if self._at >= len(self._parts[self._part]):
                self._next()
                wide = bool(self.take(1)[0] & 1)
            size = 2 if wide else 1
            room = max(1, (len(self._parts[self._part]) - self._at) // size)
            data = self.take(min(count, room) * size)
            out.append(data.decode("utf-16-le" if wide else "latin-1", "replace"))
            count -= len(data) // size
        return "".join(out)


def _shared(parts: list[bytes], book: _Book) -> Iterator[list[Run]]:
    """The shared strings, cut into runs where the font changes inside one."""
    source = _Parts(parts)
    _, unique = struct.unpack("<II", source.take(8))
    for _ in range(min(unique, _MOST_CELLS)):
        try:
            size, flags = struct.unpack("<HB", source.take(3))
            changes = struct.unpack("<H", source.take(2))[0] if flags & 8 else 0
            extra = struct.unpack("<I", source.take(4))[0] if flags & 4 else 0
            text = source.chars(size, bool(flags & 1))
            marks = [struct.unpack("<HH", source.take(4)) for _ in range(changes)]
            source.take(extra)
        except (BrokenSheet, struct.error):
            return
        yield _by_font(text, marks, book)


def _by_font(text: str, marks: list[tuple[int, ...]], book: _Book) -> list[Run]:
    edges = [(0, ""), *((at, book.font(font)) for at, font in marks), (len(text), "")]
    pairs = itertools.pairwise(edges)
    return [(text[start:end], font) for (start, font), (end, _) in pairs if end > start]
