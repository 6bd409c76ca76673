"""Outlook's .msg: its text and its attachments ([MS-OXMSG])."""

import io
from dataclasses import dataclass, field

import olefile

from connectors.readers.charset import decode
from connectors.readers.html import text_of

_SUBJECT, _BODY, _HTML = "0037", "1000", "1013"
_LONG_NAME, _SHORT_NAME, _CONTENT, _CONTENT_ID = "3707", "3704", "3701", "3712"
_ATTACHMENT = "__attach_version1.0_"
_MESSAGE = f"__substg1.0_{_CONTENT}000D"  # a mail that is attached as such, in a storage of its own
_DEEPEST = 5
_LONGEST_TEXT = 4_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One attachment; ``shown``: the text has a place for it, as for the logo of a signature."""

    name: str
    content: bytes
    shown: bool = False


@dataclass(slots=True)
class Message:
    """``texts``: subject and words of the message, then of those attached to it."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


def read(data: bytes, most_files: int, most_bytes: int) -> Message:
    """Raises OSError and the like for what is no compound file."""
    found = Message()
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        _gather(ole, [], found, most_files, most_bytes)
    return found


def _gather(ole: olefile.OleFileIO, place: list[str], found: Message, most: int, left: int) -> int:
    """One message into ``found``; how many bytes may still come."""
    found.texts.append((_text(ole, place, _SUBJECT), _words(ole, place)))
    depth = len(place)
    inside = {path[depth] for path in ole.listdir() if path[:depth] == place and len(path) > depth}
    for storage in sorted(name for name in inside if name.startswith(_ATTACHMENT)):
        if len(found.files) >= most or len(found.texts) >= most:
            break
        here = [*place, storage]
        if ole.exists([*here, _MESSAGE]) and depth < 2 * _DEEPEST:
            left = _gather(ole, [*here, _MESSAGE], found, most, left)
            continue
        name = _text(ole, here, _LONG_NAME) or _text(ole, here, _SHORT_NAME)
        content = _bytes(ole, here, f"{_CONTENT}0102", left)
        if content:
            found.files.append(Part(name, content, bool(_text(ole, here, _CONTENT_ID))))
            left -= len(content)
    return left


def _words(ole: olefile.OleFileIO, place: list[str]) -> str:
    """The plain text; of a mail that has only a page, the page's."""
    plain = _text(ole, place, _BODY)
    if plain.strip():
        return plain
    page = _bytes(ole, place, f"{_HTML}0102", _LONGEST_TEXT)
    return text_of(decode(page)) if page else _text(ole, place, _HTML)


def _bytes(ole: olefile.OleFileIO, place: list[str], tag: str, most: int) -> bytes:
    path = [*place, f"__substg1.0_{tag}"]
    if not ole.exists(path) or ole.get_size(path) > most:
        return b""
    return bytes(ole.openstream(path).read(most))


def _text(ole: olefile.OleFileIO, place: list[str], tag: str) -> str:
    """Unicode where there is one, else the 8-bit text."""
    wide = _bytes(ole, place, f"{tag}001F", _LONGEST_TEXT)
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return decode(_bytes(ole, place, f"{tag}001E", _LONGEST_TEXT)).rstrip("\0")
