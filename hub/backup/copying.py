"""Copies that know the hash of what they copied, and the list of them (as ``sha256sum`` writes it)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TextIO

CHUNK = 1 << 20


class Sums:
    """The list of a backup's files; ``sha256sum -c`` can check it too."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.files = 0
        self.bytes = 0

    def add(self, digest: str, path: PurePosixPath, size: int) -> None:
        """Note a file by its path in the backup."""
        name = str(path)
        mark = "\\" if any(letter in name for letter in "\\\n\r") else ""
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        self._file.write(f"{mark}{digest}  {escaped}\n")
        self.files += 1
        self.bytes += size


def read_sums(file: Path) -> Iterator[tuple[str, PurePosixPath]]:
    """The lines of such a list. Raises ValueError for a line or a path that no backup of ours holds."""
    with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        for line in lines:
            digest, blanks, name = line.rstrip("\n").partition("  ")
            if digest.startswith("\\"):
                digest, name = digest[1:], _unescaped(name)
            path = PurePosixPath(name)
            if len(digest) != 64 or not blanks or path.is_absolute() or ".." in path.parts or not path.parts:
                raise ValueError(f"{file}: {line[:200]!r}")
            yield digest, path


def copy(source: Path, target: Path, *, mode: int = 0o600) -> tuple[str, int]:
    """Copy a file under a temporary name and then into its place; its SHA-256 and size."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.with_name(f".{target.name[:100]}.part")
    with source.open("rb") as reading:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as writing:
            digest, size = hashlib.sha256(), 0
            while chunk := reading.read(CHUNK):
                digest.update(chunk)
                writing.write(chunk)
                size += len(chunk)
        moment = os.fstat(reading.fileno())
    os.utime(temporary, ns=(moment.st_mtime_ns, moment.st_mtime_ns))
    temporary.replace(target)
    return digest.hexdigest(), size


def write(data: bytes, target: Path) -> None:
    """Put bytes into their place."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.with_name(f".{target.name}.part")
    temporary.write_bytes(data)
    temporary.replace(target)


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


def walk(root: Path) -> Iterator[Path]:
    """Files and folders, no links; ``cur`` last, because mail programs move mails from ``new`` there."""
    if not root.is_dir():
        return
    for entry in sorted(os.scandir(root), key=lambda entry: (entry.name == "cur", entry.name)):
        if entry.is_symlink():
            continue
        yield Path(entry.path)
        if entry.is_dir():
            yield from walk(Path(entry.path))


def _unescaped(name: str) -> str:
    marked = name.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r")
    return marked.replace("\0", "\\")
