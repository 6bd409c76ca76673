"""A reading child's own folder: what it reads is put there, what it writes is taken from there.

So the child needs no other file of the hub, and the kernel can be told so once for its whole life
(``landlock``). A parcel that took a child over would find nothing but itself.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PREFIX = "reader-"
_CHUNK = 1 << 20


class Room:
    """One folder for one child, emptied before each parcel; used by one thread at a time."""

    def __init__(self, folder: Path | None = None) -> None:
        """Below ``folder``, or where temporary files go. OSError when there is no place."""
        self.root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        self._handle = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._handle, fcntl.LOCK_SH)  # says that somebody lives here
        self.parcel, self.out = self.root / "parcel", self.root / "out"
        self.out.mkdir()

    def take_in(self, parcel: Path) -> None:
        """A copy of the parcel, because a second name of the stored file could be written through.

        Written over the one before and then cut, because giving pages back and taking them anew costs
        five times as much; never through a link.
        """
        self._empty()
        handle = os.open(self.parcel, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(parcel, "rb", buffering=0) as source, open(handle, "wb", buffering=0) as copy:
            shutil.copyfileobj(source, copy, _CHUNK)
            copy.truncate()

    def hand_over(self, names: Iterable[str], job_dir: Path) -> None:
        """Move files that were looked at to the caller's folder; what is left goes with the next parcel."""
        for name in names:
            shutil.move(self.out / name, job_dir / name)

    def remove(self) -> None:
        """After the child is dead. Idempotent."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        shutil.rmtree(self.root, ignore_errors=True)  # because a sweep removes what is left

    def _empty(self) -> None:
        for item in os.scandir(self.out):
            if item.is_dir(follow_symlinks=False):
                shutil.rmtree(item.path)
            else:
                os.unlink(item.path)


def sweep(folder: Path) -> int:
    """Remove the rooms that processes left behind which were killed; how many."""
    swept = 0
    for path in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # because somebody lives there, or another sweep was first
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path)
                swept += 1
            finally:
                os.close(handle)
    return swept
