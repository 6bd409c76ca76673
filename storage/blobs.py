"""Content-addressed files: a name is a SHA-256 and nothing else ever becomes a path."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

SHA256 = re.compile(r"[0-9a-f]{64}")


class BlobDamaged(Exception):
    """The bytes under a name are not the bytes that were put there, or are gone."""


class BlobMissing(BlobDamaged):
    """There are no bytes under this name."""


class BlobStore(Protocol):
    """Where bytes lie: a local folder, or an object store."""

    def put(self, data: bytes | memoryview, sha256: str = "") -> str:
        """Keep the bytes durably; the same bytes twice are kept once. Gives their SHA-256, which
        who has just made it of these bytes may tell."""

    def read(self, sha256: str) -> bytes:
        """The bytes, verified. Raises BlobDamaged."""

    def path(self, sha256: str) -> Path:
        """A local file holding the bytes, for a reader in a child process."""

    def names(self) -> Iterator[str]:
        """Every SHA-256 that is kept."""

    def remove(self, sha256: str) -> bool:
        """Purge the bytes for good; False when there were none."""


class LocalBlobs:
    """Blobs in 256 folders below one root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for number in range(256):
            (root / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        _sync_directory(root)

    def put(self, data: bytes | memoryview, sha256: str = "") -> str:
        name = sha256 or hashlib.sha256(data).hexdigest()
        target = self.path(name)
        folder = str(target.parent)
        if _size(target) == len(data):
            _sync_directory(folder)  # because who renamed it may have died before this
            return name
        temporary = f"{folder}/.{name}.{os.getpid()}.{threading.get_ident()}"
        with open(temporary, "wb", buffering=0) as file:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
            os.fdatasync(file.fileno())
        os.rename(temporary, target)
        _sync_directory(folder)
        return name

    def read(self, sha256: str) -> bytes:
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(f"blob {sha256} is missing") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BlobDamaged(f"blob {sha256} has changed since it was stored")
        return data

    def path(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256[:80]!r}")
        return self.root / f"{sha256[:2]}/{sha256}"

    def names(self) -> Iterator[str]:
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir():
                yield from sorted(item.name for item in folder.iterdir() if SHA256.fullmatch(item.name))

    def remove(self, sha256: str) -> bool:
        target = self.path(sha256)
        there = scrub(target)
        _sync_directory(target.parent)
        return there


def scrub(path: Path) -> bool:
    """Overwrite a file and remove it; False when there was none.

    A disk with a journal, snapshots or flash cells may still keep a copy: no program can promise otherwise.
    """
    try:
        with path.open("r+b") as file:
            blank(file.fileno(), 0, path.stat().st_size)
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    return True


def blank(handle: int, start: int, size: int) -> None:
    """Write zeros over a part of an open file, durably."""
    zeros = bytes(min(size, 1 << 20))
    while size > 0:
        written = os.pwrite(handle, zeros[: min(size, len(zeros))], start)
        start, size = start + written, size - written
    os.fdatasync(handle)


def _size(path: Path) -> int:
    """Of a file; -1 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _sync_directory(path: Path | str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
