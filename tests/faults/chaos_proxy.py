"""A proxy in front of the hub that resets the connection just before the answer that takes a mail."""

import re
import select
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress

ACCEPTED = re.compile(rb"250 2\.0\.0 \w+ accepted\r\n")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.M | re.I)
RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends RST


class ChaosProxy:
    """Swallows the final 250 of each mail's first ``resets`` tries."""

    def __init__(self, upstream: int, resets: int) -> None:
        self._upstream = upstream
        self._resets = resets
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.swallowed: Counter[bytes] = Counter()

    def __enter__(self) -> "ChaosProxy":
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # because close() alone would not end accept()
        self._listener.join(10)
        self._server.close()
        for thread in self._threads:
            thread.join(10)

    def _listen(self) -> None:
        with suppress(OSError):  # because that is how accept() ends
            while True:
                client, _address = self._server.accept()
                thread = threading.Thread(target=self._relay, args=(client,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _relay(self, client: socket.socket) -> None:
        said = bytearray()
        upstream = ("127.0.0.1", self._upstream)
        with client, suppress(OSError), socket.create_connection(upstream, timeout=30) as hub:
            while True:
                ready, _, _ = select.select([client, hub], [], [], 30)
                for end in ready:
                    chunk = end.recv(65536)
                    if not chunk or (end is hub and self._strikes(chunk, said, client)):
                        return
                    if end is client:
                        said += chunk
                    (hub if end is client else client).sendall(chunk)

    def _strikes(self, chunk: bytes, said: bytearray, client: socket.socket) -> bool:
        """Whether this answer is one to swallow; then the client is about to be reset."""
        if not ACCEPTED.search(chunk):
            return False
        found = MESSAGE_ID.search(said)
        name = found[1] if found else b""
        with self._lock:
            if self.swallowed[bytes(name)] >= self._resets:
                return False
            self.swallowed[bytes(name)] += 1
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        return True
