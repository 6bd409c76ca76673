"""Small parcels in the spool: one file for many, one fsync for all that came together.

A file a parcel costs the file system two journal commits and an inode each; on
two cores that was half the time of a small mail. So what fits in memory is
appended to a segment, together with whatever else came in meanwhile, and a
segment goes when the last of its parcels is registered::

    header   mark, state (+ waits, - done), lengths, CRC-32 of the record
    record   envelope and SHA-256 as JSON
    content

The mark comes from the segment's unguessable name, because a mail whose text
looks like a frame must not become one when the start-up searches for the next
frame behind damage.
"""

import hashlib
import os
import secrets
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_HEADER = struct.Struct(">8scIQI")  # mark, state, length of record, length of content, CRC-32
_LENGTHS = struct.Struct(">IQ")
_STATE_AT = 8
_WAITS, _DONE = b"+", b"-"
_RECORD_LIMIT = 4 << 20
_SEGMENT_BYTES = 16 << 20
_BATCH = 256  # frames in one write: three parts each, IOV_MAX is 1024


Content = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class Entry:
    """One parcel to append. ``record`` is its JSON."""

    name: str
    record: bytes
    content: Content


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a segment as found at the start."""

    at: int
    offset: int  # of the content
    size: int
    record: bytes
    waits: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a segment that are no frame: ``[start, end)``."""

    start: int
    end: int


class SpoolLog:
    """The segments of one spool. Thread-safe; errors are the operating system's."""

    def __init__(self, root: Path, sync_directory: Callable[[], None]) -> None:
        self._root = root
        self._sync_directory = sync_directory
        self._writing = threading.Lock()
        self._turn = threading.Lock()  # for the table of what waits; never held while the disk works
        self._fd = -1
        self._path = root
        self._mark = b""
        self._end = 0
        self._live: dict[Path, dict[str, int]] = {}  # segment -> parcel -> where its frame begins

    def append(self, entries: Sequence[Entry]) -> list[tuple[Path, int]]:
        """Durable when it returns: the segment of each, and where in it the content begins."""
        with self._writing:
            try:
                places: list[tuple[Path, int]] = []
                for start in range(0, len(entries), _BATCH):
                    places += self._write(entries[start : start + _BATCH])
                return places
            except OSError:
                self._abandon()
                raise

    def _write(self, entries: Sequence[Entry]) -> list[tuple[Path, int]]:
        fresh = self._fd < 0
        if fresh:
            self._begin(entries[0].name)
        at, parts, places, live = self._end, list[Content](), list[tuple[Path, int]](), dict[str, int]()
        for entry in entries:
            parts += [_head(self._mark, entry.record, len(entry.content)), entry.record, entry.content]
            live[entry.name] = at
            places.append((self._path, at + _HEADER.size + len(entry.record)))
            at = places[-1][1] + len(entry.content)
        _write_all(self._fd, parts, self._end)
        os.fdatasync(self._fd)
        if fresh:
            self._sync_directory()
        self._written(at, live)
        return places

    def _written(self, end: int, live: dict[str, int]) -> None:
        with self._turn:
            self._live[self._path].update(live)
        self._end = end
        if end >= _SEGMENT_BYTES:
            self._seal()

    def _begin(self, first: str) -> None:
        """A new segment; it sorts beside its first parcel, whose own name its sender knows."""
        self._path = self._root / f"{first[:11]}{secrets.token_hex(5)}.log"
        self._fd = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        self._mark = _mark(self._path)
        self._end = 0
        with self._turn:
            self._live[self._path] = {}

    def _seal(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)
            self._drop_if_empty(self._path)

    def _abandon(self) -> None:
        """After an error nothing is appended behind what may be half a frame."""
        if self._fd >= 0:
            with suppress(OSError):  # because the start-up finds the end of the frames without it too
                os.ftruncate(self._fd, self._end)
            self._seal()

    def _drop_if_empty(self, path: Path) -> None:
        with self._turn:
            if self._live.get(path):
                return
            self._live.pop(path, None)
        with suppress(FileNotFoundError):
            path.unlink()

    # -- after the acceptance

    def adopt(self, path: Path, waiting: dict[str, int]) -> None:
        """A segment of an earlier run, with the parcels in it that still wait."""
        with self._turn:
            self._live[path] = waiting
        if not waiting:
            self._drop_if_empty(path)

    def remove(self, path: Path, name: str) -> None:
        """Mark a parcel as done, and drop the segment with its last one. Twice is no error."""
        with self._turn:
            at = self._live.get(path, {}).pop(name, None)
            last = at is not None and not self._live[path] and not (self._fd >= 0 and path == self._path)
        if at is None:
            return
        if last:
            self._drop_if_empty(path)
            return
        fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.pwrite(fd, _DONE, at + _STATE_AT)
        finally:
            os.close(fd)

    def close(self) -> None:
        with self._writing:
            self._seal()


def frames(path: Path) -> Iterator[Frame | Damage]:
    """The frames of a segment in order, and what lies between them that is none.

    A power cut leaves a torn, never acknowledged frame at the end; a bad disk
    leaves damage anywhere. Zeros at the end are neither.
    """
    with path.open("rb") as file:
        data = file.read()
    mark = _mark(path)
    at = 0
    while at < len(data):
        frame = _frame_at(data, mark, at)
        if frame is not None:
            yield frame
            at = frame.offset + frame.size
            continue
        after = _next_frame(data, mark, at + 1)
        if data[at:after].strip(b"\0"):
            yield Damage(at, after)
        at = after


def _next_frame(data: bytes, mark: bytes, start: int) -> int:
    at = data.find(mark, start)
    while at >= 0 and _frame_at(data, mark, at) is None:
        at = data.find(mark, at + 1)
    return at if at >= 0 else len(data)


def _frame_at(data: bytes, mark: bytes, at: int) -> Frame | None:
    if len(data) - at < _HEADER.size:
        return None
    found, state, record_length, size, crc = _HEADER.unpack_from(data, at)
    begin = at + _HEADER.size
    offset = begin + record_length
    if found != mark or record_length > _RECORD_LIMIT or offset + size > len(data):
        return None
    record = data[begin:offset]
    if zlib.crc32(record, zlib.crc32(_LENGTHS.pack(record_length, size))) != crc:
        return None
    return Frame(at, offset, size, record, state == _WAITS)


def _mark(path: Path) -> bytes:
    return hashlib.sha256(path.stem.encode()).digest()[:8]


def _head(mark: bytes, record: bytes, size: int) -> bytes:
    crc = zlib.crc32(record, zlib.crc32(_LENGTHS.pack(len(record), size)))
    return _HEADER.pack(mark, _WAITS, len(record), size, crc)


def _write_all(fd: int, parts: list[Content], at: int) -> None:
    written = os.pwritev(fd, parts, at)
    if written == sum(map(len, parts)):
        return
    rest, at = memoryview(b"".join(parts))[written:], at + written
    while rest:
        written = os.pwrite(fd, rest, at)
        rest, at = rest[written:], at + written
