"""One reading child seen from the parent: start, ask, watch the clock, bury."""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec

import connectors
from connectors.readers import wire
from connectors.readers.limits import ReadLimits
from connectors.readers.room import Room

_START_SECONDS = 60.0  # a busy machine takes long to import the parsers
_STDERR_BYTES = 4096
_CHUNK = 1 << 18
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from connectors.readers.child import main; main(sys.argv[2], sys.argv[3])"
)
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}  # a child, a core
_LIMIT_SIGNALS = {signal.SIGXCPU: "cpu-limit", signal.SIGXFSZ: "file-size-limit"}


class ChildDied(Exception):
    """The child is gone. ``at``: the file it was reading; ``outside``: nobody here killed it."""

    def __init__(self, reason: str, at: int | None = None, outside: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.outside = outside


class ReadingChild:
    """A started child; used by one thread at a time."""

    def __init__(self, limits: ReadLimits, folder: Path | None = None) -> None:
        """Its room lies below ``folder``, or where temporary files go."""
        self._limits = limits
        self.room = Room(folder)
        try:
            self._process = _start(limits, self.room)
        except OSError:
            self.room.remove()
            raise
        self._pipes = [pipe for pipe in (self._process.stdout, self._process.stderr) if pipe is not None]
        self._out, self._err = (pipe.fileno() for pipe in self._pipes)
        for descriptor in (self._out, self._err):
            os.set_blocking(descriptor, False)
        self._buffer = bytearray()
        self._complaint = b""
        self._network: bool | None = None
        self.confined = False
        self.served = 0

    def greet(self) -> bool:
        """Wait until the child is warm; True when it still has a network. Raises ChildDied."""
        if self._network is None:
            hello = self._next(time.monotonic() + _START_SECONDS, None)
            if not isinstance(hello, wire.Hello):
                raise self._dead("spoke out of turn", None)
            self._network, self.confined = hello.network, hello.confined
        return self._network

    def ask(self, ask: wire.Ask, seconds: float) -> wire.Result:
        """The child's answer about a parcel, whose copy it gets into its room, within ``seconds``; raises
        ChildDied, and OSError where there is no parcel or no room for its copy.
        """
        self.room.take_in(Path(ask.path))
        ask = msgspec.structs.replace(ask, path=str(self.room.parcel), job_dir=str(self.room.out))
        deadline = time.monotonic() + seconds
        at: int | None = None
        self.served += 1
        self._send(wire.frame(ask))
        while True:
            answer = self._next(deadline, at)
            if isinstance(answer, wire.Hello):
                raise self._dead("spoke out of turn", at)
            if not isinstance(answer, wire.At):
                return answer
            at = answer.ordinal

    def stop(self) -> None:
        """Kill it; idempotent and safe from any thread."""
        with suppress(ProcessLookupError):
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def bury(self) -> None:
        """Stop it and close its pipes; only by the thread that uses it."""
        self.stop()
        for pipe in (self._process.stdin, *self._pipes):
            if pipe is not None:
                pipe.close()
        self.room.remove()

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except OSError as error:
            raise self._buried(None) from error

    def _next(self, deadline: float, at: int | None) -> wire.Answer:
        """The next frame; raises ChildDied at the deadline, the end, or nonsense."""
        while (body := self._frame(at)) is None:
            self._wait(deadline, at)
        try:
            return wire.decode_answer(body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._dead(f"unintelligible: {error}", at) from error

    def _frame(self, at: int | None) -> bytearray | None:
        head = wire.PREFIX.size
        if len(self._buffer) < head:
            return None
        (length,) = wire.PREFIX.unpack_from(self._buffer)
        if length > self._limits.answer_bytes:
            raise self._dead("its answer is too long", at)
        if len(self._buffer) < head + length:
            return None
        body = self._buffer[head : head + length]
        del self._buffer[: head + length]
        return body

    def _wait(self, deadline: float, at: int | None) -> None:
        """Read what the child writes; stderr too, or a chatty library would block it."""
        poll = select.poll()
        poll.register(self._out, select.POLLIN)
        poll.register(self._err, select.POLLIN)
        left = deadline - time.monotonic()
        ready = dict(poll.poll(left * 1000)) if left > 0 else {}
        if not ready:
            raise self._dead("time-limit", at)
        if self._err in ready:
            self._complaint = (self._complaint + _drained(self._err))[-_STDERR_BYTES:]
        if self._out in ready:
            more = _drained(self._out)
            if not more:
                raise self._buried(at)
            self._buffer += more

    def _dead(self, reason: str, at: int | None) -> ChildDied:
        """It must go: kill it, and say why."""
        self.stop()
        return ChildDied(reason, at)

    def _buried(self, at: int | None) -> ChildDied:
        """It went by itself: find out how."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return self._dead("closed its mouth", at)
        self._complaint += _drained(self._err)
        if code >= 0:
            return ChildDied(f"died: {_last_line(self._complaint) or f'exit code {code}'}", at)
        known = _LIMIT_SIGNALS.get(signal.Signals(-code))
        reason = known or f"crashed: {signal.Signals(-code).name} {_last_line(self._complaint)}".strip()
        return ChildDied(reason, at, outside=-code in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT))


def _start(limits: ReadLimits, room: Room) -> "subprocess.Popen[bytes]":
    """Isolated mode and a bare environment: nothing of the hub's secrets reaches the child."""
    root = str(Path(connectors.__file__).resolve().parent.parent)
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, root, msgspec.json.encode(limits).decode(), str(room.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env=_ENVIRONMENT,
        start_new_session=True,
    )


def _drained(descriptor: int) -> bytes:
    """What there is to read now; b"" at the end or when there is nothing."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return b""


def _last_line(complaint: bytes) -> str:
    text = complaint.decode("utf-8", "replace").strip()
    line = text.rpartition("\n")[2][:300]
    return "".join(char for char in line if char.isprintable())
