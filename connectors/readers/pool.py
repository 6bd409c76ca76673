"""A warm pool of reading children; the only part of the readers that the hub's process runs.

A child that crashes, hangs or eats too much costs its parcel one file, not the
parcel: the pool asks again and has the file skipped that the child was at.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import LifoQueue
from typing import TypeVar, cast

from connectors.readers import wire
from connectors.readers.answer import Rejected, checked, checked_grids, checked_page, plain_file
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.process import ChildDied, ReadingChild
from connectors.readers.room import Room, sweep
from rules.values.grid import Grid
from rules.values.reading import ParcelReading
from rules.values.scan import ScannedPage

T = TypeVar("T")
_MOST_KILLERS = 3  # files of one parcel that may kill a child before the parcel is given up


class ReadFailed(Exception):
    """The parcel could not be read. ``transient``: trying again may help (count the tries anyway)."""

    def __init__(self, reason: str, transient: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.transient = transient


class NoReader(ReadFailed):
    """Nobody could read at all: the parcel is not to blame, so the try does not count."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, transient=True)


class ReaderPool:
    """``size`` children, started at once and kept warm. ``read`` may be called from many threads."""

    def __init__(self, size: int, limits: ReadLimits = DEFAULT, folder: Path | None = None) -> None:
        """The children's rooms lie below ``folder``, best on the disk of the job folders; by default where
        temporary files go."""
        self._limits = limits
        self._folder = folder
        if folder is not None:
            sweep(folder)
        self._closed = threading.Event()
        # One thread starts all children and lives as long as the pool, because the
        # kernel ties a child's life to the thread that started it (PR_SET_PDEATHSIG).
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader-starter")
        self._slots: LifoQueue[Future[ReadingChild]] = LifoQueue()
        self._alive: set[ReadingChild] = set()
        self._lock = threading.Lock()
        self._closing = threading.Lock()
        self._network: bool | None = None
        self._confined: bool | None = None
        self._size = max(1, size)
        for _ in range(self._size):
            self._slots.put(self._start())

    @property
    def isolated(self) -> bool | None:
        """Have children given up the network? None until the first one spoke."""
        return None if self._network is None else not self._network

    @property
    def confined(self) -> bool | None:
        """Does the kernel keep children from all files but their rooms? None until the first one spoke."""
        return self._confined

    def read(self, path: Path, name: str, kind: str, job_dir: Path, offset: int = 0) -> ParcelReading:
        """Read the parcel at ``path`` (from ``offset`` on), its files written into ``job_dir``.

        ``kind`` is ``mail`` or ``file``; ``name`` is the file's name as data. Blocks;
        raises ReadFailed. ``job_dir`` exists and belongs to the caller.
        """

        def taken(answer: wire.Result, room: Room) -> ParcelReading:
            if not isinstance(answer, wire.Done):
                raise Rejected("another question's answer")
            reading = checked(answer.reading, room.out, self._limits)
            room.hand_over((file.path for file in reading.files), job_dir)
            return reading

        skip: dict[int, str] = {}
        while True:
            try:
                return self._ask(wire.Ask(str(path), name, kind, "", offset, skip), taken)
            except ChildDied as death:
                skip = self._after(death, skip)

    def scan_page(self, path: Path, media_type: str, index: int, job_dir: Path) -> ScannedPage:
        """Page ``index`` (from 0) of a scan, its picture in ``job_dir``. Blocks; raises ReadFailed."""

        def taken(answer: wire.Result, room: Room) -> ScannedPage:
            if not isinstance(answer, wire.Scanned):
                raise Rejected("another question's answer")
            page = checked_page(answer.page, index, room.out)
            room.hand_over([page.picture] if page.picture else [], job_dir)
            return page

        return self._once(wire.Ask(str(path), "", "scan", "", index, media_type=media_type), taken)

    def cut(self, path: Path, media_type: str, pages: Sequence[int], job_dir: Path) -> Path:
        """Some pages of a scan as a file of their own in ``job_dir``. Blocks; raises ReadFailed."""

        def taken(answer: wire.Result, room: Room) -> Path:
            if not isinstance(answer, wire.Cut):
                raise Rejected("another question's answer")
            plain_file(room.out, answer.path)
            room.hand_over([answer.path], job_dir)
            return job_dir / answer.path

        return self._once(
            wire.Ask(str(path), "", "cut", "", media_type=media_type, pages=tuple(pages)), taken
        )

    def _once(self, ask: wire.Ask, taken: Callable[[wire.Result, Room], T]) -> T:
        """One try; a page that kills its child is given up."""
        try:
            return self._ask(ask, taken)
        except ChildDied as death:
            raise ReadFailed(death.reason, transient=death.outside) from death

    def grids(self, path: Path) -> tuple[Grid, ...]:
        """The sheets of a workbook as cells. Blocks; raises ReadFailed."""

        def taken(answer: wire.Result, _room: Room) -> tuple[Grid, ...]:
            if not isinstance(answer, wire.Cells):
                raise Rejected("another question's answer")
            return checked_grids(answer.grids)

        return self._once(wire.Ask(str(path), "", "grid", ""), taken)

    def close(self) -> None:
        """Stop all children; reads under way fail as transient. Idempotent."""
        self._closed.set()
        with self._lock:
            for child in self._alive:
                child.stop()
        self._starter.shutdown(wait=True)
        with self._closing:  # two closers would each wait for the other's slots
            slots = [self._slots.get() for _ in range(self._size)]
            for slot in slots:
                self._bury(slot)
                self._slots.put(_never())  # who still waits for a slot must not wait for ever

    def _bury(self, slot: "Future[ReadingChild]") -> None:
        if slot.exception() is None:
            slot.result().bury()

    def _after(self, death: ChildDied, skip: dict[int, str]) -> dict[int, str]:
        """What to skip in the next try; raises ReadFailed where another try makes no sense."""
        if self._closed.is_set():
            raise NoReader("the pool is closed") from death
        if death.outside or death.at is None or death.at in skip or len(skip) >= _MOST_KILLERS:
            raise ReadFailed(death.reason, transient=death.outside) from death
        return {**skip, death.at: death.reason[:200]}

    def _ask(self, ask: wire.Ask, taken: Callable[[wire.Result, Room], T]) -> T:
        """One try with one child; ``taken`` fetches the answer out of its room. The slot always gets a
        living child back, another one where this one lied.
        """
        slot = self._slots.get()
        healthy = False
        try:
            child = self._ready(slot)
            answer = child.ask(ask, self._limits.seconds)
            result = None if isinstance(answer, wire.Failed) else taken(answer, child.room)
            healthy = not getattr(answer, "retire", False) and child.served < self._limits.documents_per_child
        except Rejected as rejected:
            raise ReadFailed(f"bad answer: {rejected}", transient=False) from rejected
        except OSError as error:  # the disk, or a folder that is not there: not the parcel's fault
            raise ReadFailed(f"{type(error).__name__}: {error}"[:300], transient=True) from error
        finally:
            self._slots.put(slot if healthy else self._replacement(slot))
        if isinstance(answer, wire.Failed):
            raise ReadFailed(answer.reason, answer.transient)
        return cast(T, result)

    def _ready(self, slot: "Future[ReadingChild]") -> ReadingChild:
        if self._closed.is_set():
            raise NoReader("the pool is closed")
        try:
            child = slot.result()
            self._network = child.greet()
            self._confined = child.confined
        except (OSError, ChildDied) as error:
            raise NoReader(f"no reading child could be started: {error}") from error
        return child

    def _replacement(self, slot: "Future[ReadingChild]") -> "Future[ReadingChild]":
        self._bury(slot)
        if slot.exception() is None:
            with self._lock:
                self._alive.discard(slot.result())
        return self._start()

    def _start(self) -> "Future[ReadingChild]":
        try:
            return self._starter.submit(self._started)
        except RuntimeError:  # the pool was closed meanwhile
            return _never()

    def _started(self) -> ReadingChild:
        with self._lock:  # so that close() either sees the child or prevents it
            if self._closed.is_set():
                raise OSError("the pool is closed")
            child = ReadingChild(self._limits, self._folder)
            self._alive.add(child)
            return child


def _never() -> "Future[ReadingChild]":
    failed: Future[ReadingChild] = Future()
    failed.set_exception(OSError("the pool is closed"))
    return failed
