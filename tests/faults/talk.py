"""SMTP spoken byte by byte, for what no mail program would say."""

import socket
from collections.abc import Iterable

FINAL = b" "  # the fourth byte of a reply's last line


class Talk:
    """One connection to the hub."""

    def __init__(self, port: int, timeout: float = 20.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._rest = b""
        try:
            self.greeting = self.reply()
        except OSError:
            self._socket.close()
            raise

    def __enter__(self) -> "Talk":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def drip(self, pieces: Iterable[bytes]) -> None:
        """Each piece as a segment of its own."""
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            self._socket.sendall(piece)

    def reply(self) -> int:
        """The code of the next whole reply; 0 when the other side hung up."""
        while True:
            line, end, self._rest = self._rest.partition(b"\n")
            if end:
                if line[3:4] == FINAL or len(line) <= 4:
                    return int(line[:3])
                continue
            self._rest = line
            try:
                more = self._socket.recv(65536)
            except ConnectionError:
                return 0
            if not more:
                return 0
            self._rest += more

    def say(self, line: str | bytes) -> int:
        """One command; the code of its reply."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.reply()

    def begin(self, sender: str, *to: str) -> int:
        """Up to DATA; the code of its reply."""
        self.say("EHLO clerk.example")
        self.say(f"MAIL FROM:<{sender}>")
        for address in to:
            self.say(f"RCPT TO:<{address}>")
        return self.say("DATA")
