"""Is a dropped file whole? Looks at its two ends only; never decodes it.

Scanners write a file in several goes, with pauses. The formats they use say
where they end, so that a file which has merely stopped growing is not taken
for a finished one (paperless-ng 820, paperless-ngx 1279, 4626).
"""

import os
import struct
from collections.abc import Callable
from typing import BinaryIO, Final

_TAIL = 2048  # bytes; writers leave line ends, blanks and padding behind the end mark
_ZIP_TAIL = (64 << 10) + 22  # the longest comment of a ZIP, and its end record
_MAX_PAGES = 10_000


def whole(file: BinaryIO) -> bool:
    """False while the structure says that more must come. Unknown formats count as whole
    when they are not empty. OSError when it cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(16)
    for mark, check in _CHECKS.items():
        if head.startswith(mark):
            return check(file, size)
    return size > 0


def _tail(file: BinaryIO, size: int, length: int) -> bytes:
    file.seek(max(0, size - length))
    return file.read(length)


def _pdf(file: BinaryIO, size: int) -> bool:
    return b"%%EOF" in _tail(file, size, _TAIL)


def _jpeg(file: BinaryIO, size: int) -> bool:
    return b"\xff\xd9" in _tail(file, size, _TAIL)


def _png(file: BinaryIO, size: int) -> bool:
    return b"IEND\xaeB`\x82" in _tail(file, size, _TAIL)


def _zip(file: BinaryIO, size: int) -> bool:
    return b"PK\x05\x06" in _tail(file, size, _ZIP_TAIL)


def _tiff(file: BinaryIO, size: int) -> bool:
    """Every page's directory, and the strips and tiles it names, lie within the file (TIFF 6.0)."""
    file.seek(0)
    head = file.read(8)
    order = "<" if head[:2] == b"II" else ">"
    if len(head) < 8:
        return False
    seen: set[int] = set()
    (offset,) = struct.unpack(order + "I", head[4:])
    if offset == 0:
        return False  # because the first directory is written last
    while offset and offset not in seen and len(seen) < _MAX_PAGES:
        seen.add(offset)
        directory = _directory(file, size, offset, order)
        if directory is None or not _data_within(directory, size):
            return False
        offset = directory[0]
    return True


_Directory = tuple[int, dict[int, tuple[int, int, int]]]  # offset of the next; tag -> type, count, value


def _directory(file: BinaryIO, size: int, offset: int, order: str) -> _Directory | None:
    file.seek(offset)
    raw = file.read(2)
    count = struct.unpack(order + "H", raw)[0] if len(raw) == 2 else 0
    entries = file.read(12 * count + 4)
    if not count or len(entries) < 12 * count + 4:
        return None
    tags = {}
    for at in range(0, 12 * count, 12):
        tag, kind, number, value = struct.unpack_from(order + "HHII", entries, at)
        # A single SHORT stands in the first two bytes of the field, whatever the byte order.
        tags[tag] = (
            kind,
            number,
            struct.unpack_from(order + "H", entries, at + 8)[0] if kind == 3 else value,
        )
    return struct.unpack_from(order + "I", entries, 12 * count)[0], tags


def _data_within(directory: _Directory, size: int) -> bool:
    """For a page in one strip, as scanners write it, its very end; else the lists of strips."""
    tags = directory[1]
    for offsets, lengths in ((273, 279), (324, 325)):
        if offsets in tags and lengths in tags:
            _, count, place = tags[offsets]
            listed = count * (2 if tags[offsets][0] == 3 else 4)
            end = place + (tags[lengths][2] if count == 1 else listed)
            if end > size and (count == 1 or listed > 4):  # four bytes and less stand in the entry itself
                return False
    return True


_CHECKS: Final[dict[bytes, Callable[[BinaryIO, int], bool]]] = {
    b"%PDF": _pdf,
    b"\xff\xd8\xff": _jpeg,
    b"\x89PNG\r\n\x1a\n": _png,
    b"II*\0": _tiff,
    b"MM\0*": _tiff,
    b"PK\x03\x04": _zip,
}
