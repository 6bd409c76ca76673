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

from connectors.readers.kind import PDF
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
    shorter: frozenset[str] = frozenset()  # the same without the last byte, and without the last two
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

    def each(
        self,
        items: Sequence[T],
        path_of: Callable[[T], Path],
        kind: str,
        pages_of: Callable[[T], Sequence[int]] = lambda item: (),
    ) -> Iterator[tuple[T, Seen]]:
        """Every item with what was read, in order; a file that cannot be read is a result, too.

        ``pages_of`` an item: those of a scan alone, as if a separator sheet had cut them out.
        """
        with ThreadPoolExecutor(self._size) as threads:
            seen = threads.map(lambda item: self._read(path_of(item), kind, pages_of(item)), items)
            yield from zip(items, seen, strict=True)

    def _read(self, path: Path, kind: str, pages: Sequence[int]) -> Seen:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="vanthu-corpus-") as folder:
            job = Path(folder)
            try:
                if pages:
                    path = self._pool.cut(path.resolve(), PDF, pages, job)
                reading = self._pool.read(path.resolve(), path.name, kind, job)
                if kind == "file":
                    reading = replace(reading, files=tuple(scans_read(self._scanners, reading.files, job)))
            except ReadFailed as error:
                return Seen(fault=error.reason, seconds=time.monotonic() - began)
            seconds = time.monotonic() - began
            hashes, shorter = _hashes([job / file.path for file in reading.files], kind)
        faults = [text for text in reading.warnings if text.startswith("fault:")]
        faults += [t for file in reading.files for t in file.reading.warnings if t.startswith("fault:")]
        return Seen(reading.files, hashes, shorter, reading.headers, reading.body, "; ".join(faults), seconds)


def _hashes(paths: Sequence[Path], kind: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Of each file; and of what it is without the one or two bytes that a cut group of base64 still gives.

    Such bytes are kept, because a sender who leaves out the padding has sent them; others drop them.
    """
    contents = [path.read_bytes() for path in paths]
    shorter = [content[:-cut] for content in contents for cut in (1, 2)] if kind == "mail" else []
    return tuple(map(_sha256, contents)), frozenset(map(_sha256, shorter))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
