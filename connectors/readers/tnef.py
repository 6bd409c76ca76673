"""winmail.dat: the attachments and the text of a mail that Outlook wrapped ([MS-OXTNEF])."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_BEGIN, _DATA, _TITLE, _PROPERTIES, _BODY = 0x9002, 0x800F, 0x8010, 0x9005, 0x800C
_LONG_NAME, _CONTENT, _FILE_NAME = 0x3707, 0x3701, 0x3704
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_OBJECT = 0x0D
_MOST = 5000


@dataclass(slots=True)
class Wrapped:
    """One attachment, or with an empty name the mail's text."""

    name: bytes | str = b""
    content: bytes = b""


@dataclass(slots=True)
class Unwrapped:
    files: list[Wrapped] = field(default_factory=list)
    body: bytes = b""


def read(data: bytes) -> Unwrapped:
    """What lies in the wrapper; a damaged one gives what can be had."""
    found = Unwrapped()
    for attribute, value in _attributes(data):
        if attribute == _BODY:
            found.body = value.rstrip(b"\0")
        elif attribute == _BEGIN:
            found.files.append(Wrapped())
        elif not found.files:
            continue
        elif attribute == _DATA:
            found.files[-1].content = found.files[-1].content or value
        elif attribute == _TITLE:
            found.files[-1].name = found.files[-1].name or value.rstrip(b"\0")
        elif attribute == _PROPERTIES:
            _complete(found.files[-1], dict(_properties(value)))
    found.files = [file for file in found.files if file.content]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    for _ in range(_MOST):
        if at + 9 > len(data):
            return
        attribute, _type, size = struct.unpack_from("<HHI", data, at + 1)
        yield attribute, data[at + 9 : at + 9 + size]
        at += 9 + size + 2  # two bytes of checksum


def _complete(file: Wrapped, properties: dict[int, bytes | str]) -> None:
    """The long name is the one the sender saw; the content may stand here alone."""
    name = properties.get(_LONG_NAME) or properties.get(_FILE_NAME)
    file.name = name.rstrip("\0") if isinstance(name, str) else (name or b"").rstrip(b"\0") or file.name
    content = properties.get(_CONTENT)
    if not file.content and isinstance(content, bytes):
        file.content = content


def _properties(data: bytes) -> Iterator[tuple[int, bytes | str]]:
    """MAPI properties with a value of varying length; the others are passed over."""
    at = 4
    while at + 4 <= len(data):
        kind, number = struct.unpack_from("<HH", data, at)
        at = _after_name(data, at + 4) if number >= 0x8000 else at + 4
        many, plain = bool(kind & 0x1000), kind & 0xFFF
        if plain in _FIXED:
            count = struct.unpack_from("<I", data, at)[0] if many else 1
            at += (4 if many else 0) + count * _FIXED[plain]
            continue
        if plain not in (0x1E, 0x1F, 0x102, _OBJECT):
            return
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(min(count, _MOST)):
            (size,) = struct.unpack_from("<I", data, at)
            value = data[at + 4 : at + 4 + size]
            yield (
                number,
                value.decode("utf-16-le", "replace")
                if plain == 0x1F
                else value[16:]
                if plain == _OBJECT
                else value,
            )
            at += 4 + size + -size % 4


def _after_name(data: bytes, at: int) -> int:
    kind, size = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (size + -size % 4 if kind else 0)
