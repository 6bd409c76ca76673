"""Header fields of a mail or of one of its parts: capped before anything parses them.

Header parsers are super-linear on hostile input (an 80 KB ``To:`` took 11.7 s),
so the limits of PROMISES S3 apply to the bytes, before any library sees them.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import pybase64

from connectors.readers.charset import decode, nfc, safe_codec
from connectors.readers.limits import ReadLimits

_NAME = re.compile(rb"[!-9;-~]+[ \t]*:")
_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_Segment = tuple[int, bool, str]  # number, extended, text
_BETWEEN = re.compile(r"[ \t\r\n]*\Z")
_BLANKS = " \t\r\n"  # others may be bytes of a letter
_FOLD = re.compile(r"\r?\n[ \t]?|\r")


@dataclass(frozen=True, slots=True)
class Block:
    """The fields as bytes, in order and capped; ``body`` is where the body starts."""

    fields: tuple[tuple[str, bytes], ...]  # lower-case name, value with its folds
    body: int
    warnings: tuple[str, ...] = ()

    def raw(self, name: str) -> bytes:
        """The first field of this name, or b""."""
        return next((value for key, value in self.fields if key == name), b"")

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def text(self, name: str) -> str:
        """The first field of this name, decoded for people."""
        return header_text(self.raw(name))

    def token(self, name: str) -> str:
        """The first word of a structured field, lower case: ``base64``, ``auto-replied``."""
        return unfolded(self.raw(name)).split(";")[0].strip().lower()[:100]


def block(data: bytes, start: int, end: int, limits: ReadLimits) -> Block:
    """The header block of ``data[start:end]``; what is past the limits is left out and warned of."""
    fields: list[tuple[str, list[bytes]]] = []
    at, lines, full = start, 0, False
    warnings: set[str] = set()
    while at < end:
        stop = data.find(b"\n", at, end) + 1 or end
        line = data[at : min(stop, at + limits.header_bytes)].rstrip(b"\r\n")
        if not line.strip():
            return _block(fields, stop, warnings, limits)
        if line[:1] not in b" \t" and not _NAME.match(line) and not _is_envelope(line, at == start):
            return _block(fields, at, warnings | {"header-broken"}, limits)
        lines += 1
        full = full or lines > limits.header_lines or stop - start > limits.headers_bytes
        if full:
            return _block(fields, _after_blank(data, at, end), warnings | {"headers-capped"}, limits)
        _add(fields, line)
        at = stop
    return _block(fields, end, warnings, limits)


def _is_envelope(line: bytes, first: bool) -> bool:
    """mbox's ``From `` or its quoted form on the first line is not part of the mail."""
    return first and line.startswith((b"From ", b">From "))


def _after_blank(data: bytes, at: int, end: int) -> int:
    found = _BLANK.search(data, max(0, at - 2), end)
    return found.end() if found else end


def _add(fields: list[tuple[str, list[bytes]]], line: bytes) -> None:
    if line[:1] in b" \t":
        if fields:
            fields[-1][1].append(line)
        return
    name, colon, value = line.partition(b":")
    if colon and _NAME.match(line):
        fields.append((name.strip().lower().decode("ascii", "replace"), [value]))


def _block(fields: list[tuple[str, list[bytes]]], body: int, warnings: set[str], limits: ReadLimits) -> Block:
    kept = []
    for name, lines in fields:
        value = b"\n".join(lines)
        if len(value) > limits.header_bytes:
            value, warnings = value[: limits.header_bytes], warnings | {"headers-capped"}
        kept.append((name, value.strip()))
    return Block(tuple(kept), body, tuple(sorted(warnings)))


def unfolded(value: bytes) -> str:
    """One line of Unicode: raw 8-bit bytes are UTF-8, else what Vietnamese mailers sent."""
    text = value.decode("ascii") if value.isascii() else decode(value)
    return _FOLD.sub(" ", text).strip()


def header_text(value: bytes | str) -> str:
    """Unfolded text with its encoded words decoded (RFC 2047), NFC."""
    text = unfolded(value) if isinstance(value, bytes) else _FOLD.sub(" ", value)
    return nfc("".join(_pieces(text))) if "=?" in text else nfc(text)


def _pieces(text: str) -> Iterator[str]:
    """Plain text and decoded runs; neighbours of one charset join before decoding,

    because mailers cut a letter's bytes between two words.
    """
    at, pending, charset = 0, b"", ""
    for match in _ENCODED.finditer(text):
        between = text[at : match.start()]
        apart = not (pending and _BETWEEN.match(between))
        name = match.group(1).partition("*")[0].lower()
        if pending and (apart or name != charset):
            yield decode(pending, charset)
            pending = b""
        if apart:
            yield between
        pending, charset, at = pending + _word_bytes(match), name, match.end()
    if pending:
        yield decode(pending, charset)
    yield text[at:]


def _word_bytes(match: re.Match[str]) -> bytes:
    body = match.group(3).encode("utf-8", "surrogateescape")
    if match.group(2) in "qQ":
        return binascii.a2b_qp(body, header=True)
    return base64_bytes(body)


def base64_bytes(data: bytes) -> bytes:
    """Base64 as other mail programs read it: foreign characters skipped, cut groups kept."""
    padding = data.find(b"=")
    plain = padding < 0 or not data[padding:].translate(None, b"= \r\n\t")
    try:
        # where something follows the padding, the two disagree about what it means
        return pybase64.b64decode(data) if plain else binascii.a2b_base64(data)
    except binascii.Error:
        clean = data.translate(None, _NOT_BASE64)  # no "=" either: a whole padding would have ended it
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


@dataclass(frozen=True, slots=True)
class Parameters:
    """A structured field taken apart: its first word and its parameters (RFC 2231 decoded)."""

    main: str
    values: dict[str, str]


def parameters(value: bytes) -> Parameters:
    """Media type or disposition with parameters; ``name*`` wins over ``name`` (RFC 2231, RFC 6266).

    The standard library takes the ASCII one of two names, and raises on mixed segments. Each value is
    decoded by itself, because raw bytes are in the sender's own set and a short name shows it best alone.
    """
    text = _FOLD.sub(" ", value.decode("latin-1")).strip(_BLANKS)
    main, _, rest = text.partition(";")
    plain: dict[str, str] = {}
    segments: dict[str, list[_Segment]] = {}
    for match in _PARAMETER.finditer(";" + rest):
        name, number, star = _segment(match.group(1).lower())
        content = _unquoted(match.group(2))
        if number is None:
            plain.setdefault(name, _plain_value(content))
        else:
            segments.setdefault(name, []).append((number, star, content))
    return Parameters(
        main.strip(_BLANKS).lower(), plain | {name: _joined(found) for name, found in segments.items()}
    )


def _segment(name: str) -> tuple[str, int | None, bool]:
    """``filename*1*`` is segment 1 of filename, extended; without a star there is no number."""
    base, *marks = name.split("*")
    if not marks:
        return base, None, False
    number = int(marks[0]) if marks[0].isdecimal() and len(marks[0]) < 6 else 0
    return base, number, marks[-1] == ""


def _unquoted(text: str) -> str:
    text = text.strip(_BLANKS)
    if not text.startswith('"'):
        return text
    return _ESCAPED.sub(r"\1", text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:])


def _plain_value(text: str) -> str:
    """Encoded words and extended values stand where RFC 2231 forbids them; mailers write them."""
    text = unfolded(text.encode("latin-1"))
    charset, mark, rest = text.partition("''")
    if mark and safe_codec(charset.lower()) and "%" in rest:
        return decode(unquote_to_bytes(rest), charset)
    return header_text(text)


def _joined(segments: list[_Segment]) -> str:
    """Segments in their order; the first one names the charset of all that are extended."""
    segments.sort(key=lambda segment: segment[0])
    if not any(star for _, star, _ in segments):
        return header_text("".join(text for _, _, text in segments).encode("latin-1"))
    charset, data = "", b""
    for place, (_, star, text) in enumerate(segments):
        if star and place == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text.encode("latin-1")) if star else text.encode("latin-1")
    return decode(data, charset)
