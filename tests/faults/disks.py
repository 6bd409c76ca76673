"""Disks of the tests' own: ext4 in a loop device whose power can be cut, and a small tmpfs."""

import ctypes
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
MNT_DETACH = 2


def no_mounting() -> str:
    """Why nothing can be mounted here; empty when it can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    libc = ctypes.CDLL(None, use_errno=True)
    probe = Path(tempfile.mkdtemp(prefix="vanthu-mount-"))
    try:
        if libc.mount(b"none", bytes(probe), b"tmpfs", 0, b"size=64k") != 0:
            return f"mounting is not allowed here ({os.strerror(ctypes.get_errno())})"
        libc.umount2(bytes(probe), MNT_DETACH)
    finally:
        probe.rmdir()
    return ""


def no_loop_devices() -> str:
    """Why no ext4 disk can be made here; empty when it can."""
    missing = [name for name in ("losetup", "mkfs.ext4", "mount", "umount") if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if reason := no_mounting():
        return reason
    found = subprocess.run(["losetup", "--find"], capture_output=True, text=True, check=False)
    return "" if found.returncode == 0 else f"no loop device: {found.stderr.strip()}"


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class LoopDisk:
    """An ext4 file system in a file."""

    def __init__(self, work: Path, megabytes: int = 192) -> None:
        self.home = work / "disk"
        self.home.mkdir()
        self._image = work / "disk.img"
        with self._image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-O", "^metadata_csum", "-E", "lazy_itable_init=1", str(self._image))
        self._device = _run("losetup", "--find", "--show", str(self._image))
        self._mounted = False
        self.mount()

    def mount(self) -> None:
        _run("mount", "-t", "ext4", self._device, str(self.home))
        self._mounted = True

    def sync(self) -> None:
        """Everything written so far reaches the disk."""
        _run("sync", "-f", str(self.home))

    def cut(self) -> None:
        """The power goes: nothing more reaches the disk, not even the journal's last commit."""
        handle = os.open(self.home, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, NO_LOG_FLUSH.to_bytes(4, "little"))
        finally:
            os.close(handle)

    def fail(self) -> None:
        """The kernel found damage: nothing may be written any more, what is open included.

        An ext4 that is told to do so answers with a read-only file system.
        """
        _run("mount", "-o", "remount,errors=remount-ro", self._device, str(self.home))
        Path(f"/sys/fs/ext4/{Path(self._device).name}/trigger_fs_error").write_text("a test")

    def repair(self) -> None:
        """What an operator does then: unmount, check, mount."""
        self.unmount()
        subprocess.run(["e2fsck", "-p", self._device], check=False, capture_output=True)
        self.mount()

    def remount(self) -> None:
        """The power comes back: the journal is replayed."""
        self.unmount()
        self.mount()

    def unmount(self, seconds: float = 10.0) -> None:
        """Patient, because the children of a killed hub need a moment to end."""
        until = time.monotonic() + seconds
        while True:
            tried = subprocess.run(["umount", str(self.home)], capture_output=True, text=True, check=False)
            if tried.returncode == 0:
                self._mounted = False
                return
            if time.monotonic() > until:
                raise AssertionError(f"umount: {tried.stderr}")
            time.sleep(0.02)

    def remove(self) -> None:
        if self._mounted:
            subprocess.run(["umount", "-l", str(self.home)], check=False, capture_output=True)
        subprocess.run(["losetup", "-d", self._device], check=False, capture_output=True)
        self._image.unlink(missing_ok=True)


@contextmanager
def small_disk(work: Path, megabytes: int, inodes: int = 0) -> Iterator[Path]:
    """A tmpfs of so many megabytes, and of so many files where ``inodes`` says how many."""
    home = work / "small"
    home.mkdir()
    _run(
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size={megabytes}m" + (f",nr_inodes={inodes}" if inodes else ""),
        "none",
        str(home),
    )
    try:
        yield home
    finally:
        _run("umount", "-l", str(home))
