"""The corpus is read as the hub reads it: in children with limits, two at a time."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from connectors.readers.pool import ReaderPool, ReadFailed
from connectors.scans.scanners import Scanners
from hub.read_file import scans_read
from rules.values.reading import FileReading, MailHeaders

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """What came out of one file, and how long it took. ``fault``: why nothing did."""

    files: tuple[FileReading, ...] = ()
    hashes: tuple[str, ...] = ()  # SHA-256 of each file
    headers: MailHeaders | None = None
    body: str = ""
    fault: str = ""
    seconds: float = 0.0


class CorpusReader:
    """A pool of reading children for one run."""

    def __init__(self, size: int) -> None:
        self._pool, self._scanners = ReaderPool(size), Scanners(size)
        self._size = size

    def __enter__(self) -> CorpusReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._scanners.close()
        self._pool.close()

    def each(self, items: Sequence[T], path_of: Callable[[T], Path], kind: str) -> Iterator[tuple[T, Seen]]:
        """Every item with what was read, in order; a file that cannot be read is a result, too."""
        with ThreadPoolExecutor(self._size) as threads:
            yield from zip(
                items, threads.map(lambda item: self._read(path_of(item), kind), items), strict=True
            )

    def _read(self, path: Path, kind: str) -> Seen:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="vanthu-corpus-") as folder:
            job = Path(folder)
            try:
                reading = self._pool.read(path.resolve(), path.name, kind, job)
                if kind == "file":
                    reading = replace(reading, files=tuple(scans_read(self._scanners, reading.files, job)))
            except ReadFailed as error:
                return Seen(fault=error.reason, seconds=time.monotonic() - began)
            seconds = time.monotonic() - began
            hashes = tuple(
                hashlib.sha256((job / file.path).read_bytes()).hexdigest() for file in reading.files
            )
        faults = [text for text in reading.warnings if text.startswith("fault:")]
        faults += [t for file in reading.files for t in file.reading.warnings if t.startswith("fault:")]
        return Seen(reading.files, hashes, reading.headers, reading.body, "; ".join(faults), seconds)
