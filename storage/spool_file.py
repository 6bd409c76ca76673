"""Large parcels in the spool: one file each, written piece by piece.

::

    <id>.part     being written; removed at the next start
    <id>.mail     content, then the record (envelope, SHA-256) as JSON, then a fixed footer

The content stands first, because the record with its checksum is only known at
the end; both are in one file, so that one fsync makes both durable.
"""

import hashlib
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import msgspec

from rules.values.arrival import Envelope, Spooled
from storage.spool_disk import Disk, SpoolCorrupt

Content = bytes | bytearray | memoryview

_FOOTER = struct.Struct(">8sIIQ")  # magic, length of the record, CRC-32 of the record, length of the content
_MAGIC = b"VANTHU1\n"
_RECORD_LIMIT = 4 << 20  # bytes; 100 recipients need about 30 KB


class Record(msgspec.Struct, frozen=True):
    """What is kept beside the content of a parcel."""

    id: str
    sha256: str
    envelope: Envelope


class SpoolWriter:
    """A parcel on its way into the spool, written piece by piece.

    Used by one thread at a time. Ends with ``commit`` or ``discard``; a
    forgotten one is swept away at the next start.
    """

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk = disk
        self._name = name
        self._part = disk.root / f"{name}.part"
        self._hash = hashlib.sha256()
        self._fd = -1
        with disk.translated():
            self._fd = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        self.size = 0

    def write(self, chunk: Content) -> None:
        """Append; SpoolFull or SpoolBroken leave nothing behind."""
        try:
            with self._disk.translated():
                _write_all(self._fd, chunk)
        except OSError:
            self.discard()
            raise
        self._hash.update(chunk)
        self.size += len(chunk)

    def commit(self, envelope: Envelope) -> Spooled:
        """Make content and envelope durable under the final name, directory included."""
        digest = self._hash.hexdigest()
        final = self._disk.root / f"{self._name}.mail"
        try:
            with self._disk.translated():
                _write_all(self._fd, _trailer(Record(self._name, digest, envelope), self.size))
                os.fdatasync(self._fd)
                self._close()
                os.rename(self._part, final)
                self._disk.sync_directory()
        except OSError:
            self.discard()
            raise
        return Spooled(self._name, envelope, digest, self.size, final)

    def discard(self) -> None:
        """Drop what was written. Safe to call twice, and after commit."""
        self._close()
        with suppress(OSError):  # because a broken disk may refuse; the start-up sweep removes it then
            os.unlink(self._part)

    def _close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def _write_all(fd: int, data: Content) -> None:
    written = os.write(fd, data)
    if written == len(data):
        return
    rest = memoryview(data)[written:]
    while rest:
        rest = rest[os.write(fd, rest) :]


def _trailer(contents: Record, size: int) -> bytes:
    record = msgspec.json.encode(contents)
    return record + _FOOTER.pack(_MAGIC, len(record), zlib.crc32(record), size)


def read_entry(path: Path) -> Spooled:
    """The entry at ``path`` without its content; SpoolCorrupt when footer or record are not whole."""
    with path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        if length < _FOOTER.size:
            raise SpoolCorrupt("the file is shorter than its footer")
        file.seek(length - _FOOTER.size)
        magic, record_length, crc, size = _FOOTER.unpack(file.read(_FOOTER.size))
        whole = size + record_length + _FOOTER.size == length
        if magic != _MAGIC or not whole or record_length > _RECORD_LIMIT:
            raise SpoolCorrupt("the footer is not whole")
        file.seek(size)
        data = file.read(record_length)
    return _spooled(path, data, crc, size)


def _spooled(path: Path, data: bytes, crc: int, size: int) -> Spooled:
    if zlib.crc32(data) != crc:
        raise SpoolCorrupt("the envelope does not match its checksum")
    record = read_record(data)
    return Spooled(record.id, record.envelope, record.sha256, size, path)


def read_record(data: bytes) -> Record:
    """SpoolCorrupt when it is none."""
    try:
        return msgspec.json.decode(data, type=Record)
    except msgspec.MsgspecError as error:
        raise SpoolCorrupt("the envelope cannot be read") from error
