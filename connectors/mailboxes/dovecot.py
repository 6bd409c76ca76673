"""Dovecot as a supervised child: the hub writes its configuration, starts it, watches it, ends it.

It has a process group of its own and leaves its pid, its start and the digest of its
configuration behind, so that a hub that starts after one that died takes it over when it
is what it would start, and ends it otherwise. It runs without privileges. Where the hub is
root (containers, tests), Dovecot lives in a user namespace in which root is an ordinary
user, because Dovecot refuses to open mail as root.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

START_SECONDS = 10.0
STOP_SECONDS = 5.0
WATCH_SECONDS = 0.3
LOOK_EVERY = 100  # watches between two looks at the port
CONFIGURATION = "dovecot.conf"
STATE = "running.json"
NAMESPACE_USER = "nobody"  # whom root is inside the namespace


class DovecotMissing(Exception):
    """Why Dovecot cannot be run here, in one sentence."""


def find_program(given: str) -> str | None:
    """The program, or None where it is not installed."""
    if given:
        return given if os.access(given, os.X_OK) else None
    return shutil.which("dovecot") or next(
        (path for path in ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot") if os.access(path, os.X_OK)), None
    )


def version_of(program: str) -> tuple[int, int]:
    """Major and minor version; (0, 0) when the program does not say."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10).stdout
    numbers = said.split(".")[:2]
    return (
        (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 and all(map(str.isdigit, numbers)) else (0, 0)
    )


def run_as() -> str:
    """The name under which Dovecot sees itself."""
    return NAMESPACE_USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def prefix() -> Sequence[str]:
    """What stands before each of Dovecot's commands."""
    if os.geteuid() != 0:
        return ()
    user = pwd.getpwnam(NAMESPACE_USER)
    return ("unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}", "--")


class Dovecot:
    """One Dovecot on one folder. ``files`` are name -> text of its configuration."""

    def __init__(self, program: str, folder: Path, files: Mapping[str, str], look: tuple[str, int]) -> None:
        self._program, self._folder, self._files, self._look = program, folder, files, look
        joined = json.dumps([sorted(files.items()), program, list(prefix())])
        self._digest = hashlib.sha256(joined.encode()).hexdigest()
        self._pid = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def pid(self) -> int:
        """The master process."""
        return self._pid

    def start(self) -> None:
        """Write the configuration, take over or start. Raises DovecotMissing when it does not come up."""
        for name, text in self._files.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                path.chmod(0o600)
        if not self._taken_over():
            self._launch()
            self._await()
        self._watcher = threading.Thread(target=self._watch, name="dovecot", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """End it and everything it started."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join(timeout=STOP_SECONDS)
        self._end(self._pid)
        (self._folder / STATE).unlink(missing_ok=True)

    def kick(self, address: str) -> bool:
        """End all open sessions of a mailbox; False when nobody answers."""
        program = shutil.which("doveadm") or str(Path(self._program).parent.parent / "bin" / "doveadm")
        command = [*prefix(), program, "-c", str(self._folder / CONFIGURATION), "kick", address]
        done = subprocess.run(command, capture_output=True, timeout=20)
        return done.returncode in (0, 68)  # 68: nobody was there

    # -- its life

    def _taken_over(self) -> bool:
        """Whether what a former hub left is what this one would start; anything else of it is ended."""
        try:
            left = json.loads((self._folder / STATE).read_text(encoding="utf-8"))
            pid, began, digest = int(left["pid"]), str(left["began"]), str(left["digest"])
        except (FileNotFoundError, ValueError, KeyError):
            return False
        if _began(pid) != began:
            return False
        if digest == self._digest and self._answers():
            self._pid = pid
            log.info("dovecot: taking over process %d", pid)
            return True
        self._end(pid)
        return False

    def _launch(self) -> None:
        command = [*prefix(), self._program, "-F", "-c", str(self._folder / CONFIGURATION)]
        with (self._folder / "start.log").open("wb") as said:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        self._pid = self._child.pid
        state = {"pid": self._pid, "began": _began(self._pid), "digest": self._digest}
        (self._folder / STATE).write_text(json.dumps(state), encoding="utf-8")

    def _await(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._alive():
            if self._answers():
                return
            time.sleep(0.05)
        words = (self._folder / "start.log").read_text(errors="replace").strip().splitlines()
        self._end(self._pid)
        raise DovecotMissing(words[-1] if words else "it does not answer")

    def _watch(self) -> None:
        looks, pause = 0, WATCH_SECONDS
        while not self._stopping.wait(pause):
            looks += 1
            if self._alive() and (looks % LOOK_EVERY or self._answers()):
                pause = WATCH_SECONDS
                continue
            log.warning("dovecot: process %d is gone or does not answer, starting it again", self._pid)
            self._end(self._pid)
            try:
                self._launch()
                self._await()
            except (DovecotMissing, OSError) as error:
                log.error("dovecot: does not start: %s", error)
                pause = min(pause * 2, 30.0)

    def _alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return bool(_began(self._pid))

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(self._look, timeout=2) as peer:
            peer.settimeout(3)
            said = peer.recv(64)
            peer.sendall(b"x LOGOUT\r\n")
            return said.startswith(b"* OK")
        return False

    def _end(self, pid: int) -> None:
        """First politely; what is left of its group after that is killed."""
        if pid <= 1:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end and _group_lives(pid):
            if self._child is not None and self._child.pid == pid:
                self._child.poll()  # because a dead child stays in its group until somebody asks
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _began(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty when there is none. A pid may be used again."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] != "Z" else ""


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
