"""Accepted bytes that have no row yet: durable before a source may acknowledge (PROMISES R1, R6, R7).

One file a parcel, in one directory::

    <id>.part     being written; removed at the next start
    <id>.mail     content, then the record (envelope, SHA-256) as JSON, then a fixed footer
    bad/          what could not be read back, kept for a person

The content stands first, so that it can be hashed, streamed and handed to a
reader in place; the envelope is in the same file, so that one fsync makes both
durable. A file gets its final name only after its bytes are on disk, and a
parcel counts only after the directory is on disk too.
"""

import errno
import fcntl
import hashlib
import logging
import os
import secrets
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from rules.values.arrival import Envelope, Spooled

log = logging.getLogger(__name__)

Content = bytes | bytearray | memoryview

_FOOTER = struct.Struct(">8sIIQ")  # magic, length of the record, CRC-32 of the record, length of the content
_MAGIC = b"VANTHU1\n"
_RECORD_LIMIT = 4 << 20  # bytes; 100 recipients need about 30 KB
_CHUNK = 1 << 20
_FREE_CHECK_SECONDS = 0.1
_FULL = {
    errno.ENOSPC: "the disk is full (no space or no inodes left)",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is mounted read-only",
    errno.EFBIG: "the file size limit of the process is reached",
    errno.EMFILE: "too many files are open in this process",
    errno.ENFILE: "too many files are open on this machine",
    errno.ENOMEM: "the machine is out of memory",
}


class SpoolFull(OSError):
    """Nothing was kept, and it may work later; the text says what is short."""


class SpoolBroken(OSError):
    """The disk answered with an I/O error: nothing is accepted until the hub starts anew.

    After a failed fsync the kernel may have dropped the pages, and a second
    fsync "succeeds" without them (PostgreSQL 2018), so none is tried.
    """


class SpoolCorrupt(Exception):
    """A spooled file does not read back as it was written."""


class _Record(msgspec.Struct, frozen=True):
    """What follows the content in the file."""

    sha256: str
    envelope: Envelope


class _DirectorySync:
    """One fsync of a directory for everybody who waits for one (group commit)."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._turn = threading.Condition()
        self._begun = 0
        self._done = 0
        self._running = False
        self._failed: OSError | None = None

    def wait(self) -> None:
        """Return after an fsync that began after this call; OSError when one failed."""
        with self._turn:
            want = self._begun + 1
            while self._done < want and self._failed is None:
                if self._running:
                    self._turn.wait()
                else:
                    self._lead()
            if self._failed is not None:
                raise OSError(self._failed.errno, os.strerror(self._failed.errno or errno.EIO))

    def _lead(self) -> None:
        """Sync for all who asked so far; the lock is held on entry and on return."""
        self._begun += 1
        self._running = True
        self._turn.release()
        failed: OSError | None = None
        try:
            os.fsync(self._fd)
        except OSError as error:
            failed = error
        finally:
            self._turn.acquire()
        self._running, self._failed, self._done = False, failed, self._begun
        self._turn.notify_all()

    def close(self) -> None:
        os.close(self._fd)


class SpoolWriter:
    """A parcel on its way into the spool, written piece by piece.

    Used by one thread at a time. Ends with ``commit`` or ``discard``; a
    forgotten one is swept away at the next start.
    """

    def __init__(self, spool: "Spool", name: str) -> None:
        self._spool = spool
        self._name = name
        self._part = spool.root / f"{name}.part"
        self._hash = hashlib.sha256()
        self._fd = -1
        with spool.translated():
            self._fd = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        self.size = 0

    def write(self, chunk: Content) -> None:
        """Append; SpoolFull or SpoolBroken leave nothing behind."""
        try:
            with self._spool.translated():
                _write_all(self._fd, chunk)
        except OSError:
            self.discard()
            raise
        self._hash.update(chunk)
        self.size += len(chunk)

    def commit(self, envelope: Envelope) -> Spooled:
        """Make content and envelope durable under the final name, directory included."""
        digest = self._hash.hexdigest()
        final = self._spool.root / f"{self._name}.mail"
        try:
            with self._spool.translated():
                _write_all(self._fd, _trailer(digest, envelope, self.size))
                os.fdatasync(self._fd)
                self._close()
                os.rename(self._part, final)
                self._spool.sync_directory()
        except OSError:
            self.discard()
            raise
        self._spool.forget(self._name)
        return Spooled(self._name, envelope, digest, self.size, final)

    def discard(self) -> None:
        """Drop what was written. Safe to call twice, and after commit."""
        self._close()
        with suppress(OSError):  # because a broken disk may refuse; the start-up sweep removes it then
            os.unlink(self._part)
        self._spool.forget(self._name)

    def _close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


class _Translated:
    """Turns the operating system's errors into SpoolFull and SpoolBroken."""

    def __init__(self, spool: "Spool") -> None:
        self._spool = spool

    def __enter__(self) -> None:
        self._spool.refuse_when_broken()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, SpoolFull | SpoolBroken):
            raise self._spool.translate(error) from error


class Spool:
    """The directory of accepted parcels. Thread-safe; one process at a time."""

    def __init__(self, root: Path, max_message: int = 50 << 20, reserve_share: float = 0.05) -> None:
        """``root`` is made if missing. ``max_message`` in bytes and ``reserve_share`` of
        the disk set the high-water mark: below max(share, 1.5 x max_message) of free
        space nothing is accepted, so that delivery and logs go on (PROMISES R6).
        Raises SpoolBroken when another process has it.
        """
        self.root = root
        self._max_message = max_message
        self._reserve_share = reserve_share
        self._bad = root / "bad"
        self._bad.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _lock(root / ".lock")
        self._directory = _DirectorySync(root)
        self._broken: str | None = None
        self._live: set[str] = set()
        self._checked = float("-inf")
        self._short: str | None = None

    # -- accepting

    def put(self, envelope: Envelope, content: "Content | SpoolWriter") -> Spooled:
        """Durable when it returns; else SpoolFull or SpoolBroken, and nothing is kept."""
        if isinstance(content, SpoolWriter):
            return content.commit(envelope)
        writer = self.open_writer(envelope.received_at)
        writer.write(content)
        return writer.commit(envelope)

    def open_writer(self, at: datetime) -> SpoolWriter:
        """Begin a parcel whose content comes piece by piece; ``at`` orders the spool."""
        self.refuse_when_broken()
        short = self.shortage()
        if short is not None:
            raise SpoolFull(errno.ENOSPC, short)
        name = f"{int(at.timestamp() * 1000):011x}{secrets.token_hex(5)}"
        self._live.add(name)
        try:
            return SpoolWriter(self, name)
        except OSError:
            self._live.discard(name)
            raise

    # -- looking after it

    def recover(self) -> Iterator[Spooled]:
        """What waits, oldest first, each read back and compared with its checksum.

        Half-written files go, files that do not read back move to ``bad/``.
        """
        for path in sorted(self.root.iterdir()):
            if path.suffix == ".part" and path.stem not in self._live:
                path.unlink(missing_ok=True)
            elif path.suffix == ".mail" and path.stem not in self._live:
                found = self._checked_entry(path)
                if found is not None:
                    yield found

    def _checked_entry(self, path: Path) -> Spooled | None:
        try:
            spooled = _entry(path)
            for _ in self.chunks(spooled):
                pass
        except FileNotFoundError:
            return None
        except SpoolCorrupt as error:
            self._set_aside(path, str(error))
            return None
        return spooled

    def _set_aside(self, path: Path, why: str) -> None:
        log.error("spool: %s moved to bad/: %s", path.name, why)
        os.rename(path, self._bad / f"{path.name}.{secrets.token_hex(4)}")
        self.sync_directory()

    def bad(self) -> tuple[Path, ...]:
        """Files that wait for a person because they did not read back."""
        return tuple(sorted(self._bad.iterdir()))

    def chunks(self, spooled: Spooled) -> Iterator[bytes]:
        """The content in pieces; SpoolCorrupt *after* the last one if it is not what was written."""
        digest, left = hashlib.sha256(), spooled.size
        with spooled.path.open("rb") as file:
            file.seek(spooled.offset)
            while left and (chunk := file.read(min(left, _CHUNK))):
                digest.update(chunk)
                left -= len(chunk)
                yield chunk
        if left or digest.hexdigest() != spooled.sha256:
            raise SpoolCorrupt("the content does not match its checksum")

    def read(self, spooled: Spooled) -> bytes:
        """The content, compared with its checksum (SpoolCorrupt)."""
        return b"".join(self.chunks(spooled))

    def content_path(self, spooled: Spooled) -> Path:
        """The file whose bytes ``offset`` to ``offset + size`` are the content."""
        return spooled.path

    def remove(self, spooled: Spooled) -> None:
        """After its row is committed. A crash may bring it back once: its id tells."""
        spooled.path.unlink(missing_ok=True)

    # -- room

    def free(self) -> int:
        """Bytes left for ordinary processes on the spool's disk."""
        return shutil.disk_usage(self.root).free

    def shortage(self) -> str | None:
        """Why nothing can be accepted now for want of room, or None. Looked up ten times a second."""
        now = time.monotonic()
        if now - self._checked >= _FREE_CHECK_SECONDS:
            self._checked = now
            self._short = self._measure()
        return self._short

    def _measure(self) -> str | None:
        with self.translated():
            disk = os.statvfs(self.root)
        free, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
        need = max(int(total * self._reserve_share), self._max_message * 3 // 2)
        if free < need:
            return f"the disk is nearly full: {free >> 20} MB free, {need >> 20} MB are kept in reserve"
        if disk.f_files and disk.f_favail < min(1000, int(disk.f_files * self._reserve_share)):
            return f"the disk is nearly out of inodes: {disk.f_favail} left"
        return None

    @property
    def broken(self) -> str | None:
        """Why the spool refuses everything until a new start, or None."""
        return self._broken

    def close(self) -> None:
        self._directory.close()
        os.close(self._lock)

    # -- for SpoolWriter

    def translated(self) -> _Translated:
        return _Translated(self)

    def translate(self, error: OSError) -> OSError:
        """SpoolFull for what passes; anything else breaks the spool for good."""
        if error.errno in _FULL:
            self._checked = float("-inf")
            return SpoolFull(error.errno, _FULL[error.errno])
        self._broken = f"the disk answered with an I/O error ({os.strerror(error.errno or errno.EIO)})"
        log.critical("spool: %s; nothing is accepted until the next start", self._broken)
        return SpoolBroken(error.errno, self._broken)

    def refuse_when_broken(self) -> None:
        if self._broken is not None:
            raise SpoolBroken(errno.EIO, self._broken)

    def sync_directory(self) -> None:
        self._directory.wait()

    def forget(self, name: str) -> None:
        self._live.discard(name)


def _lock(path: Path) -> int:
    fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        raise SpoolBroken(errno.EBUSY, "another process uses this spool") from error
    return fd


def _write_all(fd: int, data: Content) -> None:
    written = os.write(fd, data)
    if written == len(data):
        return
    rest = memoryview(data)[written:]
    while rest:
        rest = rest[os.write(fd, rest) :]


def _trailer(digest: str, envelope: Envelope, size: int) -> bytes:
    record = msgspec.json.encode(_Record(digest, envelope))
    return record + _FOOTER.pack(_MAGIC, len(record), zlib.crc32(record), size)


def _entry(path: Path) -> Spooled:
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
    try:
        record = msgspec.json.decode(data, type=_Record)
    except msgspec.MsgspecError as error:
        raise SpoolCorrupt("the envelope cannot be read") from error
    return Spooled(path.stem, record.envelope, record.sha256, size, path)
