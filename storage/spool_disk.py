"""The disk under the spool: its room, its errors, and the fsync of its directory."""

import errno
import logging
import os
import shutil
import threading
import time
from pathlib import Path

log = logging.getLogger(__name__)

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


class DirectorySync:
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


class _Translated:
    """Turns the operating system's errors into SpoolFull and SpoolBroken."""

    def __init__(self, disk: "Disk") -> None:
        self._disk = disk

    def __enter__(self) -> None:
        self._disk.refuse_when_broken()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, SpoolFull | SpoolBroken):
            raise self._disk.translate(error) from error


class Disk:
    """Says no before the disk is full, and for good after an I/O error. Thread-safe."""

    def __init__(self, root: Path, max_message: int, reserve_share: float) -> None:
        self.root = root
        self._max_message = max_message
        self._reserve_share = reserve_share
        self._directory = DirectorySync(root)
        self._broken: str | None = None
        self._checked = float("-inf")
        self._short: str | None = None

    def admit(self) -> None:
        """SpoolFull or SpoolBroken when nothing may be accepted now."""
        self.refuse_when_broken()
        short = self.shortage()
        if short is not None:
            raise SpoolFull(errno.ENOSPC, short)

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

    def close(self) -> None:
        self._directory.close()
