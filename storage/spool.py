"""Accepted bytes that have no row yet: durable before a source may acknowledge (PROMISES R1, R6, R7).

A directory with small parcels in shared segments (``spool_log``), large ones in
files of their own (``spool_file``), and ``bad/`` for what could not be read
back. A parcel counts only after its bytes, its envelope and the directory are
on the disk. One process at a time has it.
"""

import errno
import fcntl
import hashlib
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from rules.values.arrival import Envelope, Spooled
from storage.spool_disk import Disk, SpoolBroken, SpoolCorrupt, SpoolFull
from storage.spool_file import Content, Record, SpoolWriter, read_entry, read_record
from storage.spool_log import Damage, Entry, Frame, SpoolLog, frames

__all__ = ["Spool", "SpoolBroken", "SpoolCorrupt", "SpoolFull", "SpoolWriter"]

log = logging.getLogger(__name__)

_CHUNK = 1 << 20
_LOGGED_LIMIT = 1 << 20  # bytes; larger content gets a file of its own


class Spool:
    """The directory of accepted parcels. Thread-safe."""

    def __init__(self, root: Path, max_message: int = 50 << 20, reserve_share: float = 0.05) -> None:
        """``root`` is made if missing. ``max_message`` in bytes and ``reserve_share`` of
        the disk set the high-water mark: below max(share, 1.5 x max_message) of free
        space nothing is accepted, so that delivery and logs go on (PROMISES R6).
        Raises SpoolBroken when another process has it.
        """
        self.root = root
        self._bad = root / "bad"
        self._bad.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _lock(root / ".lock")
        self._disk = Disk(root, max_message, reserve_share)
        self._log = SpoolLog(root, self._disk.sync_directory)
        self._before = sorted(root.iterdir())  # because recover() must not touch what this run writes

    # -- accepting

    def put(self, envelope: Envelope, content: Content | SpoolWriter) -> Spooled:
        """Durable when it returns; else SpoolFull or SpoolBroken, and nothing is kept."""
        if isinstance(content, SpoolWriter):
            return content.commit(envelope)
        if len(content) > _LOGGED_LIMIT:
            writer = self.open_writer(envelope.received_at)
            writer.write(content)
            return writer.commit(envelope)
        return self.put_many([(envelope, content)])[0]

    def put_many(self, parcels: Sequence[tuple[Envelope, Content]]) -> list[Spooled]:
        """``put`` for small parcels that came together, with one fsync; all or none of them."""
        self._disk.admit()
        records = [_record(envelope, content) for envelope, content in parcels]
        entries = [
            Entry(record.id, msgspec.json.encode(record), content)
            for record, (_, content) in zip(records, parcels, strict=True)
        ]
        with self._disk.translated():
            places = self._log.append(entries)
        return [
            Spooled(record.id, record.envelope, record.sha256, len(entry.content), path, offset)
            for record, entry, (path, offset) in zip(records, entries, places, strict=True)
        ]

    def open_writer(self, at: datetime) -> SpoolWriter:
        """Begin a parcel whose content comes piece by piece; ``at`` orders the spool."""
        self._disk.admit()
        return SpoolWriter(self._disk, _name(at))

    # -- looking after it

    def recover(self) -> Iterator[Spooled]:
        """Once per start: what waits from before it, oldest first, each compared with its checksum.

        Half-written files go; what does not read back moves to ``bad/``. A parcel whose
        row is committed may come once more after a power cut: its id tells.
        """
        before, self._before = self._before, []
        for path in before:
            if path.suffix == ".part":
                path.unlink(missing_ok=True)
            elif path.suffix == ".mail":
                yield from self._from_file(path)
            elif path.suffix == ".log":
                yield from self._from_segment(path)

    def _from_file(self, path: Path) -> Iterator[Spooled]:
        try:
            spooled = read_entry(path)
            self._compare(spooled)
        except FileNotFoundError:
            return
        except SpoolCorrupt as error:
            log.error("spool: %s moved to bad/: %s", path.name, error)
            os.rename(path, self._bad / f"{path.name}.{secrets.token_hex(4)}")
            self._disk.sync_directory()
            return
        yield spooled

    def _from_segment(self, path: Path) -> Iterator[Spooled]:
        """Adopted as a whole before the first parcel is handed out, so that each may be removed at once."""
        waiting: dict[str, int] = {}
        found: list[Spooled] = []
        for frame in frames(path):
            spooled = self._frame(path, frame)
            if spooled is not None and isinstance(frame, Frame):
                waiting[spooled.id] = frame.at
                found.append(spooled)
        self._log.adopt(path, waiting)
        yield from found

    def _frame(self, path: Path, frame: Frame | Damage) -> Spooled | None:
        if isinstance(frame, Damage):
            self._keep_damage(path, frame.start, frame.end, "no parcel (perhaps never acknowledged)")
            return None
        if not frame.waits:
            return None
        try:
            record = read_record(frame.record)
            spooled = Spooled(record.id, record.envelope, record.sha256, frame.size, path, frame.offset)
            self._compare(spooled)
        except SpoolCorrupt as error:
            self._keep_damage(path, frame.at, frame.offset + frame.size, str(error))
            return None
        return spooled

    def _keep_damage(self, path: Path, start: int, end: int, why: str) -> None:
        log.error("spool: bytes %d to %d of %s copied to bad/: %s", start, end, path.name, why)
        with path.open("rb") as file:
            file.seek(start)
            (self._bad / f"{path.name}.{start}").write_bytes(file.read(end - start))

    def _compare(self, spooled: Spooled) -> None:
        for _ in self.chunks(spooled):
            pass

    def bad(self) -> tuple[Path, ...]:
        """What waits for a person because it did not read back."""
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
        """After its row is committed. Twice is no error."""
        if spooled.path.suffix == ".log":
            self._log.remove(spooled.path, spooled.id)
        else:
            spooled.path.unlink(missing_ok=True)

    # -- room

    def free(self) -> int:
        """Bytes left for ordinary processes on the spool's disk."""
        return self._disk.free()

    def shortage(self) -> str | None:
        """Why nothing can be accepted now for want of room, or None."""
        return self._disk.shortage()

    @property
    def broken(self) -> str | None:
        """Why the spool refuses everything until a new start, or None."""
        return self._disk.broken

    def close(self) -> None:
        """Let another process have it."""
        self._log.close()
        self._disk.close()
        os.close(self._lock)


def _record(envelope: Envelope, content: Content) -> Record:
    return Record(_name(envelope.received_at), hashlib.sha256(content).hexdigest(), envelope)


def _name(at: datetime) -> str:
    """Sorts by time to the millisecond, and cannot be guessed."""
    return f"{int(at.timestamp() * 1000):011x}{secrets.token_hex(5)}"


def _lock(path: Path) -> int:
    fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        raise SpoolBroken(errno.EBUSY, "another process uses this spool") from error
    return fd
