"""RTF files: text with the font of every run, in one pass (RTF 1.9.1)."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.readers.charset import safe_codec
from connectors.readers.kind import RTF
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import Run, runs_reading
from rules.values.reading import Reading

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])"
    rb"|[\r\n\0]+|([^\\{}\r\n\0]+)",
    re.DOTALL,
)
_SKIPPED = frozenset(
    {b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"objdata", b"themedata",
     b"datastore", b"listtable", b"listoverridetable", b"revtbl", b"rsidtbl", b"generator",
     b"fldinst", b"nonshppict", b"xmlnstbl", b"latentstyles", b"filetbl", b"mmathPr", b"sp",
     b"header", b"headerf", b"headerl", b"headerr", b"footer", b"footerf", b"footerl", b"footerr",
     b"annotation", b"atnid", b"atnauthor"}
)  # fmt: skip
_SIGNS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"cell": "\n", b"nestcell": "\n", b"sect": "\n", b"page": "\n",
    b"tab": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
_CHARSETS = {163: "cp1258", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 204: "cp1251", 238: "cp1250"}
_DEEPEST = 2000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits: font number, skipped destination, characters to skip after \\u, bold."""

    font: int = 0
    skipped: bool = False
    in_fonts: bool = False
    after_unicode: int = 1
    bold: bool = False


@dataclass
class _Parse:
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    codecs: dict[int, str] = field(default_factory=dict)
    codec: str = "cp1252"
    runs: list[Run] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)  # bytes of the same font, not decoded yet
    to_skip: int = 0
    high: int = 0  # first half of a surrogate pair
    starred: bool = False
    length: int = 0


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """The text of an RTF file; broken ones give what can be had."""
    with path.open("rb") as file:
        runs = _runs(file.read(limits.unpacked_bytes), limits.text_chars)
    return runs_reading(RTF, runs, limits)


def _runs(data: bytes, most: int) -> list[Run]:
    parse = _Parse()
    at = 0
    while parse.length < most and (match := _TOKEN.search(data, at)):
        at = match.end()
        word, number, code, symbol, brace, text = match.groups()
        if word == b"bin" and number:
            at += max(0, int(number))
        elif word:
            _word(parse, word, int(number) if number else None)
        elif brace:
            _brace(parse, brace)
        elif code:
            _bytes(parse, bytes([int(code, 16)]))
        elif symbol:
            _symbol(parse, symbol)
        elif text:
            _bytes(parse, text)
    _flush(parse)
    return parse.runs


def _brace(parse: _Parse, brace: bytes) -> None:
    _flush(parse)
    parse.starred, parse.to_skip = False, 0
    if brace == b"{":
        if len(parse.stack) < _DEEPEST:
            parse.stack.append(parse.state)
    elif parse.stack:
        parse.state = parse.stack.pop()


def _symbol(parse: _Parse, symbol: bytes) -> None:
    if symbol == b"*":
        parse.starred = True
    elif symbol in _SYMBOLS:
        _text(parse, _SYMBOLS[symbol])


def _word(parse: _Parse, word: bytes, number: int | None) -> None:
    starred, parse.starred = parse.starred, False
    if word == b"fonttbl":
        parse.state = replace(parse.state, skipped=True, in_fonts=True)
    elif word in _SKIPPED or (starred and word not in (b"shptxt", b"shpinst", b"nesttableprops")):
        _flush(parse)
        parse.state = replace(parse.state, skipped=True)
    elif word == b"u" and number is not None:
        _unicode(parse, number & 0xFFFF)
    elif word in _SIGNS:
        _text(parse, _SIGNS[word])
    elif word in (b"b", b"plain"):
        _flush(parse)
        parse.state = replace(parse.state, bold=word == b"b" and number != 0)
    elif number is not None:
        _setting(parse, word, number)


def _setting(parse: _Parse, word: bytes, number: int) -> None:
    if word == b"f":
        _flush(parse)
        parse.state = replace(parse.state, font=number)
    elif word == b"fcharset" and parse.state.in_fonts:
        parse.codecs[parse.state.font] = _CHARSETS.get(number, "")
    elif word == b"uc":
        parse.state = replace(parse.state, after_unicode=max(0, min(number, 100)))
    elif word == b"ansicpg":
        parse.codec = safe_codec(f"cp{number}") or "cp1252"


def _unicode(parse: _Parse, unit: int) -> None:
    parse.to_skip = 0
    if 0xD800 <= unit < 0xDC00:
        parse.high = unit
    elif 0xDC00 <= unit < 0xE000:
        if parse.high:
            _text(parse, chr(0x10000 + ((parse.high - 0xD800) << 10) + unit - 0xDC00))
        parse.high = 0
    else:
        _text(parse, chr(unit))
    parse.to_skip = parse.state.after_unicode


def _bytes(parse: _Parse, data: bytes) -> None:
    if parse.to_skip:  # the substitute for readers without Unicode
        skipped = min(parse.to_skip, len(data))
        parse.to_skip -= skipped
        data = data[skipped:]
    if parse.state.in_fonts:
        _font_name(parse, data)
    elif not parse.state.skipped:
        parse.pending += data


def _font_name(parse: _Parse, data: bytes) -> None:
    known = parse.names.get(parse.state.font, "")
    if not known.endswith(";") and len(parse.names) < 5000 and len(known) < 100:
        parse.names[parse.state.font] = known + data.decode("latin-1")


def _text(parse: _Parse, text: str) -> None:
    parse.to_skip = 0
    _flush(parse)
    if not parse.state.skipped:
        _add(parse, text)


def _flush(parse: _Parse) -> None:
    if parse.pending:
        codec = parse.codecs.get(parse.state.font) or parse.codec
        _add(parse, parse.pending.decode(codec, "replace"))
        parse.pending.clear()


def _add(parse: _Parse, text: str) -> None:
    parse.length += len(text)
    font = parse.names.get(parse.state.font, "").rstrip("; ")
    parse.runs.append(Run(text, font, parse.state.bold))
