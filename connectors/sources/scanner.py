"""The scanner door: files dropped into folders, taken when they are whole (PROMISES R14).

One folder per unit, on a local disk or a share (so it is polled)::

    <root>/<unit>/incoming/   scans of letters that came on paper
    <root>/<unit>/outgoing/   scans of what the unit sends
    <root>/<unit>/done/       taken, under the name they had
    <root>/<unit>/failed/     refused, each with a note beside it
    <root>/<unit>/.work/      being taken; looked through again after a crash

A file is first moved away from its writer, then made durable by the hub, then
shown as done. A crash in between offers it once more; its content tells.
"""

import contextlib
import errno
import fcntl
import logging
import os
import secrets
import signal
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import BinaryIO

from connectors.ports import Door
from connectors.sources.scan_file import whole
from rules.secrecy.titles import in_file_name
from rules.values.arrival import Accepted, Busy, Envelope, Parcel, Stage

log = logging.getLogger(__name__)

DIRECTIONS = ("incoming", "outgoing")
_IGNORED_ENDINGS = (".filepart", ".tmp", ".part", ".partial", ".crdownload", "~")
_IGNORED_NAMES = ("thumbs.db", "desktop.ini")
_CHUNK = 1 << 20
_REST_SECONDS = 15.0  # before a file that could not be taken for our own fault is tried again


class Fault(StrEnum):
    """Why a file was refused."""

    INCOMPLETE = "incomplete"  # stopped growing, and its format says that it is not whole
    TOO_LARGE = "too_large"
    NOT_A_FILE = "not_a_file"  # a folder, a link, a pipe
    UNREADABLE = "unreadable"


def plain_note(fault: Fault, name: str) -> str:
    """What the note says when nobody gives better words."""
    return f"{name}: {fault.value}\n"


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """Seconds and bytes. ``note`` writes the text beside a refused file."""

    root: Path
    settle_seconds: float = 3.0  # without a change before a file is looked at
    poll_seconds: float = 1.0
    max_bytes: int = 50 << 20
    patience_seconds: float = 600.0  # for a file that is not whole to grow on
    source: str = "scanner"  # what the envelopes say; a gateway's folders work the same way
    directions: tuple[str, ...] = DIRECTIONS
    note: Callable[[Fault, str], str] = plain_note


_Shape = tuple[int, int, int, int]  # size, mtime, inode, kind


@dataclass(slots=True)
class _Watched:
    shape: _Shape
    since: float


class ScannerSource:
    """All scanner folders of this hub (``connectors.ports.Source``)."""

    def __init__(
        self,
        settings: ScannerSettings,
        now: Callable[[], datetime],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """``now`` is the hub's clock; ``ticks`` counts seconds and never jumps."""
        self.settings = settings
        self._now = now
        self._ticks = ticks
        self._watched: dict[Path, _Watched] = {}
        self._resting: dict[Path, float] = {}

    def run(self, door: Door, stop: Event) -> None:
        """Look through the folders until ``stop``."""
        while not stop.wait(self.settings.poll_seconds):
            self.sweep(door, stop)

    def sweep(self, door: Door, stop: Event | None = None) -> None:
        """One look through all folders. A folder that cannot be read is left for the next."""
        seen: set[Path] = set()
        for unit in _folders(self.settings.root):
            try:
                for path, direction in self._candidates(unit):
                    if stop is not None and stop.is_set():
                        return
                    seen.add(path)
                    self._consider(door, unit, path, direction)
            except OSError as error:
                log.warning("scanner: %s cannot be looked through: %s", unit.name, error)
        self._watched = {path: watched for path, watched in self._watched.items() if path in seen}
        self._resting = {path: until for path, until in self._resting.items() if path in seen}

    def _candidates(self, unit: Path) -> Iterator[tuple[Path, str]]:
        """First what is already ours, then what was dropped."""
        for direction in self.settings.directions:
            work = unit / ".work" / direction
            work.mkdir(parents=True, exist_ok=True)
            (unit / direction).mkdir(exist_ok=True)
            for slot in sorted(work.iterdir()):
                yield from ((path, direction) for path in sorted(slot.iterdir()))
                with contextlib.suppress(OSError):  # because it may hold what is tried again later
                    slot.rmdir()
        for direction in self.settings.directions:
            for path in sorted((unit / direction).iterdir()):
                if not _ignored(path.name):
                    yield path, direction

    def _consider(self, door: Door, unit: Path, path: Path, direction: str) -> None:
        try:
            if self._settled(path):
                self._take(door, unit, path, direction)
        except FileNotFoundError:
            log.debug("scanner: %s was taken away again", path.name)
        except OSError as error:
            log.warning("scanner: %s must wait: %s", path.name, error)
            self._rest(path)

    def _settled(self, path: Path) -> bool:
        """Has the file been as it is for the settle time."""
        if self._ticks() < self._resting.get(path, 0.0):
            return False
        shape, now = _shape(os.lstat(path)), self._ticks()
        watched = self._watched.get(path)
        if watched is None or watched.shape != shape:
            self._watched[path] = _Watched(shape, now)
            return self.settings.settle_seconds <= 0
        return now - watched.since >= self.settings.settle_seconds

    def _take(self, door: Door, unit: Path, path: Path, direction: str) -> None:
        shape = self._watched[path].shape
        fault = self._fault(path, shape)
        if fault is None and not _finished(path):
            if self._ticks() - self._watched[path].since < self.settings.patience_seconds:
                return
            fault = Fault.INCOMPLETE
        if fault is not None:
            self._refuse(unit, path, fault)
            return
        taken = _into_work(unit, path, direction)
        if _shape(os.lstat(taken)) == shape:  # else another file took the name: it settles in .work
            self._offer(door, unit, taken, direction, shape)

    def _fault(self, path: Path, shape: _Shape) -> Fault | None:
        if not stat.S_ISREG(shape[3]):
            return Fault.NOT_A_FILE
        if shape[0] > self.settings.max_bytes:
            return Fault.TOO_LARGE
        return None if os.access(path, os.R_OK) else Fault.UNREADABLE

    # -- handing over

    def _offer(self, door: Door, unit: Path, path: Path, direction: str, shape: _Shape) -> None:
        envelope = Envelope(
            self.settings.source, f"{unit.name}/{direction}", self._now(), file_name=_text(path.name)
        )
        with _opened(path) as file:
            os.fsync(file.fileno())
            content = self._content(door, file, shape)
            if content is None:
                return
            answer = self._accepted(door, envelope, content)
        if isinstance(answer, Accepted):
            self._move(path, unit / "done")
            log.info("scanner: %s of %s taken as %s", _said(path.name), envelope.account, answer.id)
        else:
            log.warning("scanner: %s must wait: %s", _said(path.name), answer.why)
            self._rest(path)

    def _content(self, door: Door, file: BinaryIO, shape: _Shape) -> bytes | Stage | None:
        """The bytes, or None when somebody wrote while we read: then it settles anew."""
        content = file.read() if shape[0] <= _CHUNK else _staged(door.stage(), file)
        if _shape(os.fstat(file.fileno())) == shape:
            return content
        if not isinstance(content, bytes):
            content.discard()
        return None

    def _accepted(self, door: Door, envelope: Envelope, content: bytes | Stage) -> Accepted | Busy:
        try:
            return door.accept(Parcel(envelope, content))
        finally:
            if not isinstance(content, bytes):
                content.discard()

    def _refuse(self, unit: Path, path: Path, fault: Fault) -> None:
        """Into ``failed/``, with a note beside it."""
        name = path.name
        moved = self._move(path, unit / "failed")
        note = self._free(moved.with_name(_cut(moved.name, 250) + ".txt"))
        note.write_text(self.settings.note(fault, _text(name)), encoding="utf-8")
        log.warning("scanner: %s of %s refused: %s", _said(name), unit.name, fault.value)

    def _rest(self, path: Path) -> None:
        self._resting[path] = self._ticks() + _REST_SECONDS

    def _move(self, path: Path, folder: Path) -> Path:
        """Into ``folder`` under the same name, or with the time behind it; never over another file."""
        folder.mkdir(exist_ok=True)
        target = self._free(folder / path.name)
        os.rename(path, target)
        return target

    def _free(self, target: Path) -> Path:
        """``target``, or a name like it that is not taken. Not made first, because a crash
        would leave an empty file; nobody but this thread puts files here.
        """
        wanted = target
        while os.path.lexists(target):
            mark = f"-{self._now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
            target = wanted.with_name(_cut(wanted.stem, 200) + mark + _cut(wanted.suffix, 20))
        return target


def _folders(root: Path) -> list[Path]:
    """The units' folders; none while the share is away."""
    try:
        return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        log.warning("scanner: %s cannot be read: %s", root, error)
        return []


def _ignored(name: str) -> bool:
    lower = name.lower()
    return lower.startswith((".", "~")) or lower.endswith(_IGNORED_ENDINGS) or lower in _IGNORED_NAMES


def _shape(status: os.stat_result) -> _Shape:
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_mode


def _text(name: str) -> str:
    """A file name as text that can be stored: names on a disk need not be UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def _said(name: str) -> str:
    """The name for the log, which may hold none that bears a secrecy mark (DOMAIN 1.7)."""
    return "a marked file" if in_file_name(_text(name)) else _text(name)


def _cut(name: str, length: int) -> str:
    """At most ``length`` bytes of a file name, because 255 is the limit of a whole one."""
    return os.fsdecode(os.fsencode(name)[:length])


def _opened(path: Path) -> BinaryIO:
    """For reading, never through a link, never waiting for the other end of a pipe."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def _finished(path: Path) -> bool:
    with _opened(path) as file:
        return not _being_written(file) and whole(file)


def _being_written(file: BinaryIO) -> bool:
    """Has somebody on this machine the file open for writing (Samba included).

    A read lease is refused then (fcntl(2)). Elsewhere, on a share or without the
    right to leases, nobody can tell: False.
    """
    try:
        # because a lease that is broken sends SIGIO, which would end the process; SIGURG is ignored
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False


def _staged(stage: Stage, file: BinaryIO) -> Stage:
    try:
        while chunk := file.read(_CHUNK):
            stage.write(chunk)
    except OSError:
        stage.discard()
        raise
    return stage


def _into_work(unit: Path, path: Path, direction: str) -> Path:
    """Away from its writer into a slot of its own, so that no name is ever taken twice."""
    work = unit / ".work" / direction
    if path.parent.parent == work:
        return path
    slot = work / secrets.token_hex(8)
    slot.mkdir()
    taken = slot / path.name
    os.rename(path, taken)
    for folder in (slot, work):
        _sync(folder)
    return taken


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        if (
            error.errno != errno.EINVAL
        ):  # because some shares cannot sync a folder; a crash then offers it again
            raise
    finally:
        os.close(handle)
