"""A clamd for the tests: one that says what it is told, and the real one with a signature of its own."""

import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# The harmless file that every antivirus calls a virus (eicar.org), turned round so that none finds it here.
EICAR = rb"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X"[::-1]
FRESH = "ClamAV 1.4.6/27500/Sun Nov 22 08:00:00 2026"
START_SECONDS = 60.0


@dataclass
class ScriptedClamd:
    """Speaks PING, VERSION and INSTREAM on loopback; finds EICAR, else says ``verdict``."""

    verdict: str = "stream: OK"
    version: str = FRESH
    wait: float = 0.0  # seconds before each answer
    most: int = 1 << 30  # bytes of a stream, then it hangs up as StreamMaxLength does
    streams: list[bytes] = field(default_factory=list)
    address: str = ""

    @contextmanager
    def serving(self) -> Iterator["ScriptedClamd"]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.address = f"127.0.0.1:{server.getsockname()[1]}"
            stop = threading.Event()
            thread = threading.Thread(target=self._serve, args=(server, stop))
            thread.start()
            try:
                yield self
            finally:
                stop.set()
                thread.join(timeout=30)

    def _serve(self, server: socket.socket, stop: threading.Event) -> None:
        server.settimeout(0.1)
        while not stop.is_set():
            try:
                connection, _peer = server.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(20)
                answer = self._answer(connection)
                stop.wait(self.wait)
                try:
                    connection.sendall(answer.encode() + b"\0")
                except OSError:
                    continue  # because the client had enough of waiting

    def _answer(self, connection: socket.socket) -> str:
        command = b""
        while not command.endswith(b"\0"):
            command += connection.recv(1)
        if command == b"zPING\0":
            return "PONG"
        if command == b"zVERSION\0":
            return self.version
        assert command == b"zINSTREAM\0", command
        content = bytearray()
        while length := struct.unpack(">I", _exactly(connection, 4))[0]:
            content += _exactly(connection, length)
            if len(content) > self.most:
                return "INSTREAM size limit exceeded. ERROR"
        self.streams.append(bytes(content))
        return "stream: Eicar-Test-Signature FOUND" if EICAR in content else self.verdict


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            raise ConnectionError("the client hung up")
        data += more
    return data


@contextmanager
def real_clamd(program: str) -> Iterator[str]:
    """The program itself with one signature of ours, on a unix socket; the socket's path."""
    # not below pytest's folder, because a socket's path is short
    folder = Path(tempfile.mkdtemp(prefix="vanthu-clamd-"))
    (folder / "db").mkdir()
    (folder / "db" / "eicar.ndb").write_text(f"Vanthu.Eicar:0:*:{EICAR.hex()}\n")
    path = folder / "socket"
    settings = (
        f"DatabaseDirectory {folder / 'db'}", f"LocalSocket {path}", "Foreground yes",
        f"LogFile {folder / 'log'}", "AlertExceedsMax yes", "MaxFileSize 1M", "StreamMaxLength 4M",
    )  # fmt: skip
    (folder / "clamd.conf").write_text("\n".join(settings) + "\n")
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=out, stderr=out)
    try:
        until = time.monotonic() + START_SECONDS
        while not path.exists():
            assert process.poll() is None, (folder / "out").read_text()
            assert time.monotonic() < until, "clamd did not start"
            time.sleep(0.05)
        yield str(path)
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def program() -> str | None:
    """The installed clamd; Debian keeps it in /usr/sbin."""
    return shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
