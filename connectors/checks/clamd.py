"""clamd over its socket: PING, VERSION and INSTREAM (clamd(8)).

Written here, because the package with a protocol of its own that is kept up is under the GPL, and the
free ones were left in 2014 and 2017. It is three commands.
"""

import socket
import struct
import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from rules.antivirus import fresh, judge, version
from rules.values.antivirus import CLEAN, NOT_SCANNED, Scan

_CHUNK = 1 << 18
_LONGEST_REPLY = 4096
_VERSION_KEPT = 600.0  # seconds; signatures change a few times a day


class Clamd:
    """One clamd at a unix socket's path or at HOST:PORT. Thread-safe: a connection for each question."""

    def __init__(self, address: str, seconds: float, oldest_days: float) -> None:
        """``seconds`` for one file; signatures older than ``oldest_days`` make no file clean."""
        self._address, self._seconds, self._oldest_days = address, seconds, oldest_days
        self._version: tuple[float, datetime | None] | None = None

    def ping(self) -> bool:
        """Does it answer."""
        try:
            return self._ask(b"zPING\0", time.monotonic() + self._seconds) == "PONG"
        except OSError:
            return False

    def version(self) -> tuple[str, datetime | None]:
        """Its name, and of when its signatures are. OSError when it does not answer."""
        return version(self._ask(b"zVERSION\0", time.monotonic() + self._seconds))

    def scan(self, path: Path, now: datetime, warnings: Collection[str] = ()) -> Scan:
        """What it says of a file; ``warnings`` as for ``rules.antivirus.judge``. Its faults are answers."""
        until = time.monotonic() + self._seconds
        try:
            found = judge(self._ask(b"zINSTREAM\0", until, path), warnings)
            if found.state == CLEAN and not fresh(self._signatures(), now, self._oldest_days):
                return Scan(NOT_SCANNED, "old-signatures")
        except TimeoutError:
            return Scan(NOT_SCANNED, "time-limit")
        except OSError:
            return Scan(NOT_SCANNED, "no-answer")
        return found

    def _signatures(self) -> datetime | None:
        known = self._version
        if known is None or time.monotonic() - known[0] > _VERSION_KEPT:
            known = self._version = (time.monotonic(), self.version()[1])
        return known[1]

    def _ask(self, command: bytes, until: float, path: Path | None = None) -> str:
        with self._connected(until) as connection:
            connection.sendall(command)
            if path is not None:
                try:
                    _stream(connection, path, until)
                except (BrokenPipeError, ConnectionResetError):
                    return (
                        _reply(connection, until) or "INSTREAM size limit exceeded"
                    )  # it hung up in the middle
            return _reply(connection, until)

    def _connected(self, until: float) -> socket.socket:
        if self._address.startswith("/"):
            made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            place: str | tuple[str, int] = self._address
        else:
            host, _colon, port = self._address.rpartition(":")
            made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
            place = (host.strip("[]"), int(port))
        try:
            made.settimeout(_left(until))
            made.connect(place)
        except OSError:
            made.close()
            raise
        return made


def _stream(connection: socket.socket, path: Path, until: float) -> None:
    """The file in chunks with their lengths; a length of zero ends it."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            connection.settimeout(_left(until))
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
    connection.sendall(struct.pack(">I", 0))


def _reply(connection: socket.socket, until: float) -> str:
    """Up to the zero byte that ends it."""
    data = b""
    while b"\0" not in data and len(data) < _LONGEST_REPLY:
        connection.settimeout(_left(until))
        more = connection.recv(_LONGEST_REPLY)
        if not more:
            break
        data += more
    return data.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("clamd takes too long")
    return left
