"""The scans' own reading children: one page a task over all cores, urgent documents and first pages first."""

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import PriorityQueue

from connectors.readers import kind
from connectors.readers.limits import MIB, ReadLimits
from connectors.readers.pool import NoReader, ReaderPool, ReadFailed
from connectors.scans import tesseract
from rules.values.reading import FileReading, Page
from rules.values.scan import ScannedPage

_URGENT_FIRST, _HEADS, _REST = 0, 1, 2
_LAST = 9


def is_scan(file: FileReading) -> bool:
    """A picture of a document: no text, and of a kind that OCR can look at."""
    reading = file.reading
    return reading.state == "no_text" and not file.inline and reading.media_type in (kind.PDF, *kind.IMAGES)


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file to be read: where it lies, how many of its pages, where pictures go."""

    path: Path
    media_type: str
    pages: int
    folder: Path


@dataclass(order=True)
class _Task:
    rank: int
    turn: int
    file: ScanFile = field(compare=False)
    index: int = field(compare=False)
    answer: "Future[ScannedPage]" = field(compare=False)


class Scanners:
    """``size`` children and the threads that feed them, started when the first scan comes."""

    def __init__(
        self, size: int = 0, seconds: float = 60.0, memory_mb: int = 1024, folder: Path | None = None
    ) -> None:
        """``folder``: where the children's rooms lie."""
        self._folder = folder
        self.size = size or os.cpu_count() or 1
        self._limits = ReadLimits(seconds=seconds, cpu_seconds=int(seconds) + 1, memory_bytes=memory_mb * MIB)
        self._tasks: PriorityQueue[_Task] = PriorityQueue()
        self._turns = itertools.count()
        self._starting = threading.Lock()
        self._pool: ReaderPool | None = None
        self._threads: list[threading.Thread] = []

    @property
    def lacking(self) -> str:
        """The program or language that OCR needs and this machine has not; "" where all is there."""
        return tesseract.lacking()

    def read(
        self, file: ScanFile, urgent: Callable[[ScannedPage], bool], beat: Callable[[], None]
    ) -> Iterator[ScannedPage]:
        """The pages in order; ``urgent`` looks at the first, ``beat`` follows each. Raises NoReader.

        A child with nothing else to do reads the second beside the first.
        """
        head, ahead = self._put(file, 0, _HEADS), self._put(file, 1, _REST) if file.pages > 1 else None
        first = head.result()
        beat()
        yield first
        rank = _URGENT_FIRST if urgent(first) else _REST
        begun = [] if ahead is None or (rank != _REST and ahead.cancel()) else [ahead]
        rest = [self._put(file, index, rank) for index in range(1 + len(begun), file.pages)]
        for answer in [*begun, *rest]:
            page = answer.result()
            beat()
            yield page

    def cut(self, file: ScanFile, pages: tuple[int, ...]) -> Path:
        """Some pages of the file as a file of their own. Raises ReadFailed."""
        return self._children().cut(file.path, file.media_type, pages, file.folder)

    def close(self) -> None:
        """Stop; pages under way fail as if nobody could read."""
        with self._starting:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.close()
        for _thread in self._threads:
            self._tasks.put(_Task(_LAST, next(self._turns), _NOTHING, 0, Future()))
        for thread in self._threads:
            thread.join(timeout=5)

    def _put(self, file: ScanFile, index: int, rank: int) -> "Future[ScannedPage]":
        self._children()
        answer: Future[ScannedPage] = Future()
        self._tasks.put(_Task(rank, next(self._turns), file, index, answer))
        return answer

    def _children(self) -> ReaderPool:
        with self._starting:
            if self._pool is None:
                self._pool = ReaderPool(self.size, self._limits, self._folder)
                for number in range(self.size):
                    thread = threading.Thread(
                        target=self._serve, args=(self._pool,), name=f"scan-{number}", daemon=True
                    )
                    thread.start()
                    self._threads.append(thread)
            return self._pool

    def _serve(self, pool: ReaderPool) -> None:
        while (task := self._tasks.get()).rank != _LAST:
            if not task.answer.set_running_or_notify_cancel():
                continue
            try:
                task.answer.set_result(_page(pool, task))
            except BaseException as error:
                task.answer.set_exception(error)


_NOTHING = ScanFile(Path(), "", 0, Path())


def _page(pool: ReaderPool, task: _Task) -> ScannedPage:
    """A page that kills its child costs the document that page, and says why."""
    file = task.file
    try:
        return pool.scan_page(file.path, file.media_type, task.index, file.folder)
    except NoReader:
        raise
    except ReadFailed as failed:
        return ScannedPage(Page(task.index + 1, "", source="ocr"), problem=failed.reason[:200])
